/* SPDX-License-Identifier: Apache-2.0
 *
 * payload.c: see payload.h.  Rare beside calls, so nothing here is in a
 * hurry.
 */
#include "formats/decode/payload.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/spool/spool.h"
#include "formats/trace/jsonobject.h"

/* What is not UTF-8 can triple, see text.h. */
#define TEXT_BYTES (SPOOL_EXT_WORDS_MAX * sizeof(uint64_t))
#define TEXT_ROOM  (3 * TEXT_BYTES + 1)

/* The function of that id if it is of that kind. */
static const struct function *
named(const struct payload *payload, uint64_t id, enum function_kind kind)
{
    if (id >= payload->emitter->table_count)
        return NULL;
    const struct function *function = payload->emitter->table[id];
    return function->kind == kind ? function : NULL;
}

static int
leave_out(struct payload *payload, unsigned words)
{
    payload->damaged_bytes += words * sizeof(uint64_t);
    return 0;
}

/* == COUNTERS =============================================================== */

static int
tell_sample(struct payload *payload, const struct sample *sample)
{
    payload->samples++;
    if (payload->emitter->visitor->sample == NULL)
        return 0;
    payload->emitter->result =
        payload->emitter->visitor->sample(payload->emitter->context, sample);
    return payload->emitter->result != 0 ? EMITTER_FAILED : 0;
}

/* No format can hold what is not a number. */
int
payload_counter(struct payload *payload, uint64_t ticks, const uint64_t *data,
                unsigned words)
{
    struct sample sample = {.ns = emitter_stamp(payload->emitter, ticks)};
    int result = 0;
    for (unsigned i = 0; i + 1 < words && result == 0; i += 2) {
        memcpy(&sample.value, &data[i + 1], sizeof sample.value);
        sample.series = named(payload, data[i], FUNCTION_COUNTER);
        if (sample.series == NULL)
            leave_out(payload, 2);
        else if (isfinite(sample.value))
            result = tell_sample(payload, &sample);
    }
    return result;
}

/* == INSTANTS =============================================================== */

/* The text, cleaned, into payload->text; false without memory. */
static bool
read_text(struct payload *payload, struct instant *instant,
          const uint64_t *data, uint64_t bytes)
{
    if (payload->text == NULL && (payload->text = malloc(TEXT_ROOM)) == NULL) {
        errno = ENOMEM;
        return false;
    }
    size_t clean =
        text_clean_into(payload->text, (const char *)data, (size_t)bytes);
    instant->text_bytes = jsonobject_clean(payload->text, clean);
    if (instant->text_bytes == 0 && bytes > 0)
        payload->damaged_bytes += bytes;
    payload->text[instant->text_bytes] = '\0';
    instant->text = payload->text;
    return true;
}

int
payload_instant(struct payload *payload, uint64_t ticks, const uint64_t *data,
                unsigned words)
{
    struct instant instant = {.text = ""};
    if (words < 2 || data[1] > (words - 2) * sizeof(uint64_t))
        return leave_out(payload, words);
    instant.name = named(payload, data[0], FUNCTION_INSTANT);
    if (instant.name == NULL)
        return leave_out(payload, words);
    instant.ns = emitter_stamp(payload->emitter, ticks);
    payload->instants++;
    if (payload->emitter->visitor->instant == NULL)
        return 0;
    if (!read_text(payload, &instant, data + 2, data[1]))
        return EMITTER_FAILED;
    payload->emitter->result =
        payload->emitter->visitor->instant(payload->emitter->context, &instant);
    return payload->emitter->result != 0 ? EMITTER_FAILED : 0;
}
