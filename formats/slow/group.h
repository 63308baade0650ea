/* SPDX-License-Identifier: Apache-2.0
 *
 * group.h: whether some of a function's calls are a group of their own that is
 * slower than the others.  The rule of share/doc/slow-calls.md, on numbers alone.
 */
#ifndef CODESNAP_GROUP_H
#define CODESNAP_GROUP_H

#include <stdbool.h>

#include "formats/slow/spread.h"

/* The calls of a function by the bin of their duration. */
struct group_bins {
    uint64_t calls[SPREAD_BINS];
    double ns[SPREAD_BINS]; /* all calls of the bin together */
};

struct group {
    uint32_t threshold; /* the first bin whose calls are slow */
    uint64_t calls, slow;
    double usual_ns; /* the median of the others */
    double lost_ns;  /* what the slow ones took beyond that */
    double slow_ns;  /* their geometric mean */
};

/* The group that lost most time.  False: none stands apart. */
bool group_find(const struct group_bins *bins, struct group *group);

#endif
