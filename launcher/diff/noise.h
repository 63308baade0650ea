/* SPDX-License-Identifier: Apache-2.0
 *
 * noise.h: whether calls of a function became slower or faster, or differ no more
 * than calls do anyway.  share/doc/diff.md tells the rule and its source.
 */
#ifndef CODESNAP_NOISE_H
#define CODESNAP_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include "launcher/diff/match.h"

/* The calls of a function: how many, what they took together, and how sure that
 * is. */
struct durations {
    uint64_t calls, sum_ns;
    double squares; /* of each call's */
    double wander;  /* the sum's variance by the parts of the recording */
    uint32_t parts;
};

struct durations durations_of_self(const struct sums *sums);
struct durations durations_of_all(const struct sums *sums);
double durations_mean(const struct durations *durations);

/* By how much the calls of an ordinary function differ between the two
 * recordings: 0.1 is a tenth.  Of those that have at least that self time in one
 * of them; 0 where they are too few to tell. */
double noise_ordinary(const struct pair *pairs, uint32_t count,
                      uint64_t least_ns);

/* Whether the mean differs by more than noise, where both have two calls. */
bool noise_is_exceeded(const struct durations *before,
                       const struct durations *after, double ordinary);

#endif
