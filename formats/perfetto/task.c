/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/task.c: see task.h.
 */
#include "formats/perfetto/task.h"

#include "formats/perfetto/fields.h"

static uint64_t
uuid_of(const struct track *track, uint64_t task)
{
    return (uint64_t)6 << 60 | (uint64_t)track->process->number << 40 |
           (task & ((1ull << 40) - 1));
}

static void
describe(struct pftrace_packets *packets, const struct listed_task *task,
         uint64_t thread_uuid)
{
    struct proto *batch = &packets->batch;
    size_t packet = pftrace_packet_begin(packets, packets->sequence);
    size_t descriptor = proto_begin(batch, PACKET_DESCRIPTOR);
    proto_number(batch, DESCRIPTOR_UUID, uuid_of(task->track, task->number));
    proto_number(batch, DESCRIPTOR_PARENT, thread_uuid);
    proto_text(batch, DESCRIPTOR_NAME, task->name);
    proto_end(batch, descriptor);
    proto_end(batch, packet);
}

/* Where there were that many before. */
static void
describe_new(struct pftrace_packets *packets, const struct tasklist *tasks,
             uint32_t before, uint64_t thread_uuid)
{
    if (tasks->count > before)
        describe(packets, &tasks->list[before], thread_uuid);
}

int
pftrace_task_add(struct pftrace_packets *packets, struct tasklist *tasks,
                 const struct track *track, const struct task *task,
                 uint64_t thread_uuid)
{
    uint32_t before = tasks->count;
    if (tasklist_add(tasks, track, task) != 0)
        return -1;
    describe_new(packets, tasks, before, thread_uuid);
    return pftrace_packet_send_if_full(packets);
}

static void
annotate(struct proto *batch, const struct function *awaited)
{
    size_t annotation = proto_begin(batch, EVENT_ANNOTATION);
    proto_text(batch, ANNOTATION_NAME, "awaits");
    proto_text(batch, ANNOTATION_STRING, awaited->name);
    proto_end(batch, annotation);
}

/* The times of calls count from one packet to the next; these don't.  name NULL: an
 * end. */
static void
put(struct pftrace_packets *packets, uint64_t uuid, uint64_t ns,
    const char *name, const struct function *awaited)
{
    struct proto *batch = &packets->batch;
    size_t packet = pftrace_packet_begin(packets, packets->sequence);
    proto_number(batch, PACKET_TIMESTAMP, ns);
    proto_number(batch, PACKET_CLOCK, CLOCK_MONOTONIC_ID);
    size_t event = proto_begin(batch, PACKET_EVENT);
    proto_number(batch, EVENT_TYPE, name != NULL ? TYPE_BEGIN : TYPE_END);
    proto_number(batch, EVENT_TRACK, uuid);
    if (name != NULL)
        proto_text(batch, EVENT_NAME, name);
    if (awaited != NULL)
        annotate(batch, awaited);
    proto_end(batch, event);
    proto_end(batch, packet);
}

int
pftrace_task_add_step(struct pftrace_packets *packets, struct tasklist *tasks,
                      const struct track *track, const struct task_step *step,
                      uint64_t thread_uuid)
{
    uint32_t before = tasks->count;
    uint64_t uuid = uuid_of(track, step->task);
    if (tasklist_add_step(tasks, track, step) != 0)
        return -1;
    describe_new(packets, tasks, before, thread_uuid);
    put(packets, uuid, step->start_ns, step->function->name, step->awaited);
    put(packets, uuid, step->end_ns, NULL, NULL);
    return pftrace_packet_send_if_full(packets);
}
