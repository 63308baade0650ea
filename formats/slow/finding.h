/* SPDX-License-Identifier: Apache-2.0
 *
 * finding.h: a function that has a slow group, and what its slow calls do that
 * its usual ones don't.
 */
#ifndef CODESNAP_FINDING_H
#define CODESNAP_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/slow/cells.h"
#include "formats/slow/group.h"

/* Sums over the usual calls, and over the slow ones. */
struct finding_sums {
    double calls, ns, self_ns, raised;
    struct cell_waits waits;
};

struct finding_part {
    uint32_t callee;
    struct finding_sums usual, slow;
    double extra_ns; /* of a slow call, beyond a usual one */
};

struct finding {
    uint32_t function;
    struct group group;
    double worst_ns;
    struct finding_sums usual, slow;
    double extra_ns, self_extra_ns;
    struct finding_part *parts; /* what took most extra time first */
    uint32_t part_count;
};

/* Of the cells of one function.  1, or 0 if it has no slow group, or -1 without
 * memory; the caller frees parts. */
int finding_make(struct finding *finding, const struct cell *cells,
                 size_t count);

#endif
