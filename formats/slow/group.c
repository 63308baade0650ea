/* SPDX-License-Identifier: Apache-2.0
 *
 * group.c: see group.h.  Every bin that has calls is tried as the first slow
 * one.  Distances are in bins, which are logarithms.
 */
#include "formats/slow/group.h"

#include <string.h>

/* -- the rule's figures, as in share/doc/slow-calls.md --------------------- */

enum {
    LEAST_CALLS = 4,
    MOST_SHARE = 3 /* a third of the calls are slow at most */
};
#define OCTAVE        ((double)SPREAD_OCTAVE)
#define TIMES_USUAL   (1.585 * OCTAVE) /* three times the median */
#define TIMES_NEXT    (1.2 * OCTAVE)   /* 2.3 times the group below */
#define EMPTY         (1.0 * OCTAVE)   /* twice as long, and nothing between */
#define APART_SQUARED 16.0             /* Ashman's D is 4 */
#define CHANCE        8.0 /* one in three thousand, as a power of e */

/* -- parts of a spread ----------------------------------------------------- */

struct slice {
    double count, mean, variance; /* in bins */
};

static struct slice
slice_of(const struct group_bins *bins, uint32_t from, uint32_t to)
{
    struct slice part = {.count = 0};
    double sum = 0, squares = 0;
    for (uint32_t i = from; i < to; i++) {
        double count = (double)bins->calls[i];
        part.count += count;
        sum += count * i;
        squares += count * i * i;
    }
    if (part.count == 0)
        return part;
    part.mean = sum / part.count;
    part.variance = squares / part.count - part.mean * part.mean;
    if (part.variance < 1) /* a bin is not a point */
        part.variance = 1;
    return part;
}

/* The bin in which the share of the calls below a bin ends. */
static uint32_t
quantile(const struct group_bins *bins, uint32_t to, double share, double count)
{
    double left = share * count;
    for (uint32_t i = 0; i < to; i++) {
        left -= (double)bins->calls[i];
        if (left < 0)
            return i;
    }
    return to - 1;
}

/* The last bin below that has calls, if few of them don't count. */
static uint32_t
bin_below(const struct group_bins *bins, uint32_t bin, double few)
{
    while (bin > 0) {
        few -= (double)bins->calls[--bin];
        if (few < 0)
            break;
    }
    return bin;
}

/* Where the calls around a bin start and end that no empty octave parts from it. */
static uint32_t
cluster_start(const struct group_bins *bins, uint32_t bin)
{
    uint32_t start = bin, empty = 0;
    for (; bin > 0 && empty < SPREAD_OCTAVE; bin--) {
        empty = bins->calls[bin - 1] > 0 ? 0 : empty + 1;
        if (empty == 0)
            start = bin - 1;
    }
    return start;
}

static uint32_t
cluster_end(const struct group_bins *bins, uint32_t bin)
{
    uint32_t end = bin + 1, empty = 0;
    for (bin++; bin < SPREAD_BINS && empty < SPREAD_OCTAVE; bin++) {
        empty = bins->calls[bin] > 0 ? 0 : empty + 1;
        if (empty == 0)
            end = bin + 1;
    }
    return end;
}

/* The usual calls next below: a cluster that holds a share of them worth the
 * name. */
static struct slice
next_below(const struct group_bins *bins, uint32_t top, double usual)
{
    uint32_t start = cluster_start(bins, top);
    struct slice part = slice_of(bins, start, top + 1);
    while (start > 0 && part.count < 0.02 * usual) {
        start = cluster_start(bins, bin_below(bins, start, 0));
        part = slice_of(bins, start, top + 1);
    }
    return part;
}

/* By how much the longest usual calls go on on average: the scale of the tail
 * (Hill).  Few calls tell little about it. */
static double
tail_of(const struct group_bins *bins, uint32_t top, double usual)
{
    uint32_t from = quantile(bins, top + 1, 2.0 / 3, usual);
    double count = 0, sum = 0, root = 1;
    for (uint32_t i = from; i <= top; i++) {
        count += (double)bins->calls[i];
        sum += (double)bins->calls[i] * (i - from);
    }
    while (root * root < usual)
        root++;
    return sum / count + 0.5 + 5 / root;
}

/* -- the rule -------------------------------------------------------------- */

/* Is the group from that bin on no mere end of the usual calls? */
static bool
stands_apart(const struct group_bins *bins, uint32_t bin, double usual,
             double slow)
{
    uint32_t top = bin_below(bins, bin, (double)(uint64_t)(slow / 10));
    double gap = bin - top;
    struct slice below = next_below(bins, top, usual);
    struct slice above = slice_of(bins, bin, cluster_end(bins, bin));
    struct slice all = slice_of(bins, bin, SPREAD_BINS);
    double apart = above.mean - below.mean;
    return gap >= EMPTY && slow * gap >= CHANCE * tail_of(bins, top, usual) &&
           all.mean - below.mean >= TIMES_NEXT &&
           2 * apart * apart >=
               APART_SQUARED * (above.variance + below.variance);
}

/* The bins from bin on as a group. */
static struct group
measure(const struct group_bins *bins, uint32_t bin, double calls, double slow)
{
    struct group group = {
        .threshold = bin, .calls = (uint64_t)calls, .slow = (uint64_t)slow};
    uint32_t median = quantile(bins, bin, 0.5, calls - slow);
    if (bins->calls[median] > 0)
        group.usual_ns = bins->ns[median] / (double)bins->calls[median];
    for (uint32_t i = bin; i < SPREAD_BINS; i++)
        group.lost_ns += bins->ns[i] - group.usual_ns * (double)bins->calls[i];
    double mean = slice_of(bins, bin, SPREAD_BINS).mean;
    group.slow_ns = spread_ns((uint32_t)mean);
    return group;
}

static bool
is_slow(const struct group_bins *bins, uint32_t bin, double calls, double slow)
{
    uint32_t median = quantile(bins, bin, 0.5, calls - slow);
    double mean = slice_of(bins, bin, SPREAD_BINS).mean;
    return mean - median >= TIMES_USUAL &&
           stands_apart(bins, bin, calls - slow, slow);
}

bool
group_find(const struct group_bins *bins, struct group *group)
{
    double calls = slice_of(bins, 0, SPREAD_BINS).count, slow = 0;
    bool found = false;
    if (calls < LEAST_CALLS)
        return false;
    for (uint32_t bin = SPREAD_BINS; bin-- > 1;) {
        slow += (double)bins->calls[bin];
        if (slow * MOST_SHARE > calls)
            break;
        if (bins->calls[bin] == 0 || !is_slow(bins, bin, calls, slow))
            continue;
        struct group one = measure(bins, bin, calls, slow);
        if (found && one.lost_ns <= group->lost_ns)
            continue;
        *group = one;
        found = true;
    }
    return found;
}
