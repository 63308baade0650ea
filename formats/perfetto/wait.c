/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/wait.c: see wait.h.
 */
#include "formats/perfetto/wait.h"

#include "formats/perfetto/fields.h"
#include "formats/shape/waitkind.h"

void
pftrace_wait_describe(struct pftrace_packets *packets, uint64_t uuid,
                      uint64_t thread_uuid)
{
    struct proto *batch = &packets->batch;
    size_t packet = pftrace_packet_begin(packets, packets->sequence);
    size_t descriptor = proto_begin(batch, PACKET_DESCRIPTOR);
    proto_number(batch, DESCRIPTOR_UUID, uuid);
    proto_number(batch, DESCRIPTOR_PARENT, thread_uuid);
    proto_text(batch, DESCRIPTOR_NAME, "waits");
    proto_end(batch, descriptor);
    proto_end(batch, packet);
}

static void
annotate(struct proto *batch, const char *name, const char *text)
{
    size_t annotation = proto_begin(batch, EVENT_ANNOTATION);
    proto_text(batch, ANNOTATION_NAME, name);
    proto_text(batch, ANNOTATION_STRING, text);
    proto_end(batch, annotation);
}

static void
annotate_all(struct proto *batch, const struct wait *wait)
{
    if (wait->name != NULL)
        annotate(batch, "what", wait->name->name);
    if (*wait->text != '\0')
        annotate(batch, "on", wait->text);
    if (wait->holder != NULL)
        annotate(batch, "holder", wait->holder->name);
    if (wait->holder_function != NULL)
        annotate(batch, "in", wait->holder_function->name);
    if (!wait->has_bytes)
        return;
    size_t annotation = proto_begin(batch, EVENT_ANNOTATION);
    proto_text(batch, ANNOTATION_NAME, "bytes");
    proto_number(batch, ANNOTATION_INT, wait->bytes);
    proto_end(batch, annotation);
}

/* The times of calls count from one packet to the next; these don't. */
static void
put(struct pftrace_packets *packets, uint64_t uuid, uint64_t type, uint64_t ns,
    const struct wait *wait)
{
    struct proto *batch = &packets->batch;
    size_t packet = pftrace_packet_begin(packets, packets->sequence);
    proto_number(batch, PACKET_TIMESTAMP, ns);
    proto_number(batch, PACKET_CLOCK, CLOCK_MONOTONIC_ID);
    size_t event = proto_begin(batch, PACKET_EVENT);
    proto_number(batch, EVENT_TYPE, type);
    proto_number(batch, EVENT_TRACK, uuid);
    if (wait != NULL) {
        proto_text(batch, EVENT_NAME, waitkind_names[wait->kind]);
        annotate_all(batch, wait);
    }
    proto_end(batch, event);
    proto_end(batch, packet);
}

int
pftrace_wait_put(struct pftrace_packets *packets, uint64_t uuid,
                 const struct wait *wait)
{
    put(packets, uuid, TYPE_BEGIN, wait->start_ns, wait);
    put(packets, uuid, TYPE_END, wait->end_ns, NULL);
    return pftrace_packet_send_if_full(packets);
}
