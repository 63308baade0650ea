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
#include "formats/trace/object.h"
#include "formats/trace/teller.h"

/* What is not UTF-8 can triple, see text.h. */
#define TEXT_BYTES (SPOOL_EXT_WORDS_MAX * sizeof(uint64_t))
#define TEXT_ROOM  (3 * TEXT_BYTES + 1)

/* The function of that id if it is of that kind. */
static const struct function *
named(const struct walk *walk, uint64_t id, enum function_kind kind)
{
    if (id >= walk->table_count)
        return NULL;
    const struct function *function = walk->table[id];
    return function->kind == kind ? function : NULL;
}

static int
leave_out(struct walk *walk, unsigned words)
{
    walk->damaged_bytes += words * sizeof(uint64_t);
    return 0;
}

static uint64_t
stamp(struct walk *walk, uint64_t ticks)
{
    return teller_stamp(walk, teller_ns(walk, ticks));
}

/* == COUNTERS =============================================================== */

static int
tell_sample(struct walk *walk, const struct sample *sample)
{
    walk->samples++;
    if (walk->visitor->sample == NULL)
        return 0;
    walk->result = walk->visitor->sample(walk->context, sample);
    return walk->result != 0 ? WALK_FAILED : 0;
}

/* No format can hold what is no number. */
int
payload_counter(struct walk *walk, uint64_t ticks, const uint64_t *payload,
                unsigned words)
{
    struct sample sample = {.ns = stamp(walk, ticks)};
    int result = 0;
    for (unsigned i = 0; i + 1 < words && result == 0; i += 2) {
        memcpy(&sample.value, &payload[i + 1], sizeof sample.value);
        sample.series = named(walk, payload[i], FUNCTION_COUNTER);
        if (sample.series == NULL)
            leave_out(walk, 2);
        else if (isfinite(sample.value))
            result = tell_sample(walk, &sample);
    }
    return result;
}

/* == INSTANTS =============================================================== */

/* The text, cleaned, into walk->text; false without memory. */
static bool
read_text(struct walk *walk, struct instant *instant, const uint64_t *payload,
          uint64_t bytes)
{
    if (walk->text == NULL && (walk->text = malloc(TEXT_ROOM)) == NULL) {
        errno = ENOMEM;
        return false;
    }
    size_t clean =
        text_clean_into(walk->text, (const char *)payload, (size_t)bytes);
    instant->text_bytes = object_clean(walk->text, clean);
    if (instant->text_bytes == 0 && bytes > 0)
        walk->damaged_bytes += bytes;
    walk->text[instant->text_bytes] = '\0';
    instant->text = walk->text;
    return true;
}

int
payload_instant(struct walk *walk, uint64_t ticks, const uint64_t *payload,
                unsigned words)
{
    struct instant instant = {.text = ""};
    if (words < 2 || payload[1] > (words - 2) * sizeof(uint64_t))
        return leave_out(walk, words);
    instant.name = named(walk, payload[0], FUNCTION_INSTANT);
    if (instant.name == NULL)
        return leave_out(walk, words);
    instant.ns = stamp(walk, ticks);
    walk->instants++;
    if (walk->visitor->instant == NULL)
        return 0;
    if (!read_text(walk, &instant, payload + 2, payload[1]))
        return WALK_FAILED;
    walk->result = walk->visitor->instant(walk->context, &instant);
    return walk->result != 0 ? WALK_FAILED : 0;
}
