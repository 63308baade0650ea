/* SPDX-License-Identifier: Apache-2.0
 *
 * durations.h: the calls of a function by one measure, and what a call takes: on
 * average, or a typical one, each with how sure that is.
 */
#ifndef CODESNAP_DURATIONS_H
#define CODESNAP_DURATIONS_H

#include "launcher/diff/sums.h"

struct durations {
    uint64_t calls, sum_ns;
    uint32_t parts;
    bool may_wait; /* there may be a wait in a call, however short it works */
    struct series times, logs; /* in ns; of their logarithms */
};

/* What a call takes, and how sure that is. */
struct estimate {
    double mean;
    double variance, freedom; /* of the mean, by Student's t */
};

struct durations durations_of_self(const struct sums *sums);
struct durations durations_of_all(const struct sums *sums);
double durations_mean(const struct durations *durations);

/* Of two calls or more: the mean in ns over the floor; and the logarithm of the
 * geometric mean, which a few calls that were interrupted hardly move. */
struct estimate durations_average(const struct durations *durations);
struct estimate durations_typical(const struct durations *durations);

#endif
