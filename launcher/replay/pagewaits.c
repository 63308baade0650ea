/* SPDX-License-Identifier: Apache-2.0
 *
 * pagewaits.c: see pagewaits.h.
 */
#include "launcher/replay/pagewaits.h"

#include <string.h>

#include "formats/base/text.h"

#define DESCRIBED 16 /* beside the kind */

/* The next script of the track; false where there is none. */
static bool
open_chunk(struct pagewaits *waits)
{
    const struct pagechunks *chunks = waits->chunks;
    while (waits->chunk < chunks->list_count) {
        const struct pagechunk *chunk = &chunks->list[waits->chunk++];
        if (!chunk->waits || chunk->track != waits->track)
            continue;
        waits->cursor = pagechunks_unpack(chunks, chunk, &waits->unpacking);
        waits->bytes = chunk->count;
        if (waits->cursor.at == waits->cursor.end)
            waits->damaged_bytes += chunk->count;
        cursor_take_varint(&waits->cursor); /* the track */
        waits->left = cursor_take_varint(&waits->cursor);
        waits->ns = 0;
        waits->has_cpu = true;
        return true;
    }
    return false;
}

static const struct function *
take_function(struct pagewaits *waits)
{
    uint64_t number = cursor_take_varint(&waits->cursor);
    return number > 0 && number <= waits->trace->function_count
               ? waits->trace->functions[number - 1]
               : NULL;
}

static const struct track *
take_track(struct pagewaits *waits)
{
    uint64_t number = cursor_take_varint(&waits->cursor);
    return number > 0 && number <= waits->trace->track_count
               ? waits->trace->tracks[number - 1]
               : NULL;
}

static void
take_description(struct pagewaits *waits)
{
    struct wait *wait = &waits->next;
    char raw[sizeof waits->text / 4];
    wait->name = take_function(waits);
    wait->holder = take_track(waits);
    wait->holder_function = take_function(waits);
    uint64_t bytes = cursor_take_varint(&waits->cursor);
    wait->has_bytes = bytes > 0;
    wait->bytes = bytes > 0 ? bytes - 1 : 0;
    struct cursor text =
        cursor_take_bytes(&waits->cursor, cursor_take_varint(&waits->cursor));
    size_t count = (size_t)(text.end - text.at);
    count = count < sizeof raw ? count : sizeof raw;
    memcpy(raw, text.at, count);
    waits->text[text_clean_into(waits->text, raw, count)] = '\0';
}

/* Go on to the next one; the rest of a script that is damaged is none. */
static void
step(struct pagewaits *waits)
{
    waits->any = false;
    while (!waits->any) {
        while (waits->left == 0)
            if (!open_chunk(waits))
                return;
        waits->left--;
        uint64_t kind = cursor_take_varint(&waits->cursor);
        uint64_t since = cursor_take_varint(&waits->cursor);
        waits->ns += since >> 1 ^ -(since & 1);
        waits->text[0] = '\0';
        waits->next = (struct wait){
            .kind = (enum wait_kind)(kind & (DESCRIBED - 1)),
            .start_ns = waits->ns,
            .end_ns = waits->ns + cursor_take_varint(&waits->cursor),
            .text = waits->text,
        };
        if (kind & DESCRIBED)
            take_description(waits);
        waits->any = waits->next.kind > 0 && waits->next.kind < WAIT_KINDS;
        waits->any &= waits->cursor.at < waits->cursor.end || waits->left == 0;
        if (!waits->any) {
            waits->left = 0;
            waits->damaged_bytes += waits->bytes;
        }
    }
}

int
pagewaits_begin(struct pagewaits *waits, const struct pagechunks *chunks,
                const struct trace *trace, uint32_t track)
{
    *waits =
        (struct pagewaits){.chunks = chunks, .trace = trace, .track = track};
    if (unpacking_begin(&waits->unpacking) != 0)
        return -1;
    step(waits);
    return 0;
}

void
pagewaits_end(struct pagewaits *waits)
{
    unpacking_end(&waits->unpacking);
}

int
pagewaits_tell(struct pagewaits *waits, uint64_t ns,
               const struct track_visitor *visitor, void *context)
{
    int result = 0;
    while (waits->any && waits->next.start_ns <= ns && result == 0) {
        waits->told_ns[waits->next.kind] +=
            waits->next.end_ns - waits->next.start_ns;
        if (visitor->wait)
            result = visitor->wait(context, &waits->next);
        step(waits);
    }
    return result;
}
