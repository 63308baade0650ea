/* SPDX-License-Identifier: Apache-2.0
 *
 * live.c: what is different where processes still write into a session.  All that is
 * told is of one moment: a ring is copied, of other spools the windows are.  See
 * archive.h.
 */
#include <errno.h>
#include <unistd.h>

#include "formats/base/file.h"
#include "formats/decode/chunkreader.h"
#include "formats/reader/archive.h"
#include "formats/spool/clock.h"
#include "formats/spool/livecopy.h"
#include "formats/spool/living.h"

/* == COPIES =============================================================== */

static bool
is_written(const struct source *source)
{
    return (source->has_session && source->session.state == SESSION_OPEN) ||
           session_count_living(source->path) > 0;
}

static int
copy(struct spoolfile *file, const char *folder,
     int (*make)(struct spoolfile *file, int to))
{
    int fd = livecopy_open(folder);
    if (fd < 0 || make(file, fd) == 0)
        return fd;
    return file_close(fd, -1);
}

static int
take_copy(struct spool_ref *spool, struct spoolfile *file, const char *folder)
{
    if (spool->ring)
        return spool->copy = copy(file, folder, livecopy_make);
    spool->copied_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    return spool->windows = copy(file, folder, livecopy_make_windows);
}

static int
take_spool(const struct source *source, struct spool_ref *spool)
{
    struct spoolfile file;
    if (spoolfile_open(&file, source->path, spool->name) != 0)
        return 0; /* said later, by who reads it */
    const struct spool_header *header = &file.header;
    spool->ring = (header->features & SPOOL_RING) != 0;
    spool->last = (struct amount){header->last_ns, header->last_bytes};
    int result = is_written(source) ? take_copy(spool, &file, source->path) : 0;
    int cause = errno;
    spoolfile_close(&file);
    errno = cause;
    return result < 0 ? -1 : 0;
}

int
live_copy_all(struct archive *archive)
{
    for (uint32_t i = 0; i < archive->spool_count; i++) {
        struct spool_ref *spool = &archive->spools[i];
        archive->failed_source = spool->source;
        if (take_spool(&archive->sources[spool->source], spool) != 0)
            return -1;
    }
    return 0;
}

void
live_close_all(struct archive *archive)
{
    for (uint32_t i = 0; archive->spools && i < archive->spool_count; i++) {
        if (archive->spools[i].copy >= 0)
            close(archive->spools[i].copy);
        if (archive->spools[i].windows >= 0)
            close(archive->spools[i].windows);
    }
}

/* == CHUNKS =============================================================== */

int
live_open_windows(struct archive *archive, uint32_t spool,
                  struct spoolfile *windows)
{
    *windows = (struct spoolfile){.fd = -1};
    return archive->spools[spool].windows >= 0
               ? spoolfile_adopt(windows, archive->spools[spool].windows)
               : 0;
}

int
live_take_window(struct spoolfile *windows, struct spool_chunk *chunk)
{
    if (windows->fd < 0 || chunk->kind == SPOOL_META ||
        chunk->encoding != SPOOL_WINDOW)
        return 1;
    return spoolfile_chunk_at(windows, chunk->offset, chunk);
}

static bool
is_same_track(const struct chunk *a, const struct chunk *b)
{
    return a->started == b->started && a->pid == b->pid && a->boot == b->boot &&
           a->spool == b->spool && a->track == b->track;
}

/* Without a window, which is the last chunk: it was copied before there was one, or
 * is damaged. */
static bool
began_later(const struct archive *archive, const struct chunk *first,
            const struct chunk *last)
{
    return first->track != 0 && last->encoding != SPOOL_WINDOW &&
           first->clock_ns >= archive->spools[first->spool].copied_ns;
}

/* The window that was copied may be a block by now: where it is none yet, its copy is
 * whole, and what else the block will hold has names that nobody has read. */
static int
bound_blocks(struct spoolfile *file, const struct chunk *packed,
             struct chunk *window)
{
    struct chunkreader_blocks blocks = {0, UINT64_MAX};
    struct spool_chunk raw;
    int found = spoolfile_chunk_at(file, packed->offset, &raw);
    if (found > 0)
        found = chunkreader_count(file, &raw, &blocks);
    bool is_block = blocks.next > window->generation;
    window->blocks_end = window->generation + is_block;
    return found < 0 ? -1 : 0;
}

static int
sift_spool(struct archive *archive, struct spoolfile *file, size_t begin,
           size_t end, size_t *kept)
{
    struct chunk *chunks = archive->chunks;
    for (size_t next; begin < end; begin = next) {
        next = begin + 1;
        while (next < end && is_same_track(&chunks[begin], &chunks[next]))
            next++;
        struct chunk *last = &chunks[next - 1];
        if (began_later(archive, &chunks[begin], last))
            continue;
        if (next > begin + 1 && last->encoding == SPOOL_WINDOW &&
            bound_blocks(file, last - 1, last) != 0)
            return -1;
        for (size_t i = begin; i < next; i++)
            chunks[(*kept)++] = chunks[i];
    }
    return 0;
}

/* The chunks of one spool, those of several processes maybe. */
static int
sift(struct archive *archive, size_t begin, size_t end, size_t *kept)
{
    struct spoolfile file;
    uint32_t spool = archive->chunks[begin].spool;
    if (archive->spools[spool].windows < 0) {
        for (; begin < end; begin++)
            archive->chunks[(*kept)++] = archive->chunks[begin];
        return 0;
    }
    if (archive_open_spool(archive, spool, &file) != 0)
        return -1;
    int result = sift_spool(archive, &file, begin, end, kept);
    int cause = errno;
    spoolfile_close(&file);
    errno = cause;
    return result;
}

int
live_sift(struct archive *archive)
{
    size_t kept = 0, end, count = archive->chunk_count;
    const struct chunk *chunks = archive->chunks;
    for (size_t begin = 0; begin < count; begin = end) {
        end = begin + 1;
        while (end < count && chunks[end].spool == chunks[begin].spool)
            end++;
        if (sift(archive, begin, end, &kept) != 0)
            return -1;
    }
    archive->chunk_count = kept;
    return 0;
}
