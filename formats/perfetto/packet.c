/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/packet.c: see pftrace_packet.h.
 */
#include "formats/perfetto/packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/checksum.h"
#include "formats/perfetto/fields.h"

#define BATCH_BYTES (256 * 1024)
/* More than a packet without strings takes. */
#define EVENT_BYTES 96

/* == BATCHES ================================================================ */

/* 78 01 | raw deflate | adler32, in a compressed_packets field. */
static size_t
pack(struct pftrace_packets *packets)
{
    const struct proto *batch = &packets->batch;
    unsigned char *to = packets->packed;
    if (packets->options->deflate == NULL)
        return 0;
    size_t bytes = packets->options->deflate(batch->bytes, batch->used, to + 2,
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
send_packed(struct pftrace_packets *packets, size_t bytes)
{
    unsigned char inner[1 + VARINT_BYTES_MAX * 2], *at = inner;
    at = varint_put(at, proto_tag(PACKET_COMPRESSED, PROTO_BYTES));
    at = varint_put(at, bytes);
    size_t inside = (size_t)(at - inner);
    unsigned char outer[VARINT_BYTES_MAX * 2], *end = outer;
    end = varint_put(end, proto_tag(TRACE_PACKET, PROTO_BYTES));
    end = varint_put(end, inside + bytes);
    sink_write(packets->sink, outer, (size_t)(end - outer));
    sink_write(packets->sink, inner, inside);
    sink_write(packets->sink, packets->packed, bytes);
}

int
pftrace_packet_send(struct pftrace_packets *packets)
{
    struct proto *batch = &packets->batch;
    if (batch->failed) {
        errno = ENOMEM;
        return -1;
    }
    size_t bytes = pack(packets);
    if (bytes > 0)
        send_packed(packets, bytes);
    else
        sink_write(packets->sink, batch->bytes, batch->used);
    batch->used = 0;
    return 0;
}

int
pftrace_packet_send_if_full(struct pftrace_packets *packets)
{
    return packets->batch.used >= BATCH_BYTES - 4096
               ? pftrace_packet_send(packets)
               : 0;
}

/* == PACKETS ================================================================ */

size_t
pftrace_packet_begin(struct pftrace_packets *packets, uint32_t sequence)
{
    size_t begun = proto_begin(&packets->batch, TRACE_PACKET);
    proto_number(&packets->batch, PACKET_SEQUENCE, sequence);
    return begun;
}

/* == NAMES ================================================================== */

static void
intern_place(struct proto *batch, const struct function *function)
{
    size_t place = proto_begin(batch, INTERNED_PLACE);
    proto_number(batch, INTERNED_ID, pftrace_packet_name_id(function));
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
void
pftrace_packet_intern(struct pftrace_packets *packets, uint64_t id,
                      const char *name, const struct function *place)
{
    struct proto *batch = &packets->batch;
    size_t packet = pftrace_packet_begin(packets, packets->sequence);
    proto_number(batch, PACKET_FLAGS, FLAGS_NEEDS_STATE);
    size_t interned = proto_begin(batch, PACKET_INTERNED);
    intern_name(batch, id, name);
    if (place != NULL && place->file[0] != '\0')
        intern_place(batch, place);
    proto_end(batch, interned);
    proto_end(batch, packet);
}

bool
pftrace_packet_is_new(struct pftrace_packets *packets,
                      const struct function *function)
{
    uint32_t *sent_in = &packets->sent_in[function->number];
    bool is_new = *sent_in != packets->sequence;
    *sent_in = packets->sequence;
    return is_new;
}

void
pftrace_packet_intern_function(struct pftrace_packets *packets,
                               const struct function *function)
{
    if (pftrace_packet_is_new(packets, function))
        pftrace_packet_intern(packets, pftrace_packet_name_id(function),
                              function->name, function);
}

/* == EVENTS ================================================================= */

struct pftrace_event
pftrace_packet_begin_event(struct pftrace_packets *packets, uint64_t ns)
{
    struct pftrace_event begun;
    begun.packet = pftrace_packet_begin(packets, packets->sequence);
    proto_number(&packets->batch, PACKET_TIMESTAMP, ns - packets->last_ns);
    proto_number(&packets->batch, PACKET_FLAGS, FLAGS_NEEDS_STATE);
    packets->last_ns = ns;
    begun.event = proto_begin(&packets->batch, PACKET_EVENT);
    return begun;
}

int
pftrace_packet_end_event(struct pftrace_packets *packets,
                         struct pftrace_event event)
{
    proto_end(&packets->batch, event.event);
    proto_end(&packets->batch, event.packet);
    return pftrace_packet_send_if_full(packets);
}

/* A packet is shorter than 128 bytes, so that each length is one byte.  What
 * differs between the events of a function, the time, comes last: zlib is the
 * faster for it, by a sixth, and packs the better. */
int
pftrace_packet_put(struct pftrace_packets *packets, unsigned type, uint64_t ns,
                   uint64_t id, bool placed)
{
    struct proto *batch = &packets->batch;
    if (!proto_reserve(batch, EVENT_BYTES))
        return pftrace_packet_send(packets);
    unsigned char *packet = batch->bytes + batch->used, *at = packet + 2;
    packet[0] = TRACE_PACKET << 3 | PROTO_BYTES;
    *at++ = PACKET_SEQUENCE << 3;
    at = varint_put(at, packets->sequence);
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
    at = varint_put(at, ns - packets->last_ns);
    packet[1] = (unsigned char)(at - packet - 2);
    batch->used += (size_t)(at - packet);
    packets->last_ns = ns;
    return pftrace_packet_send_if_full(packets);
}

int
pftrace_packet_put_begin(struct pftrace_packets *packets,
                         const struct span *span)
{
    const struct function *function = span->function;
    uint64_t id = pftrace_packet_name_id(function);
    pftrace_packet_intern_function(packets, function);
    return pftrace_packet_put(packets, TYPE_BEGIN, span->start_ns, id,
                              function->file[0] != '\0');
}

/* == BEGIN AND END ========================================================== */

int
pftrace_packet_open(struct pftrace_packets *packets, struct sink *sink,
                    uint32_t function_count,
                    const struct format_options *options)
{
    packets->sink = sink;
    packets->options = options;
    packets->packed = malloc(BATCH_BYTES);
    packets->sent_in =
        calloc((size_t)function_count + 1, sizeof *packets->sent_in);
    if (packets->packed != NULL && packets->sent_in != NULL &&
        proto_reserve(&packets->batch, BATCH_BYTES))
        return 0;
    errno = ENOMEM;
    return -1;
}

void
pftrace_packet_close(struct pftrace_packets *packets)
{
    proto_free(&packets->batch);
    free(packets->packed);
    free(packets->sent_in);
}
