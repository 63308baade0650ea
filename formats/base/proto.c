/* SPDX-License-Identifier: Apache-2.0
 *
 * proto.c: see proto.h.
 */
#include "formats/base/proto.h"

#include <stdlib.h>
#include <string.h>

/* A padded length: seven bits a byte, the first three with the high bit. */
#define LENGTH_BYTES 4

bool
proto_reserve(struct proto *proto, size_t count)
{
    if (proto->failed)
        return false;
    if (count <= proto->room - proto->used)
        return true;
    size_t room = proto->room * 2 + count;
    unsigned char *bytes = realloc(proto->bytes, room);
    if (bytes == NULL) {
        proto->failed = true;
        return false;
    }
    proto->bytes = bytes;
    proto->room = room;
    return true;
}

void
proto_free(struct proto *proto)
{
    free(proto->bytes);
    memset(proto, 0, sizeof *proto);
}

static void
put_varint(struct proto *proto, uint64_t value)
{
    if (!proto_reserve(proto, VARINT_BYTES_MAX))
        return;
    unsigned char *at = proto->bytes + proto->used;
    proto->used += (size_t)(varint_put(at, value) - at);
}

void
proto_number(struct proto *proto, unsigned field, uint64_t value)
{
    put_varint(proto, proto_tag(field, PROTO_VARINT));
    put_varint(proto, value);
}

void
proto_bytes(struct proto *proto, unsigned field, const void *bytes,
            size_t count)
{
    put_varint(proto, proto_tag(field, PROTO_BYTES));
    put_varint(proto, count);
    if (count == 0 || !proto_reserve(proto, count))
        return;
    memcpy(proto->bytes + proto->used, bytes, count);
    proto->used += count;
}

void
proto_fixed64(struct proto *proto, unsigned field, uint64_t value)
{
    put_varint(proto, proto_tag(field, PROTO_FIXED64));
    if (!proto_reserve(proto, sizeof value))
        return;
    memcpy(proto->bytes + proto->used, &value, sizeof value);
    proto->used += sizeof value;
}

void
proto_double(struct proto *proto, unsigned field, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    proto_fixed64(proto, field, bits);
}

void
proto_text(struct proto *proto, unsigned field, const char *text)
{
    proto_bytes(proto, field, text, strlen(text));
}

size_t
proto_begin(struct proto *proto, unsigned field)
{
    put_varint(proto, proto_tag(field, PROTO_BYTES));
    if (proto_reserve(proto, LENGTH_BYTES))
        proto->used += LENGTH_BYTES;
    return proto->used;
}

void
proto_end(struct proto *proto, size_t begun)
{
    if (proto->failed)
        return;
    size_t count = proto->used - begun;
    unsigned char *at = proto->bytes + begun - LENGTH_BYTES;
    for (int i = 0; i < LENGTH_BYTES; i++, count >>= 7)
        at[i] =
            (unsigned char)((count & 127) | (i < LENGTH_BYTES - 1 ? 128 : 0));
}
