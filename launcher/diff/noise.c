/* SPDX-License-Identifier: Apache-2.0
 *
 * noise.c: Welch's t-test on what a call takes, on average and typically, of what
 * is left of the difference without the machine's part.
 */
#include "launcher/diff/noise.h"

#include <math.h>

#define LEAST_DIFFERENCE 1.05
#define ORDINARY_TIMES   3

/* Where Student's t lies with a chance of 1 in 1000, both sides together. */
static double
critical_t(double freedom)
{
    static const struct {
        double freedom, t;
    } rows[] = {
        {1, 636.6},   {2, 31.60},    {3, 12.92},  {4, 8.610},  {5, 6.869},
        {6, 5.959},   {7, 5.408},    {8, 5.041},  {9, 4.781},  {10, 4.587},
        {12, 4.318},  {15, 4.073},   {20, 3.850}, {30, 3.646}, {60, 3.460},
        {120, 3.373}, {1000, 3.300},
    };
    size_t i = sizeof rows / sizeof *rows - 1;
    while (i > 0 && rows[i].freedom > freedom)
        i--;
    return rows[i].t;
}

static double
square(double value)
{
    return value * value;
}

/* More than the spread of single calls explains. */
static bool
is_significant(double rest, const struct estimate *a, const struct estimate *b)
{
    double variance = a->variance + b->variance;
    if (variance == 0)
        return true;
    double freedom = square(variance) / (square(a->variance) / a->freedom +
                                         square(b->variance) / b->freedom);
    return rest > critical_t(freedom) * sqrt(variance);
}

/* The logarithm of a factor that is beyond the bounds; its sign is that of the
 * difference.  0 where it is not, or by no more than an ordinary function's. */
static double
beyond(double difference, const struct bounds *bounds, double ordinary)
{
    double rest = difference > bounds->most    ? difference - bounds->most
                  : difference < bounds->least ? difference - bounds->least
                                               : 0;
    double least = fmax(log(LEAST_DIFFERENCE), ORDINARY_TIMES * ordinary);
    return fabs(rest) > least ? rest : 0;
}

/* As machine.h wants it. */
static const double *
waiting_calls(const struct durations *before, const struct durations *after,
              double calls[SIDES])
{
    calls[BEFORE] = (double)before->calls;
    calls[AFTER] = (double)after->calls;
    return before->may_wait || after->may_wait ? calls : NULL;
}

/* A mean times a factor. */
static struct estimate
scaled(const struct estimate *estimate, double factor)
{
    return (struct estimate){estimate->mean * factor,
                             estimate->variance * square(factor),
                             estimate->freedom};
}

/* What is less is brought to where the machine may have it. */
static double
judge_average(const struct durations *before, const struct durations *after,
              const struct machine *machine)
{
    struct estimate a = durations_average(before), b = durations_average(after);
    double calls[SIDES];
    struct bounds bounds = machine_average(machine, fmin(a.mean, b.mean),
                                           waiting_calls(before, after, calls));
    double difference = log(b.mean / a.mean);
    double rest = beyond(difference, &bounds, machine->ordinary);
    if (rest > 0)
        a = scaled(&a, exp(bounds.most));
    else
        b = scaled(&b, exp(-bounds.least));
    return rest != 0 && is_significant(fabs(b.mean - a.mean), &a, &b)
               ? difference
               : 0;
}

/* All calls must come to something, too, as typical ones. */
static double
judge_typical(const struct durations *before, const struct durations *after,
              const struct machine *machine, double small_ns)
{
    struct estimate a = durations_typical(before), b = durations_typical(after);
    double all_ns = (exp(b.mean) - exp(a.mean)) * (double)after->calls;
    double calls[SIDES];
    struct bounds bounds = machine_typical(machine, exp(fmin(a.mean, b.mean)),
                                           waiting_calls(before, after, calls));
    double difference = b.mean - a.mean;
    double rest = beyond(difference, &bounds, machine->ordinary);
    return rest != 0 && fabs(all_ns) >= small_ns &&
                   is_significant(fabs(rest), &a, &b)
               ? difference
               : 0;
}

struct judgement
noise_judge(const struct durations *before, const struct durations *after,
            const struct machine *machine, double small_ns)
{
    double average = judge_average(before, after, machine);
    double typical = judge_typical(before, after, machine, small_ns);
    double more = durations_mean(after) - durations_mean(before);
    if (average != 0)
        return (struct judgement){
            .exceeded = true,
            .each = durations_mean(after) / durations_mean(before) - 1};
    return (struct judgement){.exceeded = typical * more > 0,
                              .typical = true,
                              .each = expm1(typical)};
}
