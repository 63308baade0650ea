/* SPDX-License-Identifier: Apache-2.0
 *
 * chunkreader.h: the words of a chunk, a window at a time, so that reading a
 * track takes the same little memory however large its chunks are.
 */
#ifndef CODESNAP_CHUNKREADER_H
#define CODESNAP_CHUNKREADER_H

#include <stddef.h>
#include <stdint.h>

#include "formats/spool/spoolfile.h"

/* Longer than any record. */
#define CHUNKREADER_WINDOW_WORDS 24576u

/* A track's blocks are numbered. */
struct chunkreader_blocks {
    uint64_t next; /* 0 before the first */
    uint64_t end;  /* this one, and what is behind it, is not read */
};

/* Takes count words and says in *used how many were whole records; the rest
 * comes again with more behind it.  Non-zero ends the chunk. */
typedef int chunkreader_take(void *context, const uint64_t *words, size_t count,
                             size_t *used);

/* window has room for CHUNKREADER_WINDOW_WORDS.  A packed block, and a window,
 * come as the words they hold, behind a TIME record with their base.
 * A window that is a block already gives nothing.  0 at the chunk's end, or what
 * take returned, or CHUNKREADER_FAILED with errno. */
enum {
    CHUNKREADER_FAILED = -2
};
int chunkreader_read(struct spoolfile *file, const struct spool_chunk *chunk,
                     struct chunkreader_blocks *blocks, uint64_t *window,
                     chunkreader_take *take, void *context);

/* The same of the heads of a packed chunk's blocks alone: blocks->next is set. */
int chunkreader_count(struct spoolfile *file, const struct spool_chunk *chunk,
                      struct chunkreader_blocks *blocks);

#endif
