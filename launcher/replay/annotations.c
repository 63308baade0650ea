/* SPDX-License-Identifier: Apache-2.0
 *
 * annotations.c: see annotations.h.
 */
#include "launcher/replay/annotations.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/trace/jsonobject.h"

/* The next chunk of the track; false where there is none. */
static bool
open_chunk(struct annotations *annotations)
{
    const struct pagechunks *chunks = annotations->chunks;
    while (annotations->chunk < chunks->list_count) {
        const struct pagechunk *chunk = &chunks->list[annotations->chunk++];
        if (!chunk->annotations || chunk->track != annotations->track)
            continue;
        annotations->cursor =
            pagechunks_unpack(chunks, chunk, &annotations->unpacking);
        annotations->bytes = chunk->count;
        cursor_take_varint(&annotations->cursor); /* the track */
        annotations->left = cursor_take_varint(&annotations->cursor);
        annotations->ns = 0;
        if (annotations->left == 0)
            annotations->damaged_bytes += chunk->count;
        return true;
    }
    return false;
}

/* Go on to the next annotation; the rest of a chunk that is damaged is none. */
static void
step(struct annotations *annotations)
{
    const struct trace *trace = annotations->trace;
    annotations->function = NULL;
    while (!annotations->function) {
        while (annotations->left == 0)
            if (!open_chunk(annotations))
                return;
        annotations->left--;
        uint64_t number = cursor_take_varint(&annotations->cursor);
        annotations->ns += cursor_take_varint(&annotations->cursor);
        if (number < trace->function_count &&
            annotations->cursor.at < annotations->cursor.end) {
            annotations->function = trace->functions[number];
        } else {
            annotations->left = 0;
            annotations->damaged_bytes += annotations->bytes;
        }
    }
}

int
annotations_begin(struct annotations *annotations,
                  const struct pagechunks *chunks, const struct trace *trace,
                  uint32_t track)
{
    *annotations =
        (struct annotations){.chunks = chunks, .trace = trace, .track = track};
    if (unpacking_begin(&annotations->unpacking) != 0)
        return -1;
    step(annotations);
    return 0;
}

void
annotations_end(struct annotations *annotations)
{
    unpacking_end(&annotations->unpacking);
}

static int
tell_sample(struct annotations *annotations,
            const struct track_visitor *visitor, void *context)
{
    struct sample sample = {.series = annotations->function,
                            .ns = annotations->ns};
    struct cursor value =
        cursor_take_bytes(&annotations->cursor, sizeof sample.value);
    if (value.end - value.at == sizeof sample.value)
        memcpy(&sample.value, value.at, sizeof sample.value);
    return visitor->sample ? visitor->sample(context, &sample) : 0;
}

static int
tell_instant(struct annotations *annotations,
             const struct track_visitor *visitor, void *context)
{
    struct cursor text = cursor_take_bytes(
        &annotations->cursor, cursor_take_varint(&annotations->cursor));
    struct instant instant = {.name = annotations->function,
                              .ns = annotations->ns};
    if (!visitor->instant)
        return 0;
    char *copy =
        text_clean((const char *)text.at, (size_t)(text.end - text.at));
    if (!copy)
        return -1;
    instant.text = copy;
    instant.text_bytes = jsonobject_clean(copy, strlen(copy));
    copy[instant.text_bytes] = '\0';
    int result = visitor->instant(context, &instant);
    free(copy);
    return result;
}

int
annotations_tell(struct annotations *annotations, uint64_t ns,
                 const struct track_visitor *visitor, void *context)
{
    int result = 0;
    while (annotations->function && annotations->ns < ns && result == 0) {
        result = annotations->function->kind == FUNCTION_COUNTER
                     ? tell_sample(annotations, visitor, context)
                     : tell_instant(annotations, visitor, context);
        step(annotations);
    }
    return result;
}
