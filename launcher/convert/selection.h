/* SPDX-License-Identifier: Apache-2.0
 *
 * selection.h: the options that choose what of a trace goes into an output, as
 * the formats take it.
 */
#ifndef CODESNAP_SELECTION_H
#define CODESNAP_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/shape/filter.h"
#include "launcher/support/options.h"

struct selection {
    struct filter filter;
    uint64_t from_ns, to_ns; /* to_ns 0: everything */
    bool no_source;
    bool cpu_clock;                /* sum up time on the processor alone */
    const char *window, *shortest; /* as they were given, or NULL */
    const char *slowest;           /* what --slowest asks for, or NULL */
    char part[512];                /* "--thread main --max-depth 3", or "" */
};

/* Take it from the options.  0, or the status to end with after it has said
 * what is wrong. */
int selection_choose(struct selection *selection,
                     const struct options *options);
/* Whether something is left out of the trace, or may be. */
bool selection_is_part(const struct selection *selection);
/* Hand it to a format; selection must outlive the options. */
void selection_apply(const struct selection *selection,
                     struct format_options *options);

#endif
