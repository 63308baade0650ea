/* SPDX-License-Identifier: Apache-2.0
 *
 * gzip.c: the JSON in gzip, as a row of members (RFC 1952 allows that, and
 * every reader takes it): each is a block of the text that was packed alone.
 *
 *     1f 8b 08 00 | 0 0 0 0 | 04 ff | raw deflate | crc32 | length
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/checksum.h"
#include "formats/shape/writer.h"

extern const struct format format_json;

#define BLOCK_BYTES  (1024 * 1024)
#define PACKED_BYTES (BLOCK_BYTES + BLOCK_BYTES / 8)

struct gzip {
    struct sink *sink; /* the real one */
    struct sink text;  /* what the JSON goes into */
    const struct format_options *options;
    void *json;
    size_t used;
    unsigned char block[BLOCK_BYTES];
    unsigned char packed[PACKED_BYTES];
};

static void
put_word(struct sink *sink, uint32_t word)
{
    unsigned char bytes[4] = {(unsigned char)word, (unsigned char)(word >> 8),
                              (unsigned char)(word >> 16),
                              (unsigned char)(word >> 24)};
    sink_write(sink, bytes, 4);
}

static void
put_member(struct gzip *gzip)
{
    static const unsigned char head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff};
    struct sink *sink = gzip->sink;
    if (gzip->used == 0)
        return;
    size_t bytes = gzip->options->deflate(gzip->block, gzip->used, gzip->packed,
                                          PACKED_BYTES);
    if (bytes == 0 && sink->error == 0)
        sink->error = ENOMEM; /* what it has room for is enough */
    sink_write(sink, head, sizeof head);
    sink_write(sink, gzip->packed, bytes);
    put_word(sink, checksum_crc32(gzip->block, gzip->used));
    put_word(sink, (uint32_t)gzip->used);
    gzip->used = 0;
}

static void
take(void *context, const void *bytes, size_t count)
{
    struct gzip *gzip = context;
    const char *from = bytes;
    while (count > 0) {
        size_t some = BLOCK_BYTES - gzip->used;
        some = some < count ? some : count;
        memcpy(gzip->block + gzip->used, from, some);
        gzip->used += some;
        from += some;
        count -= some;
        if (gzip->used == BLOCK_BYTES)
            put_member(gzip);
    }
}

static void *
gzip_begin(struct sink *sink, const struct trace *trace,
           const struct format_options *options)
{
    struct gzip *gzip = malloc(sizeof *gzip);
    if (options->deflate == NULL || gzip == NULL) {
        free(gzip);
        errno = options->deflate == NULL ? ENOSYS : ENOMEM;
        return NULL;
    }
    gzip->sink = sink;
    gzip->options = options;
    gzip->used = 0;
    gzip->json = NULL;
    if (sink_divert(&gzip->text, take, gzip) == 0)
        gzip->json = format_json.begin(&gzip->text, trace, options);
    if (gzip->json != NULL)
        return gzip;
    sink_abandon(&gzip->text);
    free(gzip);
    errno = ENOMEM;
    return NULL;
}

static int
gzip_track_begin(void *state, const struct track *track)
{
    return format_json.track_begin(((struct gzip *)state)->json, track);
}

static int
gzip_close(void *state, const struct span *span)
{
    return format_json.close(((struct gzip *)state)->json, span);
}

static int
gzip_gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    return format_json.gap(((struct gzip *)state)->json, start_ns, end_ns);
}

static int
gzip_instant(void *state, const struct instant *instant)
{
    return format_json.instant(((struct gzip *)state)->json, instant);
}

static int
gzip_sample(void *state, const struct sample *sample)
{
    return format_json.sample(((struct gzip *)state)->json, sample);
}

static int
gzip_wait(void *state, const struct wait *wait)
{
    return format_json.wait(((struct gzip *)state)->json, wait);
}

static int
gzip_task(void *state, const struct task *task)
{
    return format_json.task(((struct gzip *)state)->json, task);
}

static int
gzip_task_step(void *state, const struct task_step *step)
{
    return format_json.task_step(((struct gzip *)state)->json, step);
}

static int
gzip_track_end(void *state, const struct track *track)
{
    return format_json.track_end(((struct gzip *)state)->json, track);
}

static int
gzip_end(void *state, int failed)
{
    struct gzip *gzip = state;
    int result = format_json.end(gzip->json, failed);
    if (sink_close(&gzip->text) != 0)
        result = -1;
    if (!failed)
        put_member(gzip);
    free(gzip);
    return result;
}

const struct format format_gzip = {
    .name = "gzip",
    .suffix = ".json.gz",
    .summary = "the same, packed by gzip",
#ifndef HAVE_ZLIB
    .missing = "zlib",
#endif
    .begin = gzip_begin,
    .track_begin = gzip_track_begin,
    .close = gzip_close,
    .gap = gzip_gap,
    .instant = gzip_instant,
    .sample = gzip_sample,
    .wait = gzip_wait,
    .task = gzip_task,
    .task_step = gzip_task_step,
    .track_end = gzip_track_end,
    .end = gzip_end,
};
