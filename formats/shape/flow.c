/* SPDX-License-Identifier: Apache-2.0
 *
 * flow.c: see flow.h.
 */
#include "formats/shape/flow.h"

#include <stdlib.h>

static uint32_t
track_of(const struct flow_start *start)
{
    return start->process->origin->number;
}

static int
compare_starts(const void *a, const void *b)
{
    const struct flow_start *x = a, *y = b;
    if (track_of(x) != track_of(y))
        return track_of(x) < track_of(y) ? -1 : 1;
    if (x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    return 0;
}

int
flow_open(struct flow *flow, const struct trace *trace)
{
    size_t room = (size_t)trace->process_count + 1;
    *flow = (struct flow){
        .trace = trace,
        .starts = calloc(room, sizeof *flow->starts),
        .bound = calloc(room, sizeof *flow->bound),
    };
    if (flow->starts == NULL || flow->bound == NULL)
        return -1;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        const struct process *process = trace->processes[i];
        if (process->origin != NULL)
            flow->starts[flow->count++] =
                (struct flow_start){process, process->origin_ns, false, 0};
    }
    qsort(flow->starts, flow->count, sizeof *flow->starts, compare_starts);
    return 0;
}

void
flow_close(struct flow *flow)
{
    free(flow->starts);
    free(flow->bound);
}

void
flow_begin_track(struct flow *flow, const struct track *track)
{
    uint32_t first = flow->end;
    while (first < flow->count &&
           track_of(&flow->starts[first]) < track->number)
        first++;
    flow->first = flow->end = first;
    while (flow->end < flow->count &&
           track_of(&flow->starts[flow->end]) == track->number)
        flow->end++;
}

void
flow_bind(struct flow *flow, uint32_t start, uint64_t call_ns)
{
    flow->starts[start].bound = true;
    flow->starts[start].call_ns = call_ns;
    flow->bound[flow->starts[start].process->number] = true;
}

void
flow_bind_span(struct flow *flow, const struct span *span)
{
    /* exec comes after the last that is known of an image. */
    uint64_t end_ns =
        span->closed == CLOSE_UNFINISHED ? UINT64_MAX : span->end_ns;
    uint32_t low = flow->first, high = flow->end;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (flow->starts[middle].ns <= span->start_ns)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < flow->end && flow->starts[low].ns < end_ns; low++)
        if (!flow->starts[low].bound)
            flow_bind(flow, low, span->start_ns);
}

bool
flow_arrives(const struct flow *flow, const struct track *track)
{
    uint32_t number = track->number;
    bool first = number == 0 ||
                 flow->trace->tracks[number - 1]->process != track->process;
    return first && flow->bound[track->process->number];
}
