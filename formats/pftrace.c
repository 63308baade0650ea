/* SPDX-License-Identifier: Apache-2.0
 *
 * pftrace.c: Perfetto's own format.  Each track is a packet sequence of its
 * own, with a clock that counts from the packet before, and names that are
 * sent where they are first used.  One call is two packets like
 *
 *     0a len | 40 ns since before | 50 sequence | 68 02 | 5a len { 48 type ... }
 *
 * and packets go out together, packed by zlib where there is one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/checksum.h"
#include "formats/flow.h"
#include "formats/format.h"
#include "formats/pftrace_point.h"
#include "formats/proto.h"

/* Fields of Perfetto's messages. */
enum {
    TRACE_PACKET = 1,
    PACKET_CLOCK_SNAPSHOT = 6,
    PACKET_TIMESTAMP = 8,
    PACKET_SEQUENCE = 10,
    PACKET_EVENT = 11,
    PACKET_INTERNED = 12,
    PACKET_FLAGS = 13,
    PACKET_COMPRESSED = 50,
    PACKET_CLOCK = 58,
    PACKET_DEFAULTS = 59,
    PACKET_DESCRIPTOR = 60,
    PACKET_FIRST = 87,
    SNAPSHOT_CLOCK = 1,
    SNAPSHOT_PRIMARY = 2,
    CLOCK_ID = 1,
    CLOCK_TIMESTAMP = 2,
    CLOCK_INCREMENTAL = 3,
    DEFAULTS_EVENT = 11,
    DEFAULTS_CLOCK = 58,
    DESCRIPTOR_UUID = 1,
    DESCRIPTOR_NAME = 2,
    DESCRIPTOR_PROCESS = 3,
    DESCRIPTOR_THREAD = 4,
    DESCRIPTOR_PARENT = 5,
    PROCESS_PID = 1,
    PROCESS_COMMAND = 2,
    PROCESS_NAME = 6,
    THREAD_PID = 1,
    THREAD_TID = 2,
    THREAD_NAME = 5,
    EVENT_TYPE = 9,
    EVENT_NAME_ID = 10,
    EVENT_TRACK = 11,
    EVENT_NAME = 23,
    EVENT_PLACE_ID = 34,
    EVENT_FLOW = 47,
    EVENT_FLOW_END = 48,
    INTERNED_NAME = 2,
    INTERNED_PLACE = 4,
    INTERNED_ID = 1,
    NAME_TEXT = 2,
    PLACE_FILE = 2,
    PLACE_FUNCTION = 3,
    PLACE_LINE = 4
};

enum {
    TYPE_BEGIN = 1,
    TYPE_END = 2,
    TYPE_INSTANT = 3,
    FLAGS_CLEARED = 1,
    FLAGS_NEEDS_STATE = 2,
    CLOCK_REAL = 1,
    CLOCK_MONOTONIC_ID = 3,
    CLOCK_DIFFERENCE = 64 /* the first one that belongs to a sequence */
};

#define BATCH_BYTES (256 * 1024)
/* More than a packet without strings takes. */
#define EVENT_BYTES 96

struct pftrace {
    struct sink *sink;
    const struct trace *trace;
    const struct format_options *options;
    struct proto batch;
    unsigned char *packed;
    uint32_t *sent_in; /* by function: the sequence its name was last sent in */
    const struct track *track;
    uint32_t sequence;
    uint64_t last_ns;
    bool gap_sent;
    struct flow flow;
    bool flows;    /* the current track has ends of arrows to come */
    bool arrives;  /* one of them at its first call */
    bool held;     /* a begin that may yet start a process */
    uint32_t open; /* calls; counted while flows is set */
    struct span held_span;
};

/* == BATCHES ================================================================ */

/* 78 01 | raw deflate | adler32, in a compressed_packets field. */
static size_t
pack(struct pftrace *trace)
{
    const struct proto *batch = &trace->batch;
    unsigned char *to = trace->packed;
    if (trace->options->deflate == NULL)
        return 0;
    size_t bytes = trace->options->deflate(batch->bytes, batch->used, to + 2,
                                           BATCH_BYTES - 6);
    if (bytes == 0)
        return 0;
    uint32_t sum = checksum_adler32(batch->bytes, batch->used);
    to[0] = 0x78;
    to[1] = 0x01;
    for (int i = 0; i < 4; i++)
        to[2 + bytes + (size_t)i] = (unsigned char)(sum >> (24 - 8 * i));
    return bytes + 6;
}

static void
send_packed(struct pftrace *trace, size_t bytes)
{
    unsigned char inner[1 + VARINT_BYTES_MAX * 2], *at = inner;
    at = varint_put(at, proto_tag(PACKET_COMPRESSED, PROTO_BYTES));
    at = varint_put(at, bytes);
    size_t inside = (size_t)(at - inner);
    unsigned char outer[VARINT_BYTES_MAX * 2], *end = outer;
    end = varint_put(end, proto_tag(TRACE_PACKET, PROTO_BYTES));
    end = varint_put(end, inside + bytes);
    sink_write(trace->sink, outer, (size_t)(end - outer));
    sink_write(trace->sink, inner, inside);
    sink_write(trace->sink, trace->packed, bytes);
}

static int
send(struct pftrace *trace)
{
    struct proto *batch = &trace->batch;
    if (batch->failed) {
        errno = ENOMEM;
        return -1;
    }
    size_t bytes = pack(trace);
    if (bytes > 0)
        send_packed(trace, bytes);
    else
        sink_write(trace->sink, batch->bytes, batch->used);
    batch->used = 0;
    return 0;
}

static int
send_if_full(struct pftrace *trace)
{
    return trace->batch.used >= BATCH_BYTES - 4096 ? send(trace) : 0;
}

/* == PACKETS ================================================================ */

static size_t
begin_packet(struct pftrace *trace, uint32_t sequence)
{
    size_t begun = proto_begin(&trace->batch, TRACE_PACKET);
    proto_number(&trace->batch, PACKET_SEQUENCE, sequence);
    return begun;
}

static void
put_clock(struct proto *batch, uint64_t id, uint64_t ns, bool incremental)
{
    size_t clock = proto_begin(batch, SNAPSHOT_CLOCK);
    proto_number(batch, CLOCK_ID, id);
    proto_number(batch, CLOCK_TIMESTAMP, ns);
    if (incremental)
        proto_number(batch, CLOCK_INCREMENTAL, 1);
    proto_end(batch, clock);
}

/* The trace counts from 0, and CLOCK_REALTIME was realtime_ns then. */
static void
put_snapshot(struct pftrace *trace, uint64_t ns)
{
    struct proto *batch = &trace->batch;
    size_t snapshot = proto_begin(batch, PACKET_CLOCK_SNAPSHOT);
    put_clock(batch, CLOCK_REAL, trace->trace->realtime_ns + ns, false);
    put_clock(batch, CLOCK_MONOTONIC_ID, ns, false);
    put_clock(batch, CLOCK_DIFFERENCE, ns, true);
    proto_number(batch, SNAPSHOT_PRIMARY, CLOCK_MONOTONIC_ID);
    proto_end(batch, snapshot);
}

static void
put_defaults(struct proto *batch, uint64_t uuid)
{
    size_t defaults = proto_begin(batch, PACKET_DEFAULTS);
    proto_number(batch, DEFAULTS_CLOCK, CLOCK_DIFFERENCE);
    size_t event = proto_begin(batch, DEFAULTS_EVENT);
    proto_number(batch, EVENT_TRACK, uuid);
    proto_end(batch, event);
    proto_end(batch, defaults);
}

/* Sequence 1 describes the processes; each track has one of its own. */
static uint32_t
sequence_of(const struct track *track)
{
    return track->number + 2;
}

static uint64_t
process_uuid(const struct process *process)
{
    return (uint64_t)1 << 32 | process->number;
}

static uint64_t
track_uuid(const struct track *track)
{
    return (uint64_t)2 << 32 | track->number;
}

static void
describe_process(struct pftrace *trace, const struct process *process)
{
    struct proto *batch = &trace->batch;
    size_t packet = begin_packet(trace, 1);
    size_t descriptor = proto_begin(batch, PACKET_DESCRIPTOR);
    proto_number(batch, DESCRIPTOR_UUID, process_uuid(process));
    size_t inner = proto_begin(batch, DESCRIPTOR_PROCESS);
    proto_number(batch, PROCESS_PID, process->pid);
    proto_text(batch, PROCESS_COMMAND, process->command);
    proto_text(batch, PROCESS_NAME, process->name);
    proto_end(batch, inner);
    proto_end(batch, descriptor);
    proto_end(batch, packet);
}

static void
describe_track(struct pftrace *trace, const struct track *track)
{
    struct proto *batch = &trace->batch;
    size_t descriptor = proto_begin(batch, PACKET_DESCRIPTOR);
    proto_number(batch, DESCRIPTOR_UUID, track_uuid(track));
    proto_number(batch, DESCRIPTOR_PARENT, process_uuid(track->process));
    size_t thread = proto_begin(batch, DESCRIPTOR_THREAD);
    proto_number(batch, THREAD_PID, track->process->pid);
    proto_number(batch, THREAD_TID, track->own_tid);
    proto_text(batch, THREAD_NAME, track->name);
    proto_end(batch, thread);
    proto_end(batch, descriptor);
}

/* == NOTES ================================================================== */

/* What the agent wants to be known, as instants on a track beside the threads
 * of its process. */
static void
put_note(struct pftrace *trace, uint32_t number)
{
    struct proto *batch = &trace->batch;
    const struct note *note = &trace->trace->notes[number];
    uint64_t uuid = (uint64_t)3 << 32 | number;
    size_t packet = begin_packet(trace, 1);
    size_t descriptor = proto_begin(batch, PACKET_DESCRIPTOR);
    proto_number(batch, DESCRIPTOR_UUID, uuid);
    proto_number(batch, DESCRIPTOR_PARENT, process_uuid(note->process));
    proto_text(batch, DESCRIPTOR_NAME, "codesnap");
    proto_end(batch, descriptor);
    proto_end(batch, packet);
    packet = begin_packet(trace, 1);
    proto_number(batch, PACKET_TIMESTAMP, note->process->start_ns);
    proto_number(batch, PACKET_CLOCK, CLOCK_MONOTONIC_ID);
    size_t event = proto_begin(batch, PACKET_EVENT);
    proto_number(batch, EVENT_TYPE, TYPE_INSTANT);
    proto_number(batch, EVENT_TRACK, uuid);
    proto_text(batch, EVENT_NAME, note->text);
    proto_end(batch, event);
    proto_end(batch, packet);
}

/* == EVENTS ================================================================= */

static uint64_t
name_id(const struct function *function)
{
    return (uint64_t)function->number + 1;
}

static uint64_t
gap_id(const struct pftrace *trace)
{
    return (uint64_t)trace->trace->function_count + 1;
}

static void
intern_place(struct proto *batch, const struct function *function)
{
    size_t place = proto_begin(batch, INTERNED_PLACE);
    proto_number(batch, INTERNED_ID, name_id(function));
    proto_text(batch, PLACE_FILE, function->file);
    proto_text(batch, PLACE_FUNCTION, function->qualified_name);
    proto_number(batch, PLACE_LINE, function->line);
    proto_end(batch, place);
}

static void
intern_name(struct proto *batch, uint64_t id, const char *text)
{
    size_t name = proto_begin(batch, INTERNED_NAME);
    proto_number(batch, INTERNED_ID, id);
    proto_text(batch, NAME_TEXT, text);
    proto_end(batch, name);
}

/* In a packet of its own, so that events are all of one simple shape. */
static void
intern(struct pftrace *trace, uint64_t id, const char *name,
       const struct function *place)
{
    struct proto *batch = &trace->batch;
    size_t packet = begin_packet(trace, trace->sequence);
    proto_number(batch, PACKET_FLAGS, FLAGS_NEEDS_STATE);
    size_t interned = proto_begin(batch, PACKET_INTERNED);
    intern_name(batch, id, name);
    if (place != NULL && place->file[0] != '\0')
        intern_place(batch, place);
    proto_end(batch, interned);
    proto_end(batch, packet);
}

static size_t
begin_point(struct pftrace *trace, uint64_t ns)
{
    size_t packet = begin_packet(trace, trace->sequence);
    proto_number(&trace->batch, PACKET_TIMESTAMP, ns - trace->last_ns);
    proto_number(&trace->batch, PACKET_FLAGS, FLAGS_NEEDS_STATE);
    trace->last_ns = ns;
    return packet;
}

/* A packet is shorter than 128 bytes, so that each length is one byte.  What
 * differs between the events of a function, the time, comes last: zlib is the
 * faster for it, by a sixth, and packs the better. */
static int
put_event(struct pftrace *trace, unsigned type, uint64_t ns, uint64_t id,
          bool placed)
{
    struct proto *batch = &trace->batch;
    if (!proto_reserve(batch, EVENT_BYTES))
        return send(trace);
    unsigned char *packet = batch->bytes + batch->used, *at = packet + 2;
    packet[0] = TRACE_PACKET << 3 | PROTO_BYTES;
    *at++ = PACKET_SEQUENCE << 3;
    at = varint_put(at, trace->sequence);
    *at++ = PACKET_FLAGS << 3;
    *at++ = FLAGS_NEEDS_STATE;
    *at++ = PACKET_EVENT << 3 | PROTO_BYTES;
    unsigned char *event = ++at;
    *at++ = EVENT_TYPE << 3;
    *at++ = (unsigned char)type;
    if (id != 0) {
        *at++ = EVENT_NAME_ID << 3;
        at = varint_put(at, id);
    }
    if (placed) {
        at = varint_put(at, proto_tag(EVENT_PLACE_ID, PROTO_VARINT));
        at = varint_put(at, id);
    }
    event[-1] = (unsigned char)(at - event);
    *at++ = PACKET_TIMESTAMP << 3;
    at = varint_put(at, ns - trace->last_ns);
    packet[1] = (unsigned char)(at - packet - 2);
    batch->used += (size_t)(at - packet);
    trace->last_ns = ns;
    return send_if_full(trace);
}

static void
intern_function(struct pftrace *trace, const struct function *function)
{
    if (trace->sent_in[function->number] == trace->sequence)
        return;
    trace->sent_in[function->number] = trace->sequence;
    intern(trace, name_id(function), function->name, function);
}

static int
put_begin(struct pftrace *trace, const struct span *span)
{
    const struct function *function = span->function;
    uint64_t id = name_id(function);
    intern_function(trace, function);
    return put_event(trace, TYPE_BEGIN, span->start_ns, id,
                     function->file[0] != '\0');
}

/* == ARROWS ================================================================= */

/* An arrow is said with the begin of the call that it leaves, which is innermost
 * when the process starts.  So on tracks that start some, each begin is held
 * until the next event tells whether a start lies before that. */

static int
put_with_flows(struct pftrace *trace, const struct span *span, uint32_t end)
{
    struct proto *batch = &trace->batch;
    struct flow *flow = &trace->flow;
    bool arrives = trace->arrives && span->function->kind != FUNCTION_TRACER;
    intern_function(trace, span->function);
    size_t packet = begin_point(trace, span->start_ns);
    size_t event = proto_begin(batch, PACKET_EVENT);
    proto_number(batch, EVENT_TYPE, TYPE_BEGIN);
    proto_number(batch, EVENT_NAME_ID, name_id(span->function));
    if (span->function->file[0] != '\0')
        proto_number(batch, EVENT_PLACE_ID, name_id(span->function));
    if (arrives)
        proto_fixed64(batch, EVENT_FLOW_END, flow_id(trace->track->process));
    for (uint32_t i = flow->first; i < end; i++) {
        proto_fixed64(batch, EVENT_FLOW, flow_id(flow->starts[i].process));
        flow_bind(flow, i, span->start_ns);
    }
    proto_end(batch, event);
    proto_end(batch, packet);
    if (arrives)
        trace->arrives = false;
    return send_if_full(trace);
}

/* The begin of the call went out long ago: an instant inside it. */
static void
put_start(struct pftrace *trace, uint32_t start)
{
    struct proto *batch = &trace->batch;
    const struct flow_start *told = &trace->flow.starts[start];
    uint64_t ns = told->ns > trace->last_ns ? told->ns : trace->last_ns;
    size_t packet = begin_point(trace, ns);
    size_t event = proto_begin(batch, PACKET_EVENT);
    proto_number(batch, EVENT_TYPE, TYPE_INSTANT);
    proto_text(batch, EVENT_NAME, "start");
    proto_fixed64(batch, EVENT_FLOW, flow_id(told->process));
    proto_end(batch, event);
    proto_end(batch, packet);
    flow_bind(&trace->flow, start, ns);
}

/* What comes next is at ns, on a track that has ends of arrows. */
static int
settle_flows(struct pftrace *trace, uint64_t ns)
{
    struct flow *flow = &trace->flow;
    uint32_t end = flow->first;
    int result = 0;
    while (end < flow->end && flow->starts[end].ns < ns)
        end++;
    if (trace->held && (end > flow->first || trace->arrives))
        result = put_with_flows(trace, &trace->held_span, end);
    else if (trace->held)
        result = put_begin(trace, &trace->held_span);
    for (uint32_t i = flow->first; !trace->held && i < end && trace->open; i++)
        put_start(trace, i);
    trace->held = false;
    flow->first = end;
    trace->flows = trace->arrives || flow_leaves(flow);
    return result;
}

static int
settle(struct pftrace *trace, uint64_t ns)
{
    return __builtin_expect(trace->flows, 0) ? settle_flows(trace, ns) : 0;
}

static int
hold(struct pftrace *trace, const struct span *span)
{
    int result = settle_flows(trace, span->start_ns);
    if (result != 0 || !trace->flows)
        return result != 0 ? result : put_begin(trace, span);
    trace->held = true;
    trace->held_span = *span;
    trace->open++;
    return 0;
}

/* == CALLS ================================================================== */

static int
pftrace_open(void *state, const struct span *span)
{
    struct pftrace *trace = state;
    return __builtin_expect(trace->flows, 0) ? hold(trace, span)
                                             : put_begin(trace, span);
}

/* What is unfinished has a begin and no end. */
static int
pftrace_close(void *state, const struct span *span)
{
    struct pftrace *trace = state;
    bool unfinished = span->closed == CLOSE_UNFINISHED;
    /* exec comes after the last that is known of an image. */
    if (settle(trace, unfinished ? UINT64_MAX : span->end_ns) != 0)
        return -1;
    trace->open -= trace->open > 0;
    return unfinished ? 0 : put_event(state, TYPE_END, span->end_ns, 0, false);
}

static int
pftrace_gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct pftrace *trace = state;
    if (settle(trace, start_ns) != 0)
        return -1;
    if (start_ns < trace->last_ns)
        start_ns = trace->last_ns;
    if (end_ns < start_ns)
        end_ns = start_ns;
    if (!trace->gap_sent)
        intern(trace, gap_id(trace), "(gap)", NULL);
    trace->gap_sent = true;
    if (put_event(trace, TYPE_BEGIN, start_ns, gap_id(trace), false) != 0)
        return -1;
    return put_event(trace, TYPE_END, end_ns, 0, false);
}

/* == INSTANTS AND COUNTERS ================================================== */

static int
pftrace_instant(void *state, const struct instant *instant)
{
    struct pftrace *trace = state;
    struct proto *batch = &trace->batch;
    if (settle(trace, instant->ns) != 0)
        return -1;
    intern_function(trace, instant->name);
    size_t packet = begin_point(trace, instant->ns);
    size_t event = proto_begin(batch, PACKET_EVENT);
    proto_number(batch, EVENT_TYPE, TYPE_INSTANT);
    proto_number(batch, EVENT_NAME_ID, name_id(instant->name));
    pftrace_point_annotate(batch, instant);
    proto_end(batch, event);
    proto_end(batch, packet);
    return send_if_full(trace);
}

/* The threads of a process share the line of a series. */
static uint64_t
series_uuid(const struct pftrace *trace, const struct function *series)
{
    return (uint64_t)4 << 60 | (uint64_t)trace->track->process->number << 28 |
           series->number;
}

static void
describe_series(struct pftrace *trace, const struct function *series)
{
    if (trace->sent_in[series->number] == trace->sequence)
        return;
    trace->sent_in[series->number] = trace->sequence;
    size_t packet = begin_packet(trace, trace->sequence);
    pftrace_point_describe(&trace->batch, series_uuid(trace, series),
                           process_uuid(trace->track->process), series);
    proto_end(&trace->batch, packet);
}

static int
pftrace_sample(void *state, const struct sample *sample)
{
    struct pftrace *trace = state;
    struct proto *batch = &trace->batch;
    if (settle(trace, sample->ns) != 0)
        return -1;
    describe_series(trace, sample->series);
    size_t packet = begin_point(trace, sample->ns);
    size_t event = proto_begin(batch, PACKET_EVENT);
    pftrace_point_value(batch, series_uuid(trace, sample->series),
                        sample->value);
    proto_end(batch, event);
    proto_end(batch, packet);
    return send_if_full(trace);
}

static int
pftrace_track_begin(void *state, const struct track *track)
{
    struct pftrace *trace = state;
    trace->track = track;
    trace->sequence = sequence_of(track);
    trace->last_ns = track->start_ns;
    trace->gap_sent = false;
    trace->held = false;
    trace->open = 0;
    flow_begin_track(&trace->flow, track);
    trace->arrives = flow_arrives(&trace->flow, track);
    trace->flows = trace->arrives || flow_leaves(&trace->flow);
    size_t packet = begin_packet(trace, trace->sequence);
    proto_number(&trace->batch, PACKET_FLAGS, FLAGS_CLEARED);
    proto_number(&trace->batch, PACKET_FIRST, 1);
    put_snapshot(trace, track->start_ns);
    put_defaults(&trace->batch, track_uuid(track));
    proto_end(&trace->batch, packet);
    packet = begin_packet(trace, trace->sequence);
    describe_track(trace, track);
    proto_end(&trace->batch, packet);
    return send_if_full(trace);
}

static int
pftrace_track_end(void *state, const struct track *track)
{
    (void)track;
    return settle(state, UINT64_MAX);
}

/* == BEGIN AND END ========================================================== */

static void
discard(struct pftrace *trace)
{
    proto_free(&trace->batch);
    free(trace->packed);
    free(trace->sent_in);
    flow_close(&trace->flow);
    free(trace);
}

static void *
pftrace_begin(struct sink *sink, const struct trace *trace,
              const struct format_options *options)
{
    struct pftrace *state = calloc(1, sizeof *state);
    if (state == NULL)
        return NULL;
    state->sink = sink;
    state->trace = trace;
    state->options = options;
    state->packed = malloc(BATCH_BYTES);
    state->sent_in =
        calloc((size_t)trace->function_count + 1, sizeof *state->sent_in);
    if (state->packed == NULL || state->sent_in == NULL ||
        flow_open(&state->flow, trace) != 0 ||
        !proto_reserve(&state->batch, BATCH_BYTES)) {
        discard(state);
        errno = ENOMEM;
        return NULL;
    }
    for (uint32_t i = 0; i < trace->process_count; i++)
        describe_process(state, trace->processes[i]);
    return state;
}

/* The notes come last: some counts grow while the tracks are read. */
static int
pftrace_end(void *state, int failed)
{
    struct pftrace *trace = state;
    int result = 0;
    for (uint32_t i = 0; !failed && i < trace->trace->note_count; i++)
        if (trace->trace->notes[i].text[0] != '\0')
            put_note(trace, i);
    if (!failed)
        result = send(trace);
    discard(trace);
    return result;
}

const struct format format_pftrace = {
    .name = "pftrace",
    .suffix = ".pftrace",
    .summary = "Perfetto's own format, a tenth of the JSON's size",
    .begin = pftrace_begin,
    .track_begin = pftrace_track_begin,
    .open = pftrace_open,
    .close = pftrace_close,
    .gap = pftrace_gap,
    .instant = pftrace_instant,
    .sample = pftrace_sample,
    .track_end = pftrace_track_end,
    .end = pftrace_end,
};
