/* SPDX-License-Identifier: Apache-2.0
 *
 * narrow.h: the options that choose what of a trace goes into an output, as the formats take it.
 */
#ifndef CODESNAP_NARROW_H
#define CODESNAP_NARROW_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/shape/filter.h"
#include "launcher/support/options.h"

struct narrowing {
    struct filter filter;
    uint64_t from_ns, to_ns; /* to_ns 0: everything */
    bool no_source;
    const char *window, *shortest; /* as they were given, or NULL */
    const char *slowest;           /* what --slowest asks for, or NULL */
    char part[512];                /* "--thread main --max-depth 3", or "" */
};

/* Take it from the options.  0, or the status to end with after it has said
 * what is wrong. */
int narrow_choose(struct narrowing *narrowing, const struct options *options);
/* Whether something is left out of the trace, or may be. */
bool narrow_is_part(const struct narrowing *narrowing);
/* Hand it to a format; narrowing must outlive the options. */
void narrow_apply(const struct narrowing *narrowing,
                  struct format_options *options);

#endif
