/* SPDX-License-Identifier: Apache-2.0
 *
 * pagechunks.c: see pagechunks.h.
 */
#define _GNU_SOURCE
#include "launcher/replay/pagechunks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/base/checksum.h"
#include "formats/html/pack.h"
#include "launcher/support/deflate.h"

/* == THE PAGE ============================================================== */

int
pagechunks_open(struct pagechunks *chunks, const char *path, size_t count)
{
    *chunks = (struct pagechunks){.bytes = NULL};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes =
        fd < 0 ? MAP_FAILED : mmap(NULL, count, PROT_READ, MAP_PRIVATE, fd, 0);
    int cause = errno;
    if (fd >= 0)
        close(fd);
    errno = cause;
    if (bytes == MAP_FAILED)
        return -1;
    chunks->bytes = bytes;
    chunks->count = count;
    return 0;
}

void
pagechunks_close(struct pagechunks *chunks)
{
    if (chunks->bytes)
        munmap((char *)chunks->bytes, chunks->count);
    free(chunks->list);
}

static int
add_chunk(struct pagechunks *chunks, const char *tag, const char *text,
          size_t count)
{
    const char *track = strstr(tag, "data-track=\"");
    const char *sum = strstr(tag, "data-sum=\"");
    if (chunks->list_count == chunks->list_room) {
        uint32_t room = chunks->list_room * 2 + 64;
        void *list = realloc(chunks->list, room * sizeof *chunks->list);
        if (!list)
            return -1;
        chunks->list = list;
        chunks->list_room = room;
    }
    chunks->list[chunks->list_count++] = (struct pagechunk){
        .track = track ? (uint32_t)strtoul(track + 12, NULL, 10) : 0,
        .annotations = strstr(tag, "codesnap-annotations") != NULL,
        .waits = strstr(tag, "codesnap-waits") != NULL,
        .sums = strstr(tag, "codesnap-aggregates") != NULL,
        .summed = sum != NULL,
        .sum = sum ? (uint32_t)strtoul(sum + 10, NULL, 16) : 0,
        .at = (size_t)(text - chunks->bytes),
        .count = count,
    };
    return 0;
}

int
pagechunks_find(struct pagechunks *chunks,
                int (*take)(void *context, const char *tag, const char *text,
                            size_t count),
                void *context)
{
    static const char begin[] = "<script type=\"application/";
    const char *at = chunks->bytes, *end = at + chunks->count;
    int result = 0;
    while (result == 0 &&
           (at = memmem(at, (size_t)(end - at), begin, sizeof begin - 1))) {
        char tag[256] = "";
        const char *text = memchr(at, '>', (size_t)(end - at));
        const char *close =
            text ? memmem(text, (size_t)(end - text), "</script>", 9) : NULL;
        if (!close)
            return 0;
        size_t length = (size_t)(text - at);
        size_t count = (size_t)(close - text - 1);
        memcpy(tag, at, length < sizeof tag ? length : sizeof tag - 1);
        at = close;
        if (!strstr(tag, "class=\"codesnap-chunk"))
            result = take(context, tag, text + 1, count);
        else
            result = add_chunk(chunks, tag, text + 1, count);
    }
    return result;
}

/* == WHAT A CHUNK HOLDS ==================================================== */

int
unpacking_begin(struct unpacking *unpacking)
{
    unpacking->packed = malloc(HTML_PACK_BYTES);
    unpacking->plain = malloc(HTML_PACK_BYTES);
    return unpacking->packed && unpacking->plain ? 0 : -1;
}

void
unpacking_end(struct unpacking *unpacking)
{
    free(unpacking->packed);
    free(unpacking->plain);
}

static size_t
decode_base64(unsigned char *out, const char *text, size_t count)
{
    unsigned char *begin = out;
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < count && text[i] != '='; i++) {
        char letter = text[i];
        unsigned six = letter >= 'a'   ? (unsigned)(letter - 'a') + 26
                       : letter >= 'A' ? (unsigned)(letter - 'A')
                       : letter >= '0' ? (unsigned)(letter - '0') + 52
                       : letter == '+' ? 62
                                       : 63;
        bits = bits << 6 | (six & 63);
        have += 6;
        if (have >= 8)
            *out++ = (unsigned char)(bits >> (have -= 8));
    }
    return (size_t)(out - begin);
}

struct cursor
pagechunks_unpack(const struct pagechunks *chunks,
                  const struct pagechunk *chunk,
                  const struct unpacking *unpacking)
{
    unsigned char *packed = unpacking->packed, *plain = unpacking->plain;
    struct cursor cursor = {plain, plain};
    if (chunk->count / 4 * 3 + 3 > HTML_PACK_BYTES)
        return cursor;
    size_t count =
        decode_base64(packed, chunks->bytes + chunk->at, chunk->count);
    if (chunk->summed && checksum_adler32(packed, count) != chunk->sum)
        return cursor;
    if (count > 0 && packed[0] == 0)
        return (struct cursor){packed + 1, packed + count};
    if (count > 0)
        cursor.end +=
            deflate_undo(packed + 1, count - 1, plain, HTML_PACK_BYTES);
    return cursor;
}

uint64_t
cursor_take_varint(struct cursor *cursor)
{
    uint64_t value = 0;
    for (unsigned shift = 0; cursor->at < cursor->end && shift < 64;
         shift += 7) {
        unsigned char byte = *cursor->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

struct cursor
cursor_take_bytes(struct cursor *cursor, uint64_t count)
{
    uint64_t left = (uint64_t)(cursor->end - cursor->at);
    struct cursor part = {cursor->at,
                          cursor->at + (count < left ? count : left)};
    cursor->at = part.end;
    return part;
}
