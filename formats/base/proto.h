/* SPDX-License-Identifier: Apache-2.0
 *
 * proto.h: protocol buffers into a growing buffer.  A message inside another
 * one is written between proto_begin and proto_end, which leave four bytes for
 * its length and fill them as a padded varint, as all readers accept.
 */
#ifndef CODESNAP_PROTO_H
#define CODESNAP_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/base/varint.h"

struct proto {
    unsigned char *bytes;
    size_t used, room;
    bool failed; /* no memory: what follows is dropped */
};

/* Make room for count more bytes; false without memory. */
bool proto_reserve(struct proto *proto, size_t count);
void proto_free(struct proto *proto);

void proto_number(struct proto *proto, unsigned field, uint64_t value);
void proto_bytes(struct proto *proto, unsigned field, const void *bytes,
                 size_t count);
void proto_fixed64(struct proto *proto, unsigned field, uint64_t value);
void proto_double(struct proto *proto, unsigned field, double value);
void proto_text(struct proto *proto, unsigned field, const char *text);
/* proto_end takes what proto_begin returned. */
size_t proto_begin(struct proto *proto, unsigned field);
void proto_end(struct proto *proto, size_t begun);

/* The kinds of tags, for those who write in place. */
enum proto_type {
    PROTO_VARINT = 0,
    PROTO_FIXED64 = 1,
    PROTO_BYTES = 2
};

static inline uint64_t
proto_tag(unsigned field, enum proto_type type)
{
    return (uint64_t)field << 3 | type;
}

#endif
