/* SPDX-License-Identifier: Apache-2.0
 *
 * cells.h: the calls of a function, summed up by the bin of their duration, and
 * what they called, summed up by that and by callee.  So that whichever bin turns
 * out to be the first slow one, it is known what was different from there on.
 * Memory grows with pairs of functions, times the bins that they have.
 */
#ifndef CODESNAP_CELLS_H
#define CODESNAP_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The callee of a cell that sums up the calls themselves. */
#define CELLS_ITSELF UINT32_MAX

/* What calls waited, with all that they called: by kind; and who held the GIL for
 * most of that: a track's number + 1 and a function's, 0 where it is not known. */
struct cell_waits {
    uint64_t gil_ns, blocked_ns, preempted_ns;
    uint32_t holder, holder_function;
    uint64_t holder_ns; /* by how much more than all others */
};

static inline bool
cell_waits_are_any(const struct cell_waits *waits)
{
    return (waits->gil_ns | waits->blocked_ns | waits->preempted_ns) != 0;
}

void cell_waits_add(struct cell_waits *waits, const struct cell_waits *more);

struct cell {
    uint32_t function, callee;
    uint32_t bin;
    uint32_t used;    /* not 0 */
    uint64_t calls;   /* of the callee, or the function */
    uint64_t ns;      /* in it, interruptions left out */
    uint64_t most_ns; /* of the function alone: the longest call, likewise */
    uint64_t self_ns; /* of the function alone: its own */
    uint64_t raised;  /* calls that an exception ended */
    struct cell_waits waits; /* of the function alone */
};

struct cells {
    struct cell *list;
    size_t count, room; /* room is a power of two */
};

/* The cell, made when it is new.  NULL: no memory. */
struct cell *cells_meet(struct cells *cells, uint32_t function, uint32_t bin,
                        uint32_t callee);
/* By function, bin and callee, the function itself first; nothing may be met any
 * more.  The first count of the list are used. */
void cells_sort(struct cells *cells);
void cells_free(struct cells *cells);

#endif
