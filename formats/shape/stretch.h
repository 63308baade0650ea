/* SPDX-License-Identifier: Apache-2.0
 *
 * stretch.h: the part of a recording whose time is counted.
 */
#ifndef CODESNAP_STRETCH_H
#define CODESNAP_STRETCH_H

#include <stddef.h>
#include <stdint.h>

#include "formats/shape/writer.h"

struct stretch {
    uint64_t from_ns, to_ns;
};

/* That of the window of the options; all of it without one. */
static inline struct stretch
stretch_of(const struct format_options *options)
{
    if (options == NULL || options->to_ns == 0)
        return (struct stretch){0, UINT64_MAX};
    return (struct stretch){options->from_ns, options->to_ns};
}

/* As much of a closed span as is in it. */
static inline uint64_t
stretch_part_ns(const struct stretch *stretch, const struct span *span)
{
    uint64_t start_ns =
        span->start_ns > stretch->from_ns ? span->start_ns : stretch->from_ns;
    uint64_t end_ns =
        span->end_ns < stretch->to_ns ? span->end_ns : stretch->to_ns;
    return end_ns > start_ns ? end_ns - start_ns : 0;
}

#endif
