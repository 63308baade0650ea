/* SPDX-License-Identifier: Apache-2.0
 *
 * spread.h: how durations are spread, counted in bins on a logarithmic scale,
 * eight to an octave.  A spread holds the bins between its shortest and its
 * longest duration.
 */
#ifndef CODESNAP_SPREAD_H
#define CODESNAP_SPREAD_H

#include <stddef.h>
#include <stdint.h>

enum {
    SPREAD_OCTAVE = 8, /* bins; a duration and its double are so far apart */
    SPREAD_BINS =
        44 * SPREAD_OCTAVE /* the last one is of five hours and more */
};

struct spread {
    uint64_t *counts; /* of the bins from first on */
    uint16_t first, room;
};

static inline uint32_t
spread_bin(uint64_t ns)
{
    if (ns == 0)
        return 0;
    uint32_t octave = 63 - (uint32_t)__builtin_clzll(ns);
    uint64_t part = octave >= 3 ? ns >> (octave - 3) : ns << (3 - octave);
    uint32_t bin = octave * SPREAD_OCTAVE + (uint32_t)(part & 7);
    return bin < SPREAD_BINS ? bin : SPREAD_BINS - 1;
}

/* The middle of a bin, and where it starts. */
double spread_ns(uint32_t bin);
uint64_t spread_least_ns(uint32_t bin);

/* Of the bin; 0 where there is none. */
static inline uint64_t
spread_count(const struct spread *spread, uint32_t bin)
{
    uint32_t at = bin - spread->first;
    return bin >= spread->first && at < spread->room ? spread->counts[at] : 0;
}

/* Make room for the bin.  0, or -1 without memory. */
int spread_grow(struct spread *spread, uint32_t bin);
void spread_free(struct spread *spread);

/* One more in the bin. */
static inline int
spread_add(struct spread *spread, uint32_t bin)
{
    uint32_t at = bin - spread->first;
    if (__builtin_expect(bin < spread->first || at >= spread->room, 0)) {
        if (spread_grow(spread, bin) != 0)
            return -1;
        at = bin - spread->first;
    }
    spread->counts[at]++;
    return 0;
}

uint64_t spread_total(const struct spread *spread);
/* The bin below which that share of all lies. */
uint32_t spread_quantile(const struct spread *spread, double share);

#endif
