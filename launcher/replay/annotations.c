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
    free(annotations->arguments);
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

/* The text of the next one, which is clean then; NULL without memory. */
static char *
take_text(struct annotations *annotations, size_t *bytes)
{
    struct cursor text = cursor_take_bytes(
        &annotations->cursor, cursor_take_varint(&annotations->cursor));
    char *copy =
        text_clean((const char *)text.at, (size_t)(text.end - text.at));
    if (!copy)
        return NULL;
    *bytes = jsonobject_clean(copy, strlen(copy));
    copy[*bytes] = '\0';
    return copy;
}

const char *
annotations_arguments(struct annotations *annotations,
                      const struct function *function, uint64_t ns)
{
    size_t bytes = 0;
    if (annotations->function != function || annotations->ns != ns)
        return NULL;
    free(annotations->arguments);
    annotations->arguments = take_text(annotations, &bytes);
    step(annotations);
    return bytes > 0 ? annotations->arguments : NULL;
}

/* Of a call that is known in a sum alone, or what nobody wants. */
static int
skip_text(struct annotations *annotations)
{
    cursor_take_bytes(&annotations->cursor,
                      cursor_take_varint(&annotations->cursor));
    return 0;
}

static int
tell_instant(struct annotations *annotations,
             const struct track_visitor *visitor, void *context)
{
    struct instant instant = {.name = annotations->function,
                              .ns = annotations->ns};
    if (!visitor->instant)
        return skip_text(annotations);
    char *text = take_text(annotations, &instant.text_bytes);
    if (!text)
        return -1;
    instant.text = text;
    int result = visitor->instant(context, &instant);
    free(text);
    return result;
}

static int
tell(struct annotations *annotations, const struct track_visitor *visitor,
     void *context)
{
    switch (annotations->function->kind) {
    case FUNCTION_COUNTER: return tell_sample(annotations, visitor, context);
    case FUNCTION_PYTHON: annotations->passed++; return skip_text(annotations);
    default: return tell_instant(annotations, visitor, context);
    }
}

int
annotations_tell(struct annotations *annotations, uint64_t ns,
                 const struct track_visitor *visitor, void *context)
{
    int result = 0;
    while (annotations->function && annotations->ns < ns && result == 0) {
        result = tell(annotations, visitor, context);
        step(annotations);
    }
    return result;
}
