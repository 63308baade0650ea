/* SPDX-License-Identifier: Apache-2.0
 *
 * clockfit.c: a robust straight line.  The slope is first the weighted median
 * of those between some pairs, which no minority of damaged ones can move;
 * then least squares over the pairs close to that line, which averages the
 * tens of nanoseconds by which each reading is off.
 */
#include "formats/decode/clockfit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A counter between 20 MHz and 20 GHz. */
#define SLOWEST_NS 50.0
#define FASTEST_NS 0.05
/* Where nothing can be fitted: 3 GHz. */
#define ASSUMED_NS (1.0 / 3.0)
#define SAMPLES    48
#define CANDIDATES 15
/* A pair further than this from the line, and than eight times the usual
 * distance, is not a reading of these clocks. */
#define TOLERATED_NS 1000.0

int
clockfit_add(struct clockfit_pairs *pairs, struct spool_clock clock)
{
    if (clock.ticks == 0 || clock.monotonic_ns == 0)
        return 0;
    if (pairs->count == pairs->room) {
        size_t room = pairs->room == 0 ? 64 : pairs->room * 2;
        void *list = realloc(pairs->list, room * sizeof *pairs->list);
        if (list == NULL)
            return -1;
        pairs->list = list;
        pairs->room = room;
    }
    pairs->list[pairs->count].ticks = clock.ticks;
    pairs->list[pairs->count++].ns = clock.monotonic_ns;
    return 0;
}

uint64_t
clockfit_baseline(const struct clockfit_pairs *pairs)
{
    uint64_t first = UINT64_MAX, last = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        uint64_t ns = pairs->list[i].ns;
        first = ns < first ? ns : first;
        last = ns > last ? ns : last;
    }
    return last > first ? last - first : 0;
}

static int
compare_pairs(const void *a, const void *b)
{
    const struct clockfit_pair *x = a, *y = b;
    if (x->ticks != y->ticks)
        return x->ticks < y->ticks ? -1 : 1;
    return (x->ns > y->ns) - (x->ns < y->ns);
}

static double
distance(uint64_t from, uint64_t to)
{
    return to >= from ? (double)(to - from) : -(double)(from - to);
}

/* 0 where two pairs tell no slope that a clock can have. */
static double
slope(const struct clockfit_pair *from, const struct clockfit_pair *to)
{
    double ticks = distance(from->ticks, to->ticks);
    double ns = distance(from->ns, to->ns);
    if (ticks == 0)
        return 0;
    double found = ns / ticks;
    return found >= FASTEST_NS && found <= SLOWEST_NS ? found : 0;
}

static bool
make_sense(const struct clockfit_pair *a, const struct clockfit_pair *b)
{
    double ns = distance(a->ns, b->ns);
    /* very close ones can tell nothing */
    return slope(a, b) > 0 || (ns > -1000 && ns < 1000);
}

static size_t
count_sensible(const struct clockfit_pairs *pairs,
               const struct clockfit_pair *with)
{
    size_t count = 0;
    for (size_t i = 0; i < pairs->count; i++)
        count += make_sense(with, &pairs->list[i]);
    return count;
}

/* Keep only what makes sense together with one pair, of several the one that
 * keeps most: a flipped bit high in a number would outweigh all else below. */
static void
drop_senseless(struct clockfit_pairs *pairs)
{
    struct clockfit_pair best = pairs->list[0];
    size_t most = 0, kept = 0;
    for (size_t i = 1; i <= CANDIDATES; i++) {
        size_t at = (pairs->count - 1) * i / (CANDIDATES + 1);
        size_t count = count_sensible(pairs, &pairs->list[at]);
        if (count > most) {
            most = count;
            best = pairs->list[at];
        }
    }
    for (size_t i = 0; i < pairs->count; i++)
        if (make_sense(&best, &pairs->list[i]))
            pairs->list[kept++] = pairs->list[i];
    pairs->count = kept;
}

struct weighted {
    double value;
    double weight;
};

static int
compare_weighted(const void *a, const void *b)
{
    double x = ((const struct weighted *)a)->value;
    double y = ((const struct weighted *)b)->value;
    return (x > y) - (x < y);
}

static double
weighted_median(struct weighted *values, size_t count)
{
    double total = 0, below = 0;
    qsort(values, count, sizeof *values, compare_weighted);
    for (size_t i = 0; i < count; i++)
        total += values[i].weight;
    for (size_t i = 0; i < count; i++) {
        below += values[i].weight;
        if (below * 2 >= total)
            return values[i].value;
    }
    return ASSUMED_NS;
}

static double
median_slope(const struct clockfit_pairs *pairs)
{
    struct weighted slopes[SAMPLES * SAMPLES / 2] = {{0, 0}};
    size_t samples = pairs->count < SAMPLES ? pairs->count : SAMPLES;
    size_t count = 0;
    for (size_t i = 0; i < samples; i++) {
        for (size_t j = i + 1; j < samples; j++) {
            size_t last = pairs->count - 1, steps = samples - 1;
            const struct clockfit_pair *a = &pairs->list[i * last / steps];
            const struct clockfit_pair *b = &pairs->list[j * last / steps];
            double found = slope(a, b);
            if (found > 0) {
                slopes[count].weight = distance(a->ticks, b->ticks);
                slopes[count++].value = found;
            }
        }
    }
    return weighted_median(slopes, count);
}

/* How far a pair lies above the line of that slope through the first pair. */
static double
residual(const struct clockfit_pairs *pairs, size_t i, double scale)
{
    double ticks = distance(pairs->list[0].ticks, pairs->list[i].ticks);
    return distance(pairs->list[0].ns, pairs->list[i].ns) - ticks * scale;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return values[count / 2];
}

static double
absolute(double value)
{
    return value < 0 ? -value : value;
}

/* Without memory for it, all stay. */
static void
drop_outliers(struct clockfit_pairs *pairs, double scale)
{
    double *far = malloc(pairs->count * sizeof *far);
    if (far == NULL)
        return;
    for (size_t i = 0; i < pairs->count; i++)
        far[i] = residual(pairs, i, scale);
    double middle = median(far, pairs->count);
    for (size_t i = 0; i < pairs->count; i++)
        far[i] = absolute(far[i] - middle);
    double usual = median(far, pairs->count);
    double limit = usual * 8 > TOLERATED_NS ? usual * 8 : TOLERATED_NS;
    struct clockfit_pair first = pairs->list[0];
    size_t kept = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        struct clockfit_pair pair = pairs->list[i];
        double off = distance(first.ns, pair.ns) -
                     distance(first.ticks, pair.ticks) * scale - middle;
        if (absolute(off) <= limit)
            pairs->list[kept++] = pair;
    }
    pairs->count = kept;
    free(far);
}

/* Clock pairs that lie can lead anywhere, but only to what an integer holds. */
static uint64_t
whole(double value)
{
    const double limit = 9.2e18;
    if (!(value > -limit))
        value = -limit;
    if (value > limit)
        value = limit;
    return (uint64_t)(int64_t)value;
}

static void
set_line(struct clockfit *fit, const struct clockfit_pair *origin, double ticks,
         double ns, double scale)
{
    fit->ticks = origin->ticks + whole(ticks);
    fit->ns = origin->ns + whole(ns + 0.5);
    fit->scale = (uint64_t)(scale * (double)(1ull << CLOCKFIT_SHIFT) + 0.5);
}

/* Around the means, where the line is known best. */
static void
least_squares(const struct clockfit_pairs *pairs, double scale,
              struct clockfit *fit)
{
    const struct clockfit_pair *origin = &pairs->list[0];
    double n = (double)pairs->count, x = 0, y = 0, xx = 0, xy = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        x += distance(origin->ticks, pairs->list[i].ticks) / n;
        y += residual(pairs, i, scale) / n;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        double dx = distance(origin->ticks, pairs->list[i].ticks) - x;
        xx += dx * dx;
        xy += dx * (residual(pairs, i, scale) - y);
    }
    double better = xx > 0 ? scale + xy / xx : scale;
    if (better < FASTEST_NS || better > SLOWEST_NS)
        better = scale;
    x = (double)(int64_t)whole(x);
    set_line(fit, origin, x, y + x * scale, better);
}

void
clockfit_solve(struct clockfit_pairs *pairs, enum spool_clock_kind kind,
               struct clockfit *fit)
{
    memset(fit, 0, sizeof *fit);
    fit->scale = 1ull << CLOCKFIT_SHIFT;
    if (pairs->count > 1)
        qsort(pairs->list, pairs->count, sizeof *pairs->list, compare_pairs);
    if (kind == SPOOL_MONOTONIC_NS || pairs->count == 0)
        return;
    drop_senseless(pairs);
    double scale = pairs->count > 1 ? median_slope(pairs) : ASSUMED_NS;
    drop_outliers(pairs, scale);
    least_squares(pairs, scale, fit);
}
