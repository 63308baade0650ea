/* SPDX-License-Identifier: Apache-2.0
 *
 * pagechunks.h: the chunks of events in a page of ours (FORMAT.md).  The page
 * is mapped; a chunk is unpacked when it is wanted.
 */
#ifndef CODESNAP_PAGECHUNKS_H
#define CODESNAP_PAGECHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of some bytes. */
struct cursor {
    const unsigned char *at, *end;
};

/* The base64 text of one: a <script> of calls, of annotations or of
 * waits. */
struct pagechunk {
    uint32_t track;
    bool annotations;
    bool waits;
    bool sums;   /* of calls: pagesums.h */
    bool summed; /* the Adler-32 of its bytes is known */
    uint32_t sum;
    size_t at, count;
};

struct pagechunks {
    const char *bytes; /* of the page */
    size_t count;
    struct pagechunk *list;
    uint32_t list_count, list_room;
};

/* Where a chunk is unpacked: buffers of HTML_PACK_BYTES. */
struct unpacking {
    unsigned char *packed, *plain;
};

/* Map the page at path, which has count bytes; 0, or -1 with errno. */
int pagechunks_open(struct pagechunks *chunks, const char *path, size_t count);
void pagechunks_close(struct pagechunks *chunks);

/* Find all of them; take is told the text of each one without events, and
 * answers 0, or 1 where it is the last one, or -1 with errno.  1 where the page
 * is whole, 0 where it is cut off, -1 with errno. */
int pagechunks_find(struct pagechunks *chunks,
                    int (*take)(void *context, const char *tag,
                                const char *text, size_t count),
                    void *context);

/* 0, or -1 without memory; unpacking_end in any case. */
int unpacking_begin(struct unpacking *unpacking);
void unpacking_end(struct unpacking *unpacking);
/* What a chunk holds, until the next one is unpacked there; nothing where it
 * makes no sense. */
struct cursor pagechunks_unpack(const struct pagechunks *chunks,
                                const struct pagechunk *chunk,
                                const struct unpacking *unpacking);

/* The varint, and the count bytes, at the front; 0 and fewer at the end. */
uint64_t cursor_take_varint(struct cursor *cursor);
struct cursor cursor_take_bytes(struct cursor *cursor, uint64_t count);

#endif
