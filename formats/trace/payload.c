/* SPDX-License-Identifier: Apache-2.0
 *
 * payload.c: see payload.h.  Rare beside calls, so nothing here is in a
 * hurry.
 */
#include "formats/trace/payload.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/spool/spool.h"
#include "formats/trace/emitter.h"
#include "formats/trace/jsonobject.h"

/* What is not UTF-8 can triple, see text.h. */
#define TEXT_BYTES (SPOOL_EXT_WORDS_MAX * sizeof(uint64_t))
#define TEXT_ROOM  (3 * TEXT_BYTES + 1)

/* The function of that id if it is of that kind. */
static const struct function *
named(const struct decoder *decoder, uint64_t id, enum function_kind kind)
{
    if (id >= decoder->table_count)
        return NULL;
    const struct function *function = decoder->table[id];
    return function->kind == kind ? function : NULL;
}

static int
leave_out(struct decoder *decoder, unsigned words)
{
    decoder->damaged_bytes += words * sizeof(uint64_t);
    return 0;
}

static uint64_t
stamp(struct decoder *decoder, uint64_t ticks)
{
    return emitter_stamp(decoder, emitter_ns(decoder, ticks));
}

/* == COUNTERS =============================================================== */

static int
tell_sample(struct decoder *decoder, const struct sample *sample)
{
    decoder->samples++;
    if (decoder->visitor->sample == NULL)
        return 0;
    decoder->result = decoder->visitor->sample(decoder->context, sample);
    return decoder->result != 0 ? DECODER_FAILED : 0;
}

/* No format can hold what is no number. */
int
payload_counter(struct decoder *decoder, uint64_t ticks,
                const uint64_t *payload, unsigned words)
{
    struct sample sample = {.ns = stamp(decoder, ticks)};
    int result = 0;
    for (unsigned i = 0; i + 1 < words && result == 0; i += 2) {
        memcpy(&sample.value, &payload[i + 1], sizeof sample.value);
        sample.series = named(decoder, payload[i], FUNCTION_COUNTER);
        if (sample.series == NULL)
            leave_out(decoder, 2);
        else if (isfinite(sample.value))
            result = tell_sample(decoder, &sample);
    }
    return result;
}

/* == INSTANTS =============================================================== */

/* The text, cleaned, into decoder->text; false without memory. */
static bool
read_text(struct decoder *decoder, struct instant *instant,
          const uint64_t *payload, uint64_t bytes)
{
    if (decoder->text == NULL && (decoder->text = malloc(TEXT_ROOM)) == NULL) {
        errno = ENOMEM;
        return false;
    }
    size_t clean =
        text_clean_into(decoder->text, (const char *)payload, (size_t)bytes);
    instant->text_bytes = jsonobject_clean(decoder->text, clean);
    if (instant->text_bytes == 0 && bytes > 0)
        decoder->damaged_bytes += bytes;
    decoder->text[instant->text_bytes] = '\0';
    instant->text = decoder->text;
    return true;
}

int
payload_instant(struct decoder *decoder, uint64_t ticks,
                const uint64_t *payload, unsigned words)
{
    struct instant instant = {.text = ""};
    if (words < 2 || payload[1] > (words - 2) * sizeof(uint64_t))
        return leave_out(decoder, words);
    instant.name = named(decoder, payload[0], FUNCTION_INSTANT);
    if (instant.name == NULL)
        return leave_out(decoder, words);
    instant.ns = stamp(decoder, ticks);
    decoder->instants++;
    if (decoder->visitor->instant == NULL)
        return 0;
    if (!read_text(decoder, &instant, payload + 2, payload[1]))
        return DECODER_FAILED;
    decoder->result = decoder->visitor->instant(decoder->context, &instant);
    return decoder->result != 0 ? DECODER_FAILED : 0;
}
