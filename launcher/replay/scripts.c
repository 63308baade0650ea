/* SPDX-License-Identifier: Apache-2.0
 *
 * scripts.c: see scripts.h.
 */
#define _GNU_SOURCE
#include "launcher/replay/scripts.h"

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
scripts_open(struct scripts *scripts, const char *path, size_t count)
{
    *scripts = (struct scripts){.bytes = NULL};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes =
        fd < 0 ? MAP_FAILED : mmap(NULL, count, PROT_READ, MAP_PRIVATE, fd, 0);
    int cause = errno;
    if (fd >= 0)
        close(fd);
    errno = cause;
    if (bytes == MAP_FAILED)
        return -1;
    scripts->bytes = bytes;
    scripts->count = count;
    return 0;
}

void
scripts_close(struct scripts *scripts)
{
    if (scripts->bytes)
        munmap((char *)scripts->bytes, scripts->count);
    free(scripts->list);
}

static int
add_script(struct scripts *scripts, const char *tag, const char *text,
           size_t count)
{
    const char *track = strstr(tag, "data-track=\"");
    const char *sum = strstr(tag, "data-sum=\"");
    if (scripts->list_count == scripts->list_room) {
        uint32_t room = scripts->list_room * 2 + 64;
        void *list = realloc(scripts->list, room * sizeof *scripts->list);
        if (!list)
            return -1;
        scripts->list = list;
        scripts->list_room = room;
    }
    scripts->list[scripts->list_count++] = (struct script){
        .track = track ? (uint32_t)strtoul(track + 12, NULL, 10) : 0,
        .points = strstr(tag, "codesnap-points") != NULL,
        .summed = sum != NULL,
        .sum = sum ? (uint32_t)strtoul(sum + 10, NULL, 16) : 0,
        .at = (size_t)(text - scripts->bytes),
        .count = count,
    };
    return 0;
}

int
scripts_find(struct scripts *scripts,
             int (*take)(void *context, const char *tag, const char *text,
                         size_t count),
             void *context)
{
    static const char begin[] = "<script type=\"application/";
    const char *at = scripts->bytes, *end = at + scripts->count;
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
        else if (!strstr(tag, "-crowds"))
            result = add_script(scripts, tag, text + 1, count);
    }
    return result;
}

/* == WHAT A SCRIPT HOLDS =================================================== */

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

struct rest
scripts_unpack(const struct scripts *scripts, const struct script *script,
               const struct unpacking *unpacking)
{
    unsigned char *packed = unpacking->packed, *plain = unpacking->plain;
    struct rest rest = {plain, plain};
    if (script->count / 4 * 3 + 3 > HTML_PACK_BYTES)
        return rest;
    size_t count =
        decode_base64(packed, scripts->bytes + script->at, script->count);
    if (script->summed && checksum_adler32(packed, count) != script->sum)
        return rest;
    if (count > 0 && packed[0] == 0)
        return (struct rest){packed + 1, packed + count};
    if (count > 0)
        rest.end += deflate_undo(packed + 1, count - 1, plain, HTML_PACK_BYTES);
    return rest;
}

uint64_t
rest_take(struct rest *rest)
{
    uint64_t value = 0;
    for (unsigned shift = 0; rest->at < rest->end && shift < 64; shift += 7) {
        unsigned char byte = *rest->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

struct rest
rest_take_bytes(struct rest *rest, uint64_t count)
{
    uint64_t left = (uint64_t)(rest->end - rest->at);
    struct rest part = {rest->at, rest->at + (count < left ? count : left)};
    rest->at = part.end;
    return part;
}
