/* SPDX-License-Identifier: Apache-2.0
 *
 * sums.c: see sums.h.
 */
#include "launcher/diff/sums.h"

#include <math.h>

#include "formats/base/mean.h"

/* Of one of so many calls, times their number. */
static double
logs(double calls, uint64_t ns)
{
    return calls * log((double)ns / calls + SUMS_FLOOR_NS);
}

struct batch
batch_of(uint64_t calls, uint64_t ns, uint64_t self_ns, uint64_t longest_ns)
{
    return (struct batch){
        .calls = calls,
        .ns = ns,
        .self_ns = self_ns,
        .longest_ns = longest_ns,
        .sums = {[MEASURE_SELF] = (double)self_ns,
                 [MEASURE_WHOLE] = (double)ns,
                 [MEASURE_SELF_LOG] = logs((double)calls, self_ns),
                 [MEASURE_WHOLE_LOG] = logs((double)calls, ns)},
    };
}

void
sums_count(struct sums *sums, const struct batch *batch)
{
    sums->calls += batch->calls;
    sums->self_ns += batch->self_ns;
    sums->sum_ns += batch->ns;
    for (int i = 0; i < MEASURES; i++) {
        double sum = batch->sums[i];
        sums->series[i].sum += sum;
        sums->series[i].squares += sum * sum / (double)batch->calls;
    }
    if (batch->longest_ns > sums->max_ns)
        sums->max_ns = batch->longest_ns;
}

void
sums_add(struct sums *sums, const struct sums *more)
{
    sums->calls += more->calls;
    sums->self_ns += more->self_ns;
    sums->total_ns += more->total_ns;
    sums->sum_ns += more->sum_ns;
    for (int i = 0; i < MEASURES; i++) {
        sums->series[i].sum += more->series[i].sum;
        sums->series[i].squares += more->series[i].squares;
        sums->series[i].wander += more->series[i].wander;
    }
    sums->waits |= more->waits;
    if (more->parts > sums->parts)
        sums->parts = more->parts;
    if (more->max_ns > sums->max_ns)
        sums->max_ns = more->max_ns;
}

uint64_t
sums_mean_ns(const struct sums *sums)
{
    return mean_of(sums->sum_ns, sums->calls);
}
