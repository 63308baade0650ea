/* SPDX-License-Identifier: Apache-2.0
 *
 * shots.h: snapshots that are taken while the program runs: one after each period
 * (--rotate), one for each signal (--signal-action=snapshot), and for --trigger.  A
 * process of ours writes each, beside the output; the program notices nothing.
 */
#ifndef CODESNAP_SHOTS_H
#define CODESNAP_SHOTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "launcher/run/alarms.h"
#include "launcher/support/child.h"
#include "launcher/support/options.h"

struct shots {
    const char *session; /* "" until it is there */
    const char *output;
    const char *format; /* "" where the output's suffix says it */
    const struct child *child;
    uint64_t period_ns; /* 0: none */
    bool by_signal, by_alarm;
    struct alarms alarms;
    struct control *control; /* NULL: not mapped yet, or not needed */
    uint64_t asked, next_ns; /* signals that were seen; CLOCK_MONOTONIC */
    unsigned number;         /* of the last one */
    pid_t writer;            /* 0: none is at work */
};

/* What the options ask for; false: nothing.  session and output are looked at later,
 * when they are known. */
bool shots_begin(struct shots *shots, const struct options *options,
                 const struct child *child, const char *session,
                 const char *output);
/* Is one to be taken?  Called again and again; context is the shots. */
void shots_look(void *context);
/* The program has ended: wait for the one that is being taken. */
void shots_end(struct shots *shots);

/* "result.html", 3 and "signal": "result.3.signal.html"; without a reason
 * "result.3.html".  path has PATH_MAX bytes. */
void shots_name(const char *output, unsigned number, const char *reason,
                char *path);

#endif
