/* SPDX-License-Identifier: Apache-2.0
 *
 * noise.h: whether calls of a function became slower or faster, or differ no more
 * than calls do anyway.  share/doc/diff.md tells the rule and its source.
 */
#ifndef CODESNAP_NOISE_H
#define CODESNAP_NOISE_H

#include "launcher/diff/durations.h"
#include "launcher/diff/machine.h"

struct judgement {
    bool exceeded; /* it is more than noise */
    bool typical;  /* only typical calls tell, not the mean */
    double each;   /* 0.5: a call takes half as long again */
};

/* Of a function that both sides have two calls of; what differs by less than
 * small_ns in all is nothing. */
struct judgement noise_judge(const struct durations *before,
                             const struct durations *after,
                             const struct machine *machine, double small_ns);

#endif
