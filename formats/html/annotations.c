/* SPDX-License-Identifier: Apache-2.0
 *
 * html/annotations.c: the encoder of FORMAT.md's annotations.
 *
 *     codec | track annotations | annotations x { function, nanoseconds, value }
 */
#include "formats/html/annotations.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/varint.h"

#define TEXT_MAX       65536
#define HEAD_BYTES     (1 + 2 * VARINT_BYTES_MAX)
#define DATA_BYTES     (HTML_PACK_BYTES - HEAD_BYTES)
#define ANNOTATION_MAX (TEXT_MAX + 3 * VARINT_BYTES_MAX)

struct html_annotations {
    struct html_pack *pack;
    uint32_t track;
    uint64_t count, last_ns; /* in this script */
    uint64_t scripts;
    size_t used;
    unsigned char data[DATA_BYTES];
    unsigned char plain[HTML_PACK_BYTES];
};

struct html_annotations *
html_annotations_new(struct html_pack *pack)
{
    struct html_annotations *annotations = malloc(sizeof *annotations);

    if (!annotations)
        return NULL;
    memset(annotations, 0, offsetof(struct html_annotations, data));
    annotations->pack = pack;
    return annotations;
}

void
html_annotations_free(struct html_annotations *annotations)
{
    free(annotations);
}

uint64_t
html_annotations_count(const struct html_annotations *annotations)
{
    return annotations->scripts;
}

static void
flush(struct html_annotations *annotations)
{
    unsigned char *at = annotations->plain;

    if (!annotations->count)
        return;
    *at++ = 0; /* the codec */
    at = varint_put(at, annotations->track);
    at = varint_put(at, annotations->count);
    memcpy(at, annotations->data, annotations->used);
    at += annotations->used;
    html_pack_write(annotations->pack, "codesnap-chunk codesnap-annotations",
                    "track", annotations->track, annotations->plain,
                    (size_t)(at - annotations->plain));
    annotations->scripts++;
    annotations->count = annotations->used = annotations->last_ns = 0;
}

/* What every annotation starts with; returns where its value goes.  Times never
 * run backwards in a track, whatever the caller says. */
static unsigned char *
begin(struct html_annotations *annotations, const struct function *function,
      uint64_t ns)
{
    unsigned char *at;

    if (annotations->used + ANNOTATION_MAX > DATA_BYTES)
        flush(annotations);
    if (ns < annotations->last_ns)
        ns = annotations->last_ns;
    at = varint_put(annotations->data + annotations->used, function->number);
    at = varint_put(at, ns - annotations->last_ns);
    annotations->last_ns = ns;
    annotations->count++;
    return at;
}

static void
end(struct html_annotations *annotations, unsigned char *at, const void *value,
    size_t bytes)
{
    memcpy(at, value, bytes);
    annotations->used = (size_t)(at - annotations->data) + bytes;
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
html_annotations_instant(struct html_annotations *annotations,
                         const struct instant *instant)
{
    size_t bytes = text_bytes(instant);
    unsigned char *at = begin(annotations, instant->name, instant->ns);

    end(annotations, varint_put(at, bytes), instant->text, bytes);
}

void
html_annotations_sample(struct html_annotations *annotations,
                        const struct sample *sample)
{
    unsigned char *at = begin(annotations, sample->series, sample->ns);

    end(annotations, at, &sample->value, sizeof sample->value);
}

void
html_annotations_arguments(struct html_annotations *annotations,
                           const struct span *span)
{
    size_t bytes = strlen(span->arguments);
    unsigned char *at = begin(annotations, span->function, span->end_ns);

    bytes = bytes <= TEXT_MAX ? bytes : 0;
    end(annotations, varint_put(at, bytes), span->arguments, bytes);
}

void
html_annotations_begin_track(struct html_annotations *annotations,
                             uint32_t track)
{
    annotations->track = track;
}

void
html_annotations_end_track(struct html_annotations *annotations)
{
    flush(annotations);
}
