/* SPDX-License-Identifier: Apache-2.0
 *
 * trackend.c: where each track ends, which is known when the trace is opened: the
 * last record of its last chunk.
 */
#include <errno.h>
#include <stdlib.h>

#include "formats/decode/chunkreader.h"
#include "formats/reader/archive.h"

struct scan {
    uint64_t base_ticks, last_ticks, limit_ticks;
    bool ended;
};

static size_t
scan_extended(struct scan *scan, uint64_t head)
{
    unsigned type = head >> SPOOL_KIND_BITS & ((1u << SPOOL_EXT_TYPE_BITS) - 1);
    if (type == SPOOL_EXT_TRACK_END)
        scan->ended = true;
    return (head >> 16 & SPOOL_EXT_WORDS_MAX) + 1;
}

static int
scan_words(void *context, const uint64_t *words, size_t count, size_t *used)
{
    struct scan *scan = context;
    size_t at = 0, length;
    for (; at < count && words[at] != 0; at += length) {
        uint64_t ticks = words[at] >> SPOOL_KIND_BITS;
        unsigned kind = words[at] & 15;
        length = kind == SPOOL_EXT ? scan_extended(scan, words[at]) : 1;
        if (length > count - at)
            break;
        if (kind != SPOOL_TIME)
            scan->last_ticks =
                scan->base_ticks + (words[at] >> SPOOL_TIME_SHIFT);
        else if (ticks <= scan->limit_ticks)
            scan->base_ticks = ticks;
    }
    *used = at;
    return at < count && words[at] == 0;
}

static int
scan_track(struct stored_track *stored, struct spoolfile *file,
           struct spoolfile *windows, uint64_t *window)
{
    const struct chunk *last = &stored->chunks[stored->chunk_count - 1];
    struct scan scan = {last->base_ticks, last->base_ticks,
                        stored->image->boot->limit_ticks, false};
    struct spool_chunk raw;
    struct chunkreader_blocks blocks = {0, UINT64_MAX};
    struct spoolfile *at = archive_file_of(file, windows, last);
    int found = spoolfile_chunk_at(at, last->offset, &raw);
    if (found > 0 && chunkreader_read(at, &raw, &blocks, window, scan_words,
                                      &scan) == CHUNKREADER_FAILED)
        found = -1;
    stored->last_ticks = scan.last_ticks;
    stored->track.ended = scan.ended;
    return found < 0 ? -1 : 0;
}

static int
scan_tracks(struct archive *archive, struct spoolfile *file,
            struct spoolfile *windows, uint64_t *window)
{
    struct trace *trace = &archive->trace;
    uint32_t open = UINT32_MAX;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        struct stored_track *stored = stored_track_of(trace->tracks[i]);
        uint32_t spool = stored->image->spool;
        if (open != spool) {
            spoolfile_close(file);
            open = UINT32_MAX;
            if (archive_open_spool(archive, spool, file) != 0 ||
                live_open_windows(archive, spool, windows) != 0)
                return -1;
            open = spool;
        }
        if (scan_track(stored, file, windows, window) != 0)
            return -1;
    }
    return 0;
}

int
track_scan(struct archive *archive)
{
    struct spoolfile file = {.fd = -1}, windows = {.fd = -1};
    uint64_t *window = malloc(CHUNKREADER_WINDOW_WORDS * sizeof *window);
    if (window == NULL)
        return -1;
    int result = scan_tracks(archive, &file, &windows, window);
    int cause = errno;
    spoolfile_close(&file);
    free(window);
    errno = cause;
    return result;
}
