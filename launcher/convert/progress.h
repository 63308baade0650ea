/* SPDX-License-Identifier: Apache-2.0
 *
 * progress.h: a bar on the terminal for what takes longer than a second, and
 * nothing anywhere else.  As wide as the terminal allows; gone before anything
 * else comes there.
 */
#ifndef CODESNAP_PROGRESS_H
#define CODESNAP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* that is made */
    bool shown;       /* it comes to this terminal when all was read */
    bool terminal;    /* stderr is one */
    bool drawn;
    unsigned width;
    uint64_t start_ns, drawn_ns;
    uint64_t bytes; /* of spool that there are in all, for the rate; or 0 */
};

/* path "-" is standard output, what the format is called that goes there;
 * streams says that it does so while the trace is read. */
void progress_begin(struct progress *progress, const char *path,
                    const char *what, bool streams);
/* Fits format_options.progress; context is the struct progress.  share 1 is
 * the end of reading. */
void progress_show(void *context, double share);
/* Take the bar away. */
void progress_end(struct progress *progress);

#endif
