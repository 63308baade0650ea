/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/packet.h: Perfetto's packets, which go out together, packed by zlib
 * where there is one.  Each track is a packet sequence of its own: its clock
 * counts from the packet before, and names are sent where they are first used.
 * An event is a packet like
 *
 *     0a len | 50 sequence | 68 02 | 5a len { 48 type ... } | 40 ns since before
 *
 * What returns an int returns 0, or -1 with errno.
 */
#ifndef CODESNAP_PFTRACE_PACKET_H
#define CODESNAP_PFTRACE_PACKET_H

#include "formats/base/proto.h"
#include "formats/shape/writer.h"

struct pftrace_packets {
    struct sink *sink;
    const struct format_options *options;
    struct proto batch; /* the packets that are yet to go out */
    unsigned char *packed;
    uint32_t *sent_in; /* by function: the sequence its name was last sent in */
    uint32_t sequence; /* the current track's */
    uint64_t last_ns;  /* of the packet before in that */
};

/* An event that takes more fields: what ends it. */
struct pftrace_event {
    size_t packet, event;
};

/* pftrace_packet_close in any case. */
int pftrace_packet_open(struct pftrace_packets *packets, struct sink *sink,
                        uint32_t function_count,
                        const struct format_options *options);
void pftrace_packet_close(struct pftrace_packets *packets);
int pftrace_packet_send(struct pftrace_packets *packets);
int pftrace_packet_send_if_full(struct pftrace_packets *packets);

/* A packet of any kind: ended by proto_end on the batch. */
size_t pftrace_packet_begin(struct pftrace_packets *packets, uint32_t sequence);

/* An event of the current sequence; between the two its fields. */
struct pftrace_event pftrace_packet_begin_event(struct pftrace_packets *packets,
                                                uint64_t ns);
int pftrace_packet_end_event(struct pftrace_packets *packets,
                             struct pftrace_event event);

/* The id of a function's name, and of its place in a file. */
static inline uint64_t
pftrace_packet_name_id(const struct function *function)
{
    return (uint64_t)function->number + 1;
}

/* Send names that the sequence does not have yet. */
void pftrace_packet_intern(struct pftrace_packets *packets, uint64_t id,
                           const char *name, const struct function *place);
void pftrace_packet_intern_function(struct pftrace_packets *packets,
                                    const struct function *function);
/* Whether this is the function's first time in the sequence. */
bool pftrace_packet_is_new(struct pftrace_packets *packets,
                           const struct function *function);

/* An event of nothing but its type, and a name unless id is 0. */
int pftrace_packet_put(struct pftrace_packets *packets, unsigned type,
                       uint64_t ns, uint64_t id, bool placed);
int pftrace_packet_put_begin(struct pftrace_packets *packets,
                             const struct span *span);

#endif
