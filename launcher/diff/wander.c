/* SPDX-License-Identifier: Apache-2.0
 *
 * wander.c: see wander.h.  The variance of a sum over clusters, here the parts of
 * the recording, whatever the calls inside of one have in common.
 */
#include "launcher/diff/wander.h"

void
wander_count(struct wander *wander, uint64_t end_ns, uint64_t duration_ns,
             uint64_t calls, uint64_t ns, uint64_t self_ns)
{
    uint64_t part = end_ns / (duration_ns / WANDER_PARTS + 1);
    if (part >= WANDER_PARTS)
        part = WANDER_PARTS - 1;
    wander->parts[part].calls += calls;
    wander->parts[part].self_ns += self_ns;
    wander->parts[part].sum_ns += ns;
}

static double
square(double value)
{
    return value * value;
}

void
wander_settle(const struct wander *wander, struct sums *sums)
{
    double self = (double)sums->self_ns / (double)sums->calls;
    double sum = (double)sums->sum_ns / (double)sums->calls;
    sums->parts = 0;
    for (int i = 0; i < WANDER_PARTS; i++) {
        double calls = (double)wander->parts[i].calls;
        sums->parts += calls > 0;
        sums->self_wander +=
            square((double)wander->parts[i].self_ns - calls * self);
        sums->sum_wander +=
            square((double)wander->parts[i].sum_ns - calls * sum);
    }
    if (sums->parts < 2)
        return;
    double parts = sums->parts;
    sums->self_wander *= parts / (parts - 1);
    sums->sum_wander *= parts / (parts - 1);
}
