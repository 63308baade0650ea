/* SPDX-License-Identifier: Apache-2.0
 *
 * feed.c: see feed.h.
 */
#include "formats/feed.h"

#include <string.h>

int
feed_chunk(struct spoolfile *file, const struct spool_chunk *chunk,
           uint64_t *window, feed_take *take, void *context)
{
    uint64_t at = chunk->offset + chunk->data_offset;
    uint64_t end = chunk->offset + chunk->size_bytes;
    size_t have = 0;
    for (;;) {
        size_t want = FEED_WINDOW_WORDS - have, used = 0;
        if (want > (end - at) / 8)
            want = (end - at) / 8;
        int64_t got = spoolfile_read(file, at, window + have, want * 8);
        if (got < 0)
            return FEED_FAILED;
        at += (uint64_t)got / 8 * 8;
        have += (size_t)got / 8;
        int result = take(context, window, have, &used);
        if (result != 0 || (size_t)got < want * 8 || at >= end || used == 0)
            return result;
        have -= used;
        memmove(window, window + used, have * 8);
    }
}
