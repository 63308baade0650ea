/* SPDX-License-Identifier: Apache-2.0
 *
 * noise.c: Welch's t-test on the mean of a call, and beside it what the two
 * recordings differ by as a whole, which no spread inside of one of them tells.
 */
#include "launcher/diff/noise.h"

#include <math.h>
#include <stdlib.h>

enum {
    ORDINARY_CALLS = 10, /* of a function that can tell what is ordinary */
    ORDINARY_FUNCTIONS = 8,
    ORDINARY_TIMES = 3
};
#define LEAST_DIFFERENCE 0.05

/* == DURATIONS ============================================================= */

struct durations
durations_of_self(const struct sums *sums)
{
    return (struct durations){sums->calls, sums->self_ns, sums->self_squares,
                              sums->self_wander, sums->parts};
}

struct durations
durations_of_all(const struct sums *sums)
{
    return (struct durations){sums->calls, sums->sum_ns, sums->sum_squares,
                              sums->sum_wander, sums->parts};
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

/* How sure the mean is. */
struct uncertainty {
    double variance, freedom;
};

/* By the spread of the calls, or by the parts of the recording, whichever is
 * more. */
static struct uncertainty
uncertainty_of(const struct durations *durations)
{
    double calls = (double)durations->calls;
    double spread =
        durations->squares / calls - square(durations_mean(durations));
    struct uncertainty by_calls = {spread > 0 ? spread / (calls - 1) : 0,
                                   calls - 1};
    struct uncertainty by_parts = {durations->wander / square(calls),
                                   (double)durations->parts - 1};
    return durations->parts > 1 && by_parts.variance > by_calls.variance
               ? by_parts
               : by_calls;
}

/* == WELCH ================================================================= */

/* Where Student's t lies with a chance of 1 in 100, both sides together. */
static double
critical_t(double freedom)
{
    static const struct {
        double freedom, t;
    } rows[] = {
        {1, 63.66},   {2, 9.925},    {3, 5.841},  {4, 4.604},  {5, 4.032},
        {6, 3.707},   {7, 3.499},    {8, 3.355},  {9, 3.250},  {10, 3.169},
        {12, 3.055},  {15, 2.947},   {20, 2.845}, {30, 2.750}, {60, 2.660},
        {120, 2.617}, {1000, 2.581},
    };
    size_t i = sizeof rows / sizeof *rows - 1;
    while (i > 0 && rows[i].freedom > freedom)
        i--;
    return rows[i].t;
}

static bool
is_significant(const struct durations *before, const struct durations *after)
{
    struct uncertainty a = uncertainty_of(before), b = uncertainty_of(after);
    double difference = fabs(durations_mean(after) - durations_mean(before));
    double variance = a.variance + b.variance;
    if (variance == 0)
        return difference > 0;
    double freedom = square(variance) / (square(a.variance) / a.freedom +
                                         square(b.variance) / b.freedom);
    return difference > critical_t(freedom) * sqrt(variance);
}

/* == THE ORDINARY ========================================================== */

/* 1 is twice as long, or half. */
static double
difference_of(double before, double after)
{
    double less = before < after ? before : after;
    if (less <= 0)
        return before == after ? 0 : HUGE_VAL;
    return fabs(after - before) / less;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool
can_tell(const struct pair *pair, uint64_t least_ns)
{
    const struct sums *before = &pair->sums[BEFORE];
    const struct sums *after = &pair->sums[AFTER];
    return before->calls >= ORDINARY_CALLS && after->calls >= ORDINARY_CALLS &&
           (before->self_ns >= least_ns || after->self_ns >= least_ns);
}

double
noise_ordinary(const struct pair *pairs, uint32_t count, uint64_t least_ns)
{
    double *list = malloc(((size_t)count + 1) * sizeof *list);
    size_t used = 0;
    for (uint32_t i = 0; list && i < count; i++) {
        struct durations before = durations_of_self(&pairs[i].sums[BEFORE]);
        struct durations after = durations_of_self(&pairs[i].sums[AFTER]);
        if (can_tell(&pairs[i], least_ns))
            list[used++] =
                difference_of(durations_mean(&before), durations_mean(&after));
    }
    if (used > 0)
        qsort(list, used, sizeof *list, compare);
    double ordinary = used < ORDINARY_FUNCTIONS ? 0 : list[used / 2];
    free(list);
    return ordinary;
}

bool
noise_is_exceeded(const struct durations *before, const struct durations *after,
                  double ordinary)
{
    double least = ORDINARY_TIMES * ordinary;
    if (least < LEAST_DIFFERENCE)
        least = LEAST_DIFFERENCE;
    return difference_of(durations_mean(before), durations_mean(after)) >
               least &&
           is_significant(before, after);
}
