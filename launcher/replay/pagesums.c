/* SPDX-License-Identifier: Apache-2.0
 *
 * pagesums.c: see pagesums.h.
 */
#include "launcher/replay/pagesums.h"

#include <stdlib.h>

enum {
    LEVELS_MAX = 64,
    ENTRY_BYTES = 7 /* at least */
};

/* The next chunk of the track; false where there is none. */
static bool
open_chunk(struct pagesums *sums)
{
    while (sums->chunk < sums->chunks->list_count) {
        const struct pagechunk *chunk = &sums->chunks->list[sums->chunk++];
        if (!chunk->sums || chunk->track != sums->track)
            continue;
        sums->cursor = pagechunks_unpack(sums->chunks, chunk, &sums->unpacking);
        cursor_take_varint(&sums->cursor); /* the track */
        sums->left = cursor_take_varint(&sums->cursor);
        sums->start_ns = 0;
        sums->chunk_bytes = chunk->count;
        sums->damaged_bytes += sums->left == 0 ? chunk->count : 0;
        return true;
    }
    return false;
}

/* The rest of the chunk is none. */
static void
give_up(struct pagesums *sums)
{
    sums->damaged_bytes += sums->chunk_bytes;
    sums->left = 0;
}

static uint64_t
take_busy(struct cursor *cursor, uint64_t levels)
{
    uint64_t busy_ns = levels > 0 ? cursor_take_varint(cursor) : 0;
    while (levels-- > 1)
        cursor_take_varint(cursor); /* further in, for the picture */
    return busy_ns;
}

static struct condensed_entry
take_entry(struct cursor *cursor, const struct function *function)
{
    struct condensed_entry entry = {.function = function};
    entry.calls = cursor_take_varint(cursor);
    entry.resumes = cursor_take_varint(cursor);
    entry.self_ns = cursor_take_varint(cursor);
    entry.total_ns = cursor_take_varint(cursor);
    entry.whole_ns = entry.total_ns + cursor_take_varint(cursor);
    entry.longest_ns = cursor_take_varint(cursor);
    return entry;
}

static int
reserve(struct pagesums *sums, uint64_t count)
{
    if (count <= sums->room)
        return 0;
    void *entries = realloc(sums->entries, count * sizeof *sums->entries);
    if (!entries)
        return -1;
    sums->entries = entries;
    sums->room = count;
    return 0;
}

static int
take_entries(struct pagesums *sums, uint64_t count)
{
    struct cursor *cursor = &sums->cursor;
    uint64_t number = 0;
    if (count > (uint64_t)(cursor->end - cursor->at) / ENTRY_BYTES) {
        give_up(sums);
        return 0;
    }
    if (reserve(sums, count) != 0)
        return -1;
    for (uint64_t i = 0; i < count; i++) {
        number += cursor_take_varint(cursor);
        if (number >= sums->trace->function_count) {
            give_up(sums);
            return 0;
        }
        sums->entries[i] = take_entry(cursor, sums->trace->functions[number]);
    }
    sums->next.entries = sums->entries;
    sums->next.count = count;
    sums->ready = true;
    return 0;
}

/* One that makes no sense ends its chunk. */
static int
take_next(struct pagesums *sums)
{
    struct cursor *cursor = &sums->cursor;
    sums->left--;
    sums->depth = cursor_take_varint(cursor);
    uint64_t step = cursor_take_varint(cursor);
    sums->start_ns += (step >> 1) ^ (0 - (step & 1));
    sums->next = (struct condensed){.start_ns = sums->start_ns};
    sums->next.end_ns = sums->start_ns + cursor_take_varint(cursor);
    uint64_t levels = cursor_take_varint(cursor);
    if (levels > LEVELS_MAX || cursor->at == cursor->end) {
        give_up(sums);
        return 0;
    }
    sums->next.busy_ns = take_busy(cursor, levels);
    return take_entries(sums, cursor_take_varint(cursor));
}

static int
step(struct pagesums *sums)
{
    while (!sums->ready) {
        if (sums->left == 0 && !open_chunk(sums))
            return 0;
        if (sums->left > 0 && take_next(sums) != 0)
            return -1;
    }
    return 0;
}

int
pagesums_tell(struct pagesums *sums, uint64_t depth, uint64_t ns,
              const struct track_visitor *visitor, void *context)
{
    int result = step(sums);
    while (result == 0 && sums->ready && sums->depth == depth &&
           sums->next.end_ns <= ns) {
        if (visitor->condensed)
            result = visitor->condensed(context, &sums->next);
        sums->ready = false;
        if (result == 0)
            result = step(sums);
    }
    return result;
}

uint64_t
pagesums_damaged(const struct pagesums *sums)
{
    return sums->damaged_bytes + (sums->ready ? sums->chunk_bytes : 0);
}

int
pagesums_begin(struct pagesums *sums, const struct pagechunks *chunks,
               const struct trace *trace, uint32_t track)
{
    *sums = (struct pagesums){.chunks = chunks, .trace = trace, .track = track};
    return unpacking_begin(&sums->unpacking);
}

void
pagesums_end(struct pagesums *sums)
{
    unpacking_end(&sums->unpacking);
    free(sums->entries);
}
