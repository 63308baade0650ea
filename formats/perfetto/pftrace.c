/* SPDX-License-Identifier: Apache-2.0
 *
 * pftrace.c: Perfetto's own format.  A call is two events, a begin and an end;
 * pftrace_packet.h draws one.
 */
#include <errno.h>
#include <stdlib.h>

#include "formats/perfetto/annotation.h"
#include "formats/perfetto/arrow.h"
#include "formats/perfetto/fields.h"
#include "formats/perfetto/packet.h"
#include "formats/perfetto/task.h"
#include "formats/perfetto/wait.h"
#include "formats/shape/writer.h"

struct pftrace {
    const struct trace *trace;
    const struct track *track;
    struct pftrace_packets packets;
    struct pftrace_arrows arrows;
    bool gap_sent;
    bool has_waits;        /* their track was described */
    struct tasklist tasks; /* whose tracks were */
};

/* == DESCRIPTIONS =========================================================== */

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
    struct proto *batch = &trace->packets.batch;
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
    struct proto *batch = &trace->packets.batch;
    size_t packet = pftrace_packet_begin(&trace->packets, 1);
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
    struct proto *batch = &trace->packets.batch;
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
    struct proto *batch = &trace->packets.batch;
    const struct note *note = &trace->trace->notes[number];
    uint64_t uuid = (uint64_t)3 << 32 | number;
    size_t packet = pftrace_packet_begin(&trace->packets, 1);
    size_t descriptor = proto_begin(batch, PACKET_DESCRIPTOR);
    proto_number(batch, DESCRIPTOR_UUID, uuid);
    proto_number(batch, DESCRIPTOR_PARENT, process_uuid(note->process));
    proto_text(batch, DESCRIPTOR_NAME, "codesnap");
    proto_end(batch, descriptor);
    proto_end(batch, packet);
    packet = pftrace_packet_begin(&trace->packets, 1);
    proto_number(batch, PACKET_TIMESTAMP, note->process->start_ns);
    proto_number(batch, PACKET_CLOCK, CLOCK_MONOTONIC_ID);
    size_t event = proto_begin(batch, PACKET_EVENT);
    proto_number(batch, EVENT_TYPE, TYPE_INSTANT);
    proto_number(batch, EVENT_TRACK, uuid);
    proto_text(batch, EVENT_NAME, note->text);
    proto_end(batch, event);
    proto_end(batch, packet);
}

/* == CALLS ================================================================== */

static uint64_t
gap_id(const struct pftrace *trace)
{
    return (uint64_t)trace->trace->function_count + 1;
}

static int
pftrace_open(void *state, const struct span *span)
{
    struct pftrace *trace = state;
    return pftrace_arrow_put_begin(&trace->arrows, span);
}

static int
put_end(struct pftrace *trace, const struct span *span)
{
    struct proto *batch = &trace->packets.batch;
    if (span->arguments == NULL)
        return pftrace_packet_put(&trace->packets, TYPE_END, span->end_ns, 0,
                                  false);
    struct pftrace_event event =
        pftrace_packet_begin_event(&trace->packets, span->end_ns);
    proto_number(batch, EVENT_TYPE, TYPE_END);
    pftrace_annotation_annotate(batch, span->arguments);
    return pftrace_packet_end_event(&trace->packets, event);
}

/* What is unfinished has a begin and no end. */
static int
pftrace_close(void *state, const struct span *span)
{
    struct pftrace *trace = state;
    bool unfinished = span->closed == CLOSE_UNFINISHED;
    /* exec comes after the last that is known of an image. */
    if (pftrace_arrow_settle(&trace->arrows,
                             unfinished ? UINT64_MAX : span->end_ns) != 0)
        return -1;
    pftrace_arrow_leave(&trace->arrows);
    return unfinished ? 0 : put_end(trace, span);
}

static int
pftrace_gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct pftrace *trace = state;
    if (pftrace_arrow_settle(&trace->arrows, start_ns) != 0)
        return -1;
    if (start_ns < trace->packets.last_ns)
        start_ns = trace->packets.last_ns;
    if (end_ns < start_ns)
        end_ns = start_ns;
    if (!trace->gap_sent)
        pftrace_packet_intern(&trace->packets, gap_id(trace), "(gap)", NULL);
    trace->gap_sent = true;
    if (pftrace_packet_put(&trace->packets, TYPE_BEGIN, start_ns, gap_id(trace),
                           false) != 0)
        return -1;
    return pftrace_packet_put(&trace->packets, TYPE_END, end_ns, 0, false);
}

/* == INSTANTS AND COUNTERS ================================================== */

static int
pftrace_instant(void *state, const struct instant *instant)
{
    struct pftrace *trace = state;
    struct proto *batch = &trace->packets.batch;
    if (pftrace_arrow_settle(&trace->arrows, instant->ns) != 0)
        return -1;
    pftrace_packet_intern_function(&trace->packets, instant->name);
    struct pftrace_event event =
        pftrace_packet_begin_event(&trace->packets, instant->ns);
    proto_number(batch, EVENT_TYPE, TYPE_INSTANT);
    proto_number(batch, EVENT_NAME_ID, pftrace_packet_name_id(instant->name));
    pftrace_annotation_annotate(batch, instant->text);
    return pftrace_packet_end_event(&trace->packets, event);
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
    if (!pftrace_packet_is_new(&trace->packets, series))
        return;
    size_t packet =
        pftrace_packet_begin(&trace->packets, trace->packets.sequence);
    pftrace_annotation_describe(&trace->packets.batch,
                                series_uuid(trace, series),
                                process_uuid(trace->track->process), series);
    proto_end(&trace->packets.batch, packet);
}

static int
pftrace_sample(void *state, const struct sample *sample)
{
    struct pftrace *trace = state;
    struct proto *batch = &trace->packets.batch;
    if (pftrace_arrow_settle(&trace->arrows, sample->ns) != 0)
        return -1;
    describe_series(trace, sample->series);
    struct pftrace_event event =
        pftrace_packet_begin_event(&trace->packets, sample->ns);
    pftrace_annotation_value(batch, series_uuid(trace, sample->series),
                             sample->value);
    return pftrace_packet_end_event(&trace->packets, event);
}

/* == WAITS ================================================================== */

static int
pftrace_wait(void *state, const struct wait *wait)
{
    struct pftrace *trace = state;
    uint64_t uuid = (uint64_t)5 << 32 | trace->track->number;
    if (!trace->has_waits)
        pftrace_wait_describe(&trace->packets, uuid, track_uuid(trace->track));
    trace->has_waits = true;
    return pftrace_wait_put(&trace->packets, uuid, wait);
}

/* == TASKS ================================================================== */

static int
pftrace_task(void *state, const struct task *task)
{
    struct pftrace *trace = state;
    return pftrace_task_add(&trace->packets, &trace->tasks, trace->track, task,
                            track_uuid(trace->track));
}

static int
pftrace_task_step(void *state, const struct task_step *step)
{
    struct pftrace *trace = state;
    return pftrace_task_add_step(&trace->packets, &trace->tasks, trace->track,
                                 step, track_uuid(trace->track));
}

/* == TRACKS ================================================================= */

static int
pftrace_track_begin(void *state, const struct track *track)
{
    struct pftrace *trace = state;
    trace->track = track;
    trace->packets.sequence = sequence_of(track);
    trace->packets.last_ns = track->start_ns;
    trace->gap_sent = trace->has_waits = false;
    pftrace_arrow_begin_track(&trace->arrows, track);
    size_t packet =
        pftrace_packet_begin(&trace->packets, trace->packets.sequence);
    proto_number(&trace->packets.batch, PACKET_FLAGS, FLAGS_CLEARED);
    proto_number(&trace->packets.batch, PACKET_FIRST, 1);
    put_snapshot(trace, track->start_ns);
    put_defaults(&trace->packets.batch, track_uuid(track));
    proto_end(&trace->packets.batch, packet);
    packet = pftrace_packet_begin(&trace->packets, trace->packets.sequence);
    describe_track(trace, track);
    proto_end(&trace->packets.batch, packet);
    return pftrace_packet_send_if_full(&trace->packets);
}

static int
pftrace_track_end(void *state, const struct track *track)
{
    struct pftrace *trace = state;
    (void)track;
    return pftrace_arrow_settle(&trace->arrows, UINT64_MAX);
}

/* == BEGIN AND END ========================================================== */

static void
discard(struct pftrace *trace)
{
    pftrace_packet_close(&trace->packets);
    pftrace_arrow_close(&trace->arrows);
    tasklist_free(&trace->tasks);
    free(trace);
}

static void *
pftrace_begin(struct sink *sink, const struct trace *trace,
              const struct format_options *options)
{
    struct pftrace *state = calloc(1, sizeof *state);
    if (state == NULL)
        return NULL;
    state->trace = trace;
    if (pftrace_packet_open(&state->packets, sink, trace->function_count,
                            options) != 0 ||
        pftrace_arrow_open(&state->arrows, &state->packets, trace) != 0) {
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
        result = pftrace_packet_send(&trace->packets);
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
    .wait = pftrace_wait,
    .task = pftrace_task,
    .task_step = pftrace_task_step,
    .track_end = pftrace_track_end,
    .end = pftrace_end,
};
