/* SPDX-License-Identifier: Apache-2.0
 *
 * scripts.h: the scripts of a page of ours, as FORMAT.md tells them.  The page
 * is mapped; a script is unpacked when it is wanted.
 */
#ifndef CODESNAP_SCRIPTS_H
#define CODESNAP_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left of some bytes. */
struct rest {
    const unsigned char *at, *end;
};

/* The base64 text of a script with events. */
struct script {
    uint32_t track;
    bool points;
    bool summed; /* the Adler-32 of its bytes is known */
    uint32_t sum;
    size_t at, count;
};

struct scripts {
    const char *bytes; /* of the page */
    size_t count;
    struct script *list;
    uint32_t list_count, list_room; /* those of crowds are not in it */
};

/* Where a script is unpacked: buffers of HTML_PACK_BYTES. */
struct unpacking {
    unsigned char *packed, *plain;
};

/* Map the page at path, which has count bytes; 0, or -1 with errno. */
int scripts_open(struct scripts *scripts, const char *path, size_t count);
void scripts_close(struct scripts *scripts);

/* Find all of them; take is told the text of each one without events, and
 * answers 0, or 1 where it is the last one, or -1 with errno.  1 where the page
 * is whole, 0 where it is cut off, -1 with errno. */
int scripts_find(struct scripts *scripts,
                 int (*take)(void *context, const char *tag, const char *text,
                             size_t count),
                 void *context);

/* 0, or -1 without memory; unpacking_end in any case. */
int unpacking_begin(struct unpacking *unpacking);
void unpacking_end(struct unpacking *unpacking);
/* What a script holds, until the next one is unpacked there; nothing where it
 * makes no sense. */
struct rest scripts_unpack(const struct scripts *scripts,
                           const struct script *script,
                           const struct unpacking *unpacking);

/* The varint, and the count bytes, at the front; 0 and fewer at the end. */
uint64_t rest_take(struct rest *rest);
struct rest rest_take_bytes(struct rest *rest, uint64_t count);

#endif
