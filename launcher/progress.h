/* SPDX-License-Identifier: Apache-2.0
 *
 * progress.h: a bar on the terminal for what takes longer than a second, and
 * nothing anywhere else.
 */
#ifndef CODESNAP_PROGRESS_H
#define CODESNAP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what;
    bool terminal; /* stderr is one */
    bool drawn;
    uint64_t start_ns, drawn_ns;
    uint64_t bytes; /* of spool that there are in all, for the rate; or 0 */
};

void progress_begin(struct progress *progress, const char *what, bool quiet);
/* Fits format_options.progress; context is the struct progress. */
void progress_show(void *context, double share);
/* Take the bar away. */
void progress_end(struct progress *progress);

#endif
