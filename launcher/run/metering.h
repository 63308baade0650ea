/* SPDX-License-Identifier: Apache-2.0
 *
 * metering.h: --counters: what the processes of the session use, from outside, ten
 * times a second, so that those that call nothing have it, too.
 */
#ifndef CODESNAP_METERING_H
#define CODESNAP_METERING_H

#include <stdbool.h>
#include <stdint.h>

#include "launcher/support/options.h"

struct metering {
    const char *session;     /* "" until it is there */
    struct control *control; /* which knows the processes; NULL: not yet */
    int fd;                  /* -1: not yet, or it can't be written */
    bool failed, is_ring;
    uint64_t next_ns; /* CLOCK_MONOTONIC */
    uint64_t count;   /* entries so far */
};

/* What the options ask for; false: nothing.  session is looked at later. */
bool metering_begin(struct metering *metering, const struct options *options,
                    const char *session);
/* Is it time?  Called again and again; context is the metering. */
void metering_look(void *context);
void metering_end(struct metering *metering);

#endif
