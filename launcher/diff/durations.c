/* SPDX-License-Identifier: Apache-2.0
 *
 * durations.c: see durations.h.
 */
#include "launcher/diff/durations.h"

#include <math.h>

struct durations
durations_of_self(const struct sums *sums)
{
    return (struct durations){sums->calls,
                              sums->self_ns,
                              sums->parts,
                              sums->waits,
                              sums->series[MEASURE_SELF],
                              sums->series[MEASURE_SELF_LOG]};
}

struct durations
durations_of_all(const struct sums *sums)
{
    return (struct durations){sums->calls,
                              sums->sum_ns,
                              sums->parts,
                              sums->waits || sums->sum_ns > sums->self_ns,
                              sums->series[MEASURE_WHOLE],
                              sums->series[MEASURE_WHOLE_LOG]};
}

double
durations_mean(const struct durations *durations)
{
    return durations->calls
               ? (double)durations->sum_ns / (double)durations->calls
               : 0;
}

static double
square(double value)
{
    return value * value;
}

/* The mean of a series.  Its variance is that by the spread of the calls, or by the
 * parts of the recording, whichever is more. */
static struct estimate
mean_of(const struct series *series, const struct durations *durations)
{
    double calls = (double)durations->calls;
    double mean = series->sum / calls;
    double spread = series->squares / calls - square(mean);
    struct estimate by_calls = {mean, spread > 0 ? spread / (calls - 1) : 0,
                                calls - 1};
    struct estimate by_parts = {mean, series->wander / square(calls),
                                (double)durations->parts - 1};
    return durations->parts > 1 && by_parts.variance > by_calls.variance
               ? by_parts
               : by_calls;
}

struct estimate
durations_average(const struct durations *durations)
{
    struct estimate average = mean_of(&durations->times, durations);
    average.mean += SUMS_FLOOR_NS;
    return average;
}

struct estimate
durations_typical(const struct durations *durations)
{
    return mean_of(&durations->logs, durations);
}
