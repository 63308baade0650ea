/* SPDX-License-Identifier: Apache-2.0
 *
 * filter.h: a part of a trace, for any format: it stands between the reader and
 * the writer and keeps what it tells well-nested and increasing in time.
 */
#ifndef CODESNAP_FILTER_H
#define CODESNAP_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/shape/writer.h"

struct filter {
    struct format_filter base; /* first */
    uint64_t duration_ns;      /* shorter calls are left out */
    uint32_t depth_max;        /* so many levels; UINT32_MAX: all */
    const char *process;       /* a pid, or a glob over the name, or NULL */
    const char *thread;        /* a tid, or a glob over the name, or NULL */
    const char *function;      /* a glob (glob_fits): its calls and all below */
    bool
        own; /* of code that is not the user's own (own.h) the outermost calls */
};

/* One that lets everything through. */
struct filter filter_everything(void);
bool filter_is_everything(const struct filter *filter);
bool filter_takes_process(const struct filter *filter,
                          const struct process *process);
bool filter_takes_thread(const struct filter *filter,
                         const struct track *track);

#endif
