/* SPDX-License-Identifier: Apache-2.0
 *
 * html/points.c: the encoder of FORMAT.md's points.
 *
 *     codec | track points | points x { function, nanoseconds, value }
 */
#include "formats/html/points.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/varint.h"

#define TEXT_MAX   65536
#define HEAD_BYTES (1 + 2 * VARINT_BYTES_MAX)
#define DATA_BYTES (HTML_PACK_BYTES - HEAD_BYTES)
#define POINT_MAX  (TEXT_MAX + 3 * VARINT_BYTES_MAX)

struct html_points {
    struct html_pack *pack;
    uint32_t track;
    uint64_t count, last_ns; /* in this script */
    uint64_t scripts;
    size_t used;
    unsigned char data[DATA_BYTES];
    unsigned char plain[HTML_PACK_BYTES];
};

struct html_points *
html_points_new(struct html_pack *pack)
{
    struct html_points *points = malloc(sizeof *points);

    if (!points)
        return NULL;
    memset(points, 0, offsetof(struct html_points, data));
    points->pack = pack;
    return points;
}

void
html_points_free(struct html_points *points)
{
    free(points);
}

uint64_t
html_points_count(const struct html_points *points)
{
    return points->scripts;
}

static void
flush(struct html_points *points)
{
    unsigned char *at = points->plain;

    if (!points->count)
        return;
    *at++ = 0; /* the codec */
    at = varint_put(at, points->track);
    at = varint_put(at, points->count);
    memcpy(at, points->data, points->used);
    at += points->used;
    html_pack_write(points->pack, "codesnap-chunk codesnap-points", "track",
                    points->track, points->plain, (size_t)(at - points->plain));
    points->scripts++;
    points->count = points->used = points->last_ns = 0;
}

/* What every point begins with; returns where its value goes.  Times never run
 * backwards in a track, whatever the caller says. */
static unsigned char *
begin(struct html_points *points, const struct function *function, uint64_t ns)
{
    unsigned char *at;

    if (points->used + POINT_MAX > DATA_BYTES)
        flush(points);
    if (ns < points->last_ns)
        ns = points->last_ns;
    at = varint_put(points->data + points->used, function->number);
    at = varint_put(at, ns - points->last_ns);
    points->last_ns = ns;
    points->count++;
    return at;
}

static void
end(struct html_points *points, unsigned char *at, const void *value,
    size_t bytes)
{
    memcpy(at, value, bytes);
    points->used = (size_t)(at - points->data) + bytes;
}

/* Cut between two characters, not inside of one. */
static size_t
text_bytes(const struct instant *instant)
{
    size_t bytes = instant->text_bytes;

    if (bytes <= TEXT_MAX)
        return bytes;
    for (bytes = TEXT_MAX; bytes && (instant->text[bytes] & 0xc0) == 0x80;)
        bytes--;
    return bytes;
}

void
html_points_instant(struct html_points *points, const struct instant *instant)
{
    size_t bytes = text_bytes(instant);
    unsigned char *at = begin(points, instant->name, instant->ns);

    end(points, varint_put(at, bytes), instant->text, bytes);
}

void
html_points_sample(struct html_points *points, const struct sample *sample)
{
    unsigned char *at = begin(points, sample->series, sample->ns);

    end(points, at, &sample->value, sizeof sample->value);
}

void
html_points_begin_track(struct html_points *points, uint32_t track)
{
    points->track = track;
}

void
html_points_end_track(struct html_points *points)
{
    flush(points);
}
