/* SPDX-License-Identifier: Apache-2.0
 *
 * html/waits.c: the encoder of FORMAT.md's waits.
 *
 *     codec | track waits | waits x { kind, nanoseconds (zigzag), nanoseconds
 *     [, what] }
 */
#include "formats/html/waits.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/varint.h"

#define TEXT_MAX   1024
#define DESCRIBED  16 /* beside the kind: what follows */
#define HEAD_BYTES (1 + 2 * VARINT_BYTES_MAX)
#define DATA_BYTES (HTML_PACK_BYTES - HEAD_BYTES)
#define WAIT_MAX   (TEXT_MAX + 8 * VARINT_BYTES_MAX)

struct html_waits {
    struct html_pack *pack;
    uint32_t track;
    uint64_t count, last_ns; /* in this script */
    uint64_t scripts;
    bool any; /* of this track */
    size_t used;
    unsigned char data[DATA_BYTES];
    unsigned char plain[HTML_PACK_BYTES];
};

struct html_waits *
html_waits_new(struct html_pack *pack)
{
    struct html_waits *waits = malloc(sizeof *waits);

    if (!waits)
        return NULL;
    memset(waits, 0, offsetof(struct html_waits, data));
    waits->pack = pack;
    return waits;
}

void
html_waits_free(struct html_waits *waits)
{
    free(waits);
}

uint64_t
html_waits_count(const struct html_waits *waits)
{
    return waits->scripts;
}

static void
write_script(struct html_waits *waits)
{
    unsigned char *at = waits->plain;

    *at++ = 0; /* the codec */
    at = varint_put(at, waits->track);
    at = varint_put(at, waits->count);
    memcpy(at, waits->data, waits->used);
    at += waits->used;
    html_pack_write(waits->pack, "codesnap-chunk codesnap-waits", "track",
                    waits->track, waits->plain, (size_t)(at - waits->plain));
    waits->scripts++;
    waits->any = true;
    waits->count = waits->used = waits->last_ns = 0;
}

/* Cut between two characters, not inside of one. */
static size_t
text_bytes(const char *text)
{
    size_t bytes = strnlen(text, TEXT_MAX + 1);

    if (bytes <= TEXT_MAX)
        return bytes;
    for (bytes = TEXT_MAX; bytes && (text[bytes] & 0xc0) == 0x80;)
        bytes--;
    return bytes;
}

static unsigned char *
describe(unsigned char *at, const struct wait *wait)
{
    const struct function *inside = wait->holder_function;
    size_t bytes = text_bytes(wait->text);

    at = varint_put(at, wait->name ? wait->name->number + UINT64_C(1) : 0);
    at = varint_put(at, wait->holder ? wait->holder->number + UINT64_C(1) : 0);
    at = varint_put(at, inside ? inside->number + UINT64_C(1) : 0);
    at = varint_put(at, wait->has_bytes ? wait->bytes + 1 : 0);
    at = varint_put(at, bytes);
    memcpy(at, wait->text, bytes);
    return at + bytes;
}

void
html_waits_put(struct html_waits *waits, const struct wait *wait)
{
    if (waits->used + WAIT_MAX > DATA_BYTES)
        write_script(waits);

    bool described = wait->name || wait->holder || wait->holder_function ||
                     wait->has_bytes || *wait->text;
    int64_t since_ns = (int64_t)(wait->start_ns - waits->last_ns);
    unsigned char *at = waits->data + waits->used;

    at = varint_put(at, (uint64_t)wait->kind | (described ? DESCRIBED : 0));
    at = varint_put(at, (uint64_t)since_ns << 1 ^ (uint64_t)(since_ns >> 63));
    at = varint_put(at, wait->end_ns - wait->start_ns);
    if (described)
        at = describe(at, wait);
    waits->last_ns = wait->start_ns;
    waits->used = (size_t)(at - waits->data);
    waits->count++;
}

void
html_waits_begin_track(struct html_waits *waits, uint32_t track)
{
    waits->track = track;
}

void
html_waits_end_track(struct html_waits *waits, bool has_cpu)
{
    if (waits->count || (has_cpu && !waits->any))
        write_script(waits);
    waits->any = false;
}
