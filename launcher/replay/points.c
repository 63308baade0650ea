/* SPDX-License-Identifier: Apache-2.0
 *
 * points.c: see points.h.
 */
#include "launcher/replay/points.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/trace/object.h"

/* The next chunk of the track; false where there is none. */
static bool
open_chunk(struct points *points)
{
    const struct pagechunks *chunks = points->chunks;
    while (points->chunk < chunks->list_count) {
        const struct pagechunk *chunk = &chunks->list[points->chunk++];
        if (!chunk->points || chunk->track != points->track)
            continue;
        points->cursor = pagechunks_unpack(chunks, chunk, &points->unpacking);
        points->bytes = chunk->count;
        cursor_take_varint(&points->cursor); /* the track */
        points->left = cursor_take_varint(&points->cursor);
        points->ns = 0;
        if (points->left == 0)
            points->damaged_bytes += chunk->count;
        return true;
    }
    return false;
}

/* Go on to the next point; the rest of a chunk that is damaged is none. */
static void
step(struct points *points)
{
    const struct trace *trace = points->trace;
    points->function = NULL;
    while (!points->function) {
        while (points->left == 0)
            if (!open_chunk(points))
                return;
        points->left--;
        uint64_t number = cursor_take_varint(&points->cursor);
        points->ns += cursor_take_varint(&points->cursor);
        if (number < trace->function_count &&
            points->cursor.at < points->cursor.end) {
            points->function = trace->functions[number];
        } else {
            points->left = 0;
            points->damaged_bytes += points->bytes;
        }
    }
}

int
points_begin(struct points *points, const struct pagechunks *chunks,
             const struct trace *trace, uint32_t track)
{
    *points = (struct points){.chunks = chunks, .trace = trace, .track = track};
    if (unpacking_begin(&points->unpacking) != 0)
        return -1;
    step(points);
    return 0;
}

void
points_end(struct points *points)
{
    unpacking_end(&points->unpacking);
}

static int
tell_sample(struct points *points, const struct track_visitor *visitor,
            void *context)
{
    struct sample sample = {.series = points->function, .ns = points->ns};
    struct cursor value =
        cursor_take_bytes(&points->cursor, sizeof sample.value);
    if (value.end - value.at == sizeof sample.value)
        memcpy(&sample.value, value.at, sizeof sample.value);
    return visitor->sample ? visitor->sample(context, &sample) : 0;
}

static int
tell_instant(struct points *points, const struct track_visitor *visitor,
             void *context)
{
    struct cursor text =
        cursor_take_bytes(&points->cursor, cursor_take_varint(&points->cursor));
    struct instant instant = {.name = points->function, .ns = points->ns};
    if (!visitor->instant)
        return 0;
    char *copy =
        text_clean((const char *)text.at, (size_t)(text.end - text.at));
    if (!copy)
        return -1;
    instant.text = copy;
    instant.text_bytes = object_clean(copy, strlen(copy));
    copy[instant.text_bytes] = '\0';
    int result = visitor->instant(context, &instant);
    free(copy);
    return result;
}

int
points_tell(struct points *points, uint64_t ns,
            const struct track_visitor *visitor, void *context)
{
    int result = 0;
    while (points->function && points->ns < ns && result == 0) {
        result = points->function->kind == FUNCTION_COUNTER
                     ? tell_sample(points, visitor, context)
                     : tell_instant(points, visitor, context);
        step(points);
    }
    return result;
}
