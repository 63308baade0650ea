/* SPDX-License-Identifier: Apache-2.0
 *
 * flow.h: the arrows of an output: from the call that started a process to the
 * process's first call.  An arrow that nothing is at the tail of, because a
 * filter left the call out, is not drawn.
 */
#ifndef CODESNAP_FLOW_H
#define CODESNAP_FLOW_H

#include "formats/trace/trace.h"

struct flow_start {
    const struct process *process; /* that was started */
    uint64_t ns;
    bool bound;       /* a call that was written encloses it */
    uint64_t call_ns; /* when that started, valid with bound */
};

/* All starts by track and time, and which of them are the current track's. */
struct flow {
    const struct trace *trace;
    struct flow_start *starts;
    uint32_t count;
    uint32_t first, end;
    bool *bound; /* by process */
};

/* 0, or -1 without memory; flow_close in any case. */
int flow_open(struct flow *flow, const struct trace *trace);
void flow_close(struct flow *flow);

/* Begin with a track, in the order of the trace.  What it starts is
 * starts[first] to starts[end - 1]. */
void flow_begin_track(struct flow *flow, const struct track *track);
static inline bool
flow_leaves(const struct flow *flow)
{
    return flow->first < flow->end;
}

/* A call was written at its end: it binds what it started. */
void flow_bind_span(struct flow *flow, const struct span *span);
void flow_bind(struct flow *flow, uint32_t start, uint64_t call_ns);
/* Whether an arrow ends at the first call of this track. */
bool flow_arrives(const struct flow *flow, const struct track *track);

/* What both ends of an arrow have in common; never 0. */
static inline uint64_t
flow_id(const struct process *process)
{
    return (uint64_t)process->number + 1;
}

#endif
