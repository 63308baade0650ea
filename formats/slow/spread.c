/* SPDX-License-Identifier: Apache-2.0
 *
 * spread.c: see spread.h.
 */
#include "formats/slow/spread.h"

#include <stdlib.h>
#include <string.h>

uint64_t
spread_least_ns(uint32_t bin)
{
    uint32_t octave = bin / SPREAD_OCTAVE;
    uint64_t part = 8 + bin % SPREAD_OCTAVE;
    return octave >= 3 ? part << (octave - 3) : part >> (3 - octave);
}

double
spread_ns(uint32_t bin)
{
    double part = 8.5 + bin % SPREAD_OCTAVE;
    return part * (double)((uint64_t)1 << bin / SPREAD_OCTAVE) / 8;
}

int
spread_grow(struct spread *spread, uint32_t bin)
{
    uint32_t first = bin & ~(SPREAD_OCTAVE - 1u), end = first + SPREAD_OCTAVE;
    if (spread->room > 0) {
        uint32_t behind = (uint32_t)spread->first + spread->room;
        first = first < spread->first ? first : spread->first;
        end = end > behind ? end : behind;
    }
    uint64_t *counts = calloc(end - first, sizeof *counts);
    if (counts == NULL)
        return -1;
    if (spread->room > 0)
        memcpy(counts + (spread->first - first), spread->counts,
               spread->room * sizeof *counts);
    free(spread->counts);
    spread->counts = counts;
    spread->first = (uint16_t)first;
    spread->room = (uint16_t)(end - first);
    return 0;
}

void
spread_free(struct spread *spread)
{
    free(spread->counts);
    *spread = (struct spread){.counts = NULL};
}

uint64_t
spread_total(const struct spread *spread)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < spread->room; i++)
        total += spread->counts[i];
    return total;
}

uint32_t
spread_quantile(const struct spread *spread, double share)
{
    double left = share * (double)spread_total(spread);
    for (uint32_t i = 0; i < spread->room; i++) {
        left -= (double)spread->counts[i];
        if (left < 0)
            return spread->first + i;
    }
    return spread->first + (spread->room > 0 ? spread->room - 1u : 0);
}
