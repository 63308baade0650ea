/* SPDX-License-Identifier: Apache-2.0
 *
 * ghosts.c: see ghosts.h.
 */
#include "formats/trace/ghosts.h"

#include <stdlib.h>

#include "formats/base/list.h"

#define MOST_GHOSTS (1u << 20)

int
ghosts_begin_segment(struct ghosts *ghosts, uint32_t depth)
{
    if (ghosts->segment_count == ghosts->segment_room &&
        list_grow((void **)&ghosts->segments, &ghosts->segment_room,
                  sizeof *ghosts->segments) != 0)
        return -1;
    struct segment *segment = &ghosts->segments[ghosts->segment_count++];
    segment->number = ghosts->segment_total++;
    segment->base = ghosts->floor = depth;
    return 0;
}

/* No ghost can belong to the last segments any more.  To the first one they
 * can, one level further out. */
void
ghosts_fall(struct ghosts *ghosts, uint32_t depth)
{
    while (ghosts->segment_count > 1 &&
           ghosts->segments[ghosts->segment_count - 1].base > depth)
        ghosts->segment_count--;
    struct segment *last = &ghosts->segments[ghosts->segment_count - 1];
    if (last->base > depth)
        last->base = depth;
    ghosts->floor = last->base;
}

void
ghosts_return(struct ghosts *ghosts)
{
    ghosts->segment_count = 1;
    ghosts->segments[0].base = ghosts->floor = 0;
}

int
ghosts_collect(struct ghosts *ghosts, uint32_t depth, uint32_t id)
{
    const struct segment *last = &ghosts->segments[ghosts->segment_count - 1];
    if (ghosts->count == MOST_GHOSTS)
        return 0;
    if (ghosts->count == ghosts->room &&
        list_grow((void **)&ghosts->list, &ghosts->room,
                  sizeof *ghosts->list) != 0)
        return -1;
    struct ghost *ghost = &ghosts->list[ghosts->count];
    ghost->segment = last->number;
    ghost->level = depth;
    ghost->id = id;
    ghost->order = ghosts->count++;
    return 0;
}

static int
compare_ghosts(const void *a, const void *b)
{
    const struct ghost *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

void
ghosts_rewind(struct ghosts *ghosts)
{
    if (ghosts->count > 1)
        qsort(ghosts->list, ghosts->count, sizeof *ghosts->list,
              compare_ghosts);
    ghosts->segment_count = ghosts->segment_total = ghosts->floor = 0;
}

uint32_t
ghosts_next_segment(struct ghosts *ghosts)
{
    uint32_t number = ghosts->segment_total;
    while (ghosts->at < ghosts->count &&
           ghosts->list[ghosts->at].segment == number)
        ghosts->at++;
    return ghosts->at;
}

void
ghosts_free(struct ghosts *ghosts)
{
    free(ghosts->list);
    free(ghosts->segments);
}
