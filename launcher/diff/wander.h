/* SPDX-License-Identifier: Apache-2.0
 *
 * wander.h: how the mean of a function's calls changes in the course of one
 * recording.  A machine that is busy for a while makes all calls longer that run
 * meanwhile; their spread does not tell that, since they are not independent.
 */
#ifndef CODESNAP_WANDER_H
#define CODESNAP_WANDER_H

#include <stdint.h>

#include "launcher/diff/sums.h"

enum {
    WANDER_PARTS = 16
};

/* The calls of a function in each part of the recording, all equally long. */
struct wander {
    struct {
        uint64_t calls;
        double sums[MEASURES];
    } parts[WANDER_PARTS];
};

/* These calls ended then, in a recording that lasts duration_ns. */
void wander_count(struct wander *wander, uint64_t end_ns, uint64_t duration_ns,
                  const struct batch *batch);
/* When all calls are in both: the variances that follow from the parts. */
void wander_settle(const struct wander *wander, struct sums *sums);

#endif
