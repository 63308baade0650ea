/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/arrow.c: see pftrace_arrow.h.
 */
#include "formats/perfetto/arrow.h"

#include "formats/perfetto/fields.h"

int
pftrace_arrow_open(struct pftrace_arrows *arrows,
                   struct pftrace_packets *packets, const struct trace *trace)
{
    arrows->packets = packets;
    return flow_open(&arrows->flow, trace);
}

void
pftrace_arrow_close(struct pftrace_arrows *arrows)
{
    flow_close(&arrows->flow);
}

void
pftrace_arrow_begin_track(struct pftrace_arrows *arrows,
                          const struct track *track)
{
    arrows->track = track;
    arrows->held = false;
    arrows->open = 0;
    flow_begin_track(&arrows->flow, track);
    arrows->arrives = flow_arrives(&arrows->flow, track);
    arrows->due = arrows->arrives || flow_leaves(&arrows->flow);
}

/* The begin that was held, as the tail of the starts before end. */
static int
put_tail(struct pftrace_arrows *arrows, uint32_t end)
{
    struct pftrace_packets *packets = arrows->packets;
    struct proto *batch = &packets->batch;
    struct flow *flow = &arrows->flow;
    const struct span *span = &arrows->held_span;
    const struct function *function = span->function;
    bool arrives = arrows->arrives && function->kind != FUNCTION_TRACER;
    pftrace_packet_intern_function(packets, function);
    struct pftrace_event event =
        pftrace_packet_begin_event(packets, span->start_ns);
    proto_number(batch, EVENT_TYPE, TYPE_BEGIN);
    proto_number(batch, EVENT_NAME_ID, pftrace_packet_name_id(function));
    if (function->file[0] != '\0')
        proto_number(batch, EVENT_PLACE_ID, pftrace_packet_name_id(function));
    if (arrives)
        proto_fixed64(batch, EVENT_FLOW_END, flow_id(arrows->track->process));
    for (uint32_t i = flow->first; i < end; i++) {
        proto_fixed64(batch, EVENT_FLOW, flow_id(flow->starts[i].process));
        flow_bind(flow, i, span->start_ns);
    }
    if (arrives)
        arrows->arrives = false;
    return pftrace_packet_end_event(packets, event);
}

/* The begin of the call went out long ago: an instant inside it. */
static int
put_start(struct pftrace_arrows *arrows, uint32_t start)
{
    struct pftrace_packets *packets = arrows->packets;
    struct proto *batch = &packets->batch;
    const struct flow_start *told = &arrows->flow.starts[start];
    uint64_t ns = told->ns > packets->last_ns ? told->ns : packets->last_ns;
    struct pftrace_event event = pftrace_packet_begin_event(packets, ns);
    proto_number(batch, EVENT_TYPE, TYPE_INSTANT);
    proto_text(batch, EVENT_NAME, "start");
    proto_fixed64(batch, EVENT_FLOW, flow_id(told->process));
    flow_bind(&arrows->flow, start, ns);
    return pftrace_packet_end_event(packets, event);
}

int
pftrace_arrow_settle_due(struct pftrace_arrows *arrows, uint64_t ns)
{
    struct flow *flow = &arrows->flow;
    uint32_t end = flow->first, start = end;
    int result = 0;
    while (end < flow->end && flow->starts[end].ns < ns)
        end++;
    if (arrows->held && (end > start || arrows->arrives))
        result = put_tail(arrows, end);
    else if (arrows->held)
        result = pftrace_packet_put_begin(arrows->packets, &arrows->held_span);
    else if (arrows->open > 0)
        for (; start < end && result == 0; start++)
            result = put_start(arrows, start);
    arrows->held = false;
    flow->first = end;
    arrows->due = arrows->arrives || flow_leaves(flow);
    return result;
}

int
pftrace_arrow_hold(struct pftrace_arrows *arrows, const struct span *span)
{
    int result = pftrace_arrow_settle_due(arrows, span->start_ns);
    if (result != 0 || !arrows->due)
        return result != 0 ? result
                           : pftrace_packet_put_begin(arrows->packets, span);
    arrows->held = true;
    arrows->held_span = *span;
    arrows->open++;
    return 0;
}
