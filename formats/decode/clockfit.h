/* SPDX-License-Identifier: Apache-2.0
 *
 * clockfit.h: the line between raw ticks and nanoseconds of CLOCK_MONOTONIC
 * that fits all clock pairs of one boot, some of which may be damaged.
 */
#ifndef CODESNAP_CLOCKFIT_H
#define CODESNAP_CLOCKFIT_H

#include <stddef.h>
#include <stdint.h>

#include "formats/spool/spool.h"

#define CLOCKFIT_SHIFT 56

struct clockfit_pair {
    uint64_t ticks;
    uint64_t ns;
};

struct clockfit_pairs {
    struct clockfit_pair *list;
    size_t count, room;
};

/* The line passes through (ticks, ns); scale is nanoseconds a tick, times
 * 2^CLOCKFIT_SHIFT. */
struct clockfit {
    uint64_t ticks;
    uint64_t ns;
    uint64_t scale;
};

/* 0, or -1 without memory.  A pair that says nothing (0) is left out. */
int clockfit_add(struct clockfit_pairs *pairs, struct spool_clock clock);

/* The nanoseconds between the first and the last pair. */
uint64_t clockfit_baseline(const struct clockfit_pairs *pairs);

/* Sorts the pairs, and leaves only those that agree with the most. */
void clockfit_solve(struct clockfit_pairs *pairs, enum spool_clock_kind kind,
                    struct clockfit *fit);

/* Rounded to the nearest. */
static inline uint64_t
clockfit_scale(uint64_t ticks, uint64_t scale)
{
    unsigned __int128 product = (unsigned __int128)ticks * scale;
    return (uint64_t)((product + (1ull << (CLOCKFIT_SHIFT - 1))) >>
                      CLOCKFIT_SHIFT);
}

/* Ticks as nanoseconds of CLOCK_MONOTONIC, not below 0. */
static inline uint64_t
clockfit_ns(const struct clockfit *fit, uint64_t ticks)
{
    if (ticks >= fit->ticks)
        return fit->ns + clockfit_scale(ticks - fit->ticks, fit->scale);
    uint64_t back = clockfit_scale(fit->ticks - ticks, fit->scale);
    return back < fit->ns ? fit->ns - back : 0;
}

#endif
