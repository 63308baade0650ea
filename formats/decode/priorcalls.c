/* SPDX-License-Identifier: Apache-2.0
 *
 * priorcalls.c: see priorcalls.h.
 */
#include "formats/decode/priorcalls.h"

#include <stdlib.h>

#include "formats/base/list.h"

#define MOST_PRIOR_CALLS (1u << 20)

int
priorcalls_begin_segment(struct priorcalls *prior, uint32_t depth)
{
    if (prior->segment_count == prior->segment_room &&
        list_grow((void **)&prior->segments, &prior->segment_room,
                  sizeof *prior->segments) != 0)
        return -1;
    struct segment *segment = &prior->segments[prior->segment_count++];
    segment->number = prior->segment_total++;
    segment->base = prior->floor = depth;
    return 0;
}

/* No prior call can belong to the last segments any more.  To the first one
 * they can, one level further out. */
void
priorcalls_fall(struct priorcalls *prior, uint32_t depth)
{
    while (prior->segment_count > 1 &&
           prior->segments[prior->segment_count - 1].base > depth)
        prior->segment_count--;
    struct segment *last = &prior->segments[prior->segment_count - 1];
    if (last->base > depth)
        last->base = depth;
    prior->floor = last->base;
}

void
priorcalls_return(struct priorcalls *prior)
{
    prior->segment_count = 1;
    prior->segments[0].base = prior->floor = 0;
}

int
priorcalls_collect(struct priorcalls *prior, uint32_t depth, uint32_t id)
{
    const struct segment *last = &prior->segments[prior->segment_count - 1];
    if (prior->count == MOST_PRIOR_CALLS)
        return 0;
    if (prior->count == prior->room &&
        list_grow((void **)&prior->list, &prior->room, sizeof *prior->list) !=
            0)
        return -1;
    struct priorcall *call = &prior->list[prior->count];
    call->segment = last->number;
    call->level = depth;
    call->id = id;
    call->order = prior->count++;
    return 0;
}

static int
compare_prior_calls(const void *a, const void *b)
{
    const struct priorcall *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

void
priorcalls_rewind(struct priorcalls *prior)
{
    if (prior->count > 1)
        qsort(prior->list, prior->count, sizeof *prior->list,
              compare_prior_calls);
    prior->segment_count = prior->segment_total = prior->floor = 0;
}

uint32_t
priorcalls_next_segment(struct priorcalls *prior)
{
    uint32_t number = prior->segment_total;
    while (prior->at < prior->count && prior->list[prior->at].segment == number)
        prior->at++;
    return prior->at;
}

void
priorcalls_free(struct priorcalls *prior)
{
    free(prior->list);
    free(prior->segments);
}
