/* SPDX-License-Identifier: Apache-2.0
 *
 * cells.c: see cells.h.  A hash table, and at last a sorted list.
 */
#include "formats/slow/cells.h"

#include <stdlib.h>

enum {
    FIRST_ROOM = 1024
};

static size_t
slot_of(const struct cells *cells, uint32_t function, uint32_t bin,
        uint32_t callee)
{
    uint64_t hash = (uint64_t)function << 32 | callee;
    hash = (hash ^ (uint64_t)bin << 20) * 0x9e3779b97f4a7c15u;
    size_t at = (size_t)(hash >> 32) & (cells->room - 1);
    for (; cells->list[at].used != 0; at = (at + 1) & (cells->room - 1)) {
        const struct cell *cell = &cells->list[at];
        if (cell->function == function && cell->bin == bin &&
            cell->callee == callee)
            break;
    }
    return at;
}

static int
grow(struct cells *cells)
{
    struct cells grown = {.room =
                              cells->room > 0 ? cells->room * 2 : FIRST_ROOM,
                          .count = cells->count};
    grown.list = calloc(grown.room, sizeof *grown.list);
    if (grown.list == NULL)
        return -1;
    for (size_t i = 0; i < cells->room; i++) {
        const struct cell *cell = &cells->list[i];
        if (cell->used != 0)
            grown.list[slot_of(&grown, cell->function, cell->bin,
                               cell->callee)] = *cell;
    }
    free(cells->list);
    *cells = grown;
    return 0;
}

struct cell *
cells_meet(struct cells *cells, uint32_t function, uint32_t bin,
           uint32_t callee)
{
    if (cells->count * 4 >= cells->room * 3 && grow(cells) != 0)
        return NULL;
    struct cell *cell = &cells->list[slot_of(cells, function, bin, callee)];
    if (cell->used == 0) {
        *cell = (struct cell){
            .function = function, .callee = callee, .bin = bin, .used = 1};
        cells->count++;
    }
    return cell;
}

static int
compare(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->used != y->used)
        return x->used > y->used ? -1 : 1;
    if (x->function != y->function)
        return x->function < y->function ? -1 : 1;
    if (x->bin != y->bin)
        return x->bin < y->bin ? -1 : 1;
    return (x->callee + 1 > y->callee + 1) - (x->callee + 1 < y->callee + 1);
}

void
cells_sort(struct cells *cells)
{
    if (cells->room > 0)
        qsort(cells->list, cells->room, sizeof *cells->list, compare);
}

void
cells_free(struct cells *cells)
{
    free(cells->list);
    *cells = (struct cells){.list = NULL};
}

/* Who holds the majority is found in one pass (Boyer and Moore, MJRTY, 1981). */
static void
vote(struct cell_waits *waits, const struct cell_waits *more)
{
    if (waits->holder == more->holder &&
        waits->holder_function == more->holder_function) {
        waits->holder_ns += more->holder_ns;
    } else if (waits->holder_ns >= more->holder_ns) {
        waits->holder_ns -= more->holder_ns;
    } else {
        waits->holder = more->holder;
        waits->holder_function = more->holder_function;
        waits->holder_ns = more->holder_ns - waits->holder_ns;
    }
}

void
cell_waits_add(struct cell_waits *waits, const struct cell_waits *more)
{
    waits->gil_ns += more->gil_ns;
    waits->blocked_ns += more->blocked_ns;
    waits->preempted_ns += more->preempted_ns;
    vote(waits, more);
}
