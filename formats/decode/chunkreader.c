/* SPDX-License-Identifier: Apache-2.0
 *
 * chunkreader.c: see chunkreader.h.
 */
#include "formats/decode/chunkreader.h"

#include <stdbool.h>
#include <string.h>

#include "formats/spool/packed.h"

/* A block is read behind the words it becomes. */
#define BLOCK_WORDS_MAX (SPOOL_WINDOW_BYTES / 8)
#define BLOCK_ROOM      ((CHUNKREADER_WINDOW_WORDS - 1 - BLOCK_WORDS_MAX) * 8)

_Static_assert(PACKED_WORST_BYTES(BLOCK_WORDS_MAX) <= BLOCK_ROOM,
               "a block is larger than the room for it");

/* == WORDS ================================================================== */

static uint64_t
time_word(uint64_t ticks)
{
    return ticks << SPOOL_KIND_BITS | SPOOL_TIME;
}

/* have words are in the window already. */
static int
read_words(struct spoolfile *file, const struct spool_chunk *chunk,
           uint64_t *window, size_t have, chunkreader_take *take, void *context)
{
    uint64_t at = chunk->offset + chunk->data_offset;
    uint64_t end = chunk->offset + chunk->size_bytes;
    for (;;) {
        size_t want = CHUNKREADER_WINDOW_WORDS - have, used = 0;
        if (want > (end - at) / 8)
            want = (end - at) / 8;
        int64_t got = spoolfile_read(file, at, window + have, want * 8);
        if (got < 0)
            return CHUNKREADER_FAILED;
        at += (uint64_t)got / 8 * 8;
        have += (size_t)got / 8;
        int result = take(context, window, have, &used);
        if (result != 0 || (size_t)got < want * 8 || at >= end || used == 0)
            return result;
        have -= used;
        memmove(window, window + used, have * 8);
    }
}

static int
read_window(struct spoolfile *file, const struct spool_chunk *chunk,
            const struct chunkreader_blocks *blocks, uint64_t *window,
            chunkreader_take *take, void *context)
{
    if (chunk->generation < blocks->next)
        return 0;
    window[0] = time_word(chunk->base_ticks);
    return read_words(file, chunk, window, 1, take, context);
}

/* == BLOCKS ================================================================= */

/* The head of the block at offset; false if there is none, or none sensible. */
static int
read_block(struct spoolfile *file, uint64_t offset, uint64_t end,
           struct packed_block *block)
{
    if (end - offset < sizeof *block)
        return 0;
    int64_t got = spoolfile_read(file, offset, block, sizeof *block);
    if (got < 0)
        return CHUNKREADER_FAILED;
    return (size_t)got == sizeof *block && block->size_bytes > sizeof *block &&
           block->size_bytes % 8 == 0 && block->size_bytes <= end - offset &&
           block->size_bytes - sizeof *block <= BLOCK_ROOM &&
           block->words <= BLOCK_WORDS_MAX;
}

/* The words of a block, one TIME record before them; how many, 0 where the file
 * ends before it does, or -1. */
static int64_t
unpack(struct spoolfile *file, uint64_t offset,
       const struct packed_block *block, uint64_t *window)
{
    uint64_t *packed = window + 1 + BLOCK_WORDS_MAX;
    size_t size = block->size_bytes - sizeof *block;
    int64_t got = spoolfile_read(file, offset + sizeof *block, packed, size);
    if (got < 0 || (size_t)got < size)
        return got < 0 ? -1 : 0;
    window[0] = time_word(block->base_ticks);
    return 1 + (int64_t)packed_decode((const uint32_t *)packed, size,
                                      window + 1, block->words);
}

static int
read_blocks(struct spoolfile *file, const struct spool_chunk *chunk,
            struct chunkreader_blocks *blocks, uint64_t *window,
            chunkreader_take *take, void *context)
{
    uint64_t at = chunk->offset + chunk->data_offset;
    uint64_t end = chunk->offset + chunk->size_bytes;
    struct packed_block block;
    int result;
    while ((result = read_block(file, at, end, &block)) > 0) {
        size_t used;
        if (block.number >= blocks->end)
            return 0;
        int64_t count = unpack(file, at, &block, window);
        if (count < 0)
            return CHUNKREADER_FAILED;
        result = take(context, window, (size_t)count, &used);
        if (result != 0)
            return result;
        blocks->next = block.number + 1;
        at += block.size_bytes;
    }
    return result;
}

int
chunkreader_count(struct spoolfile *file, const struct spool_chunk *chunk,
                  struct chunkreader_blocks *blocks)
{
    uint64_t at = chunk->offset + chunk->data_offset;
    uint64_t end = chunk->offset + chunk->size_bytes;
    struct packed_block block;
    int result;
    while ((result = read_block(file, at, end, &block)) > 0) {
        blocks->next = block.number + 1;
        at += block.size_bytes;
    }
    return result;
}

int
chunkreader_read(struct spoolfile *file, const struct spool_chunk *chunk,
                 struct chunkreader_blocks *blocks, uint64_t *window,
                 chunkreader_take *take, void *context)
{
    switch (chunk->encoding) {
    case SPOOL_PACKED:
        return read_blocks(file, chunk, blocks, window, take, context);
    case SPOOL_WINDOW:
        return read_window(file, chunk, blocks, window, take, context);
    default: return read_words(file, chunk, window, 0, take, context);
    }
}
