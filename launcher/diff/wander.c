/* SPDX-License-Identifier: Apache-2.0
 *
 * wander.c: see wander.h.  The variance of a sum over clusters, here the parts of
 * the recording, whatever the calls inside of one have in common.
 */
#include "launcher/diff/wander.h"

void
wander_count(struct wander *wander, uint64_t end_ns, uint64_t duration_ns,
             const struct batch *batch)
{
    uint64_t part = end_ns / (duration_ns / WANDER_PARTS + 1);
    if (part >= WANDER_PARTS)
        part = WANDER_PARTS - 1;
    wander->parts[part].calls += batch->calls;
    for (int i = 0; i < MEASURES; i++)
        wander->parts[part].sums[i] += batch->sums[i];
}

static double
square(double value)
{
    return value * value;
}

/* The parts' sums, each less what its calls would have taken on average. */
static double
squares_of(const struct wander *wander, enum measure measure, double mean)
{
    double squares = 0;
    for (int i = 0; i < WANDER_PARTS; i++)
        squares += square(wander->parts[i].sums[measure] -
                          (double)wander->parts[i].calls * mean);
    return squares;
}

void
wander_settle(const struct wander *wander, struct sums *sums)
{
    sums->parts = 0;
    for (int i = 0; i < WANDER_PARTS; i++)
        sums->parts += wander->parts[i].calls > 0;
    if (sums->parts < 2)
        return;
    double parts = sums->parts;
    for (int i = 0; i < MEASURES; i++)
        sums->series[i].wander =
            parts / (parts - 1) *
            squares_of(wander, (enum measure)i,
                       sums->series[i].sum / (double)sums->calls);
}
