/* SPDX-License-Identifier: Apache-2.0
 *
 * conversion.h: a session becomes its outputs, in a process of its own: what
 * goes wrong there, a crash or Ctrl-C included, is a result and nothing else.
 */
#ifndef CODESNAP_CONVERSION_H
#define CODESNAP_CONVERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/trace/trouble.h"
#include "launcher/convert/output.h"
#include "launcher/convert/tally.h"
#include "launcher/support/child.h"
#include "launcher/support/options.h"

/* What is converted: one session, or several on one time axis. */
struct sessions {
    const char *const *paths;
    size_t count;
    bool or_output; /* the only one can be an output file, too */
};

/* What the converting process found out; it lies in shared memory. */
struct conversion {
    size_t done;      /* outputs that are complete, the first ones */
    bool empty;       /* nothing was written, since no call was recorded */
    bool interrupted; /* a signal asked for its end */
    bool unread;      /* whoever reads the output wants no more of it */
    int signal;       /* that it died of, or 0 */
    uint64_t calls, lost, damaged_bytes, duration_ns, cost_ns, startup_ns;
    uint64_t arguments_passed; /* calls whose arguments were not looked at */
    uint64_t rules_fitted;     /* as in struct process, of all of them */
    uint32_t processes, tracks;
    uint32_t greenlets; /* of the tracks */
    bool part;          /* not all of that was wanted: */
    struct tally tally;
    bool calls_known; /* how many there are in all, where it is a part */
    char last[64];    /* as --last=10s, where only that was kept, or "" */
    char error[1024]; /* one line, or "" */
    char note[512];   /* the first thing the agent wants to be known, or "" */
    bool explains;    /* that says why nothing is recorded */
    uint32_t more_notes;
    char troubles[TROUBLE_KINDS][512]; /* in words, "" where there is none */
    char losers[256]; /* the processes that lost events, in words, or "" */
};

/* Make all outputs, of the part that the options choose.  Returns NULL after it has said why not even a process
 * could be had; else the caller looks at done and error. */
const struct conversion *conversion_run(struct child *child,
                                        const struct sessions *sessions,
                                        const struct outputs *outputs,
                                        const struct options *options);

/* Whether everything that could be converted was. */
bool conversion_is_complete(const struct conversion *conversion,
                            const struct outputs *outputs);

#endif
