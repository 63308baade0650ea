/* SPDX-License-Identifier: Apache-2.0
 *
 * livecopy.c: see livecopy.h.
 */
#include "formats/spool/livecopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "formats/base/file.h"
#include "formats/base/list.h"
#include "formats/spool/packed.h"

/* The names are written anew now and then; not twice in so short a time. */
#define TRIES 20

/* The window of a track was copied when it was to be that block: what comes later is
 * left out, or something in between could be missing. */
struct moment {
    uint64_t track, generation;
};

struct copying {
    struct spoolfile *file;
    int to;
    struct moment *moments; /* by track, once all windows are copied */
    uint32_t moment_count, moment_room;
    char *buffer;   /* of a slot's size */
    uint64_t names; /* which epochs of names there are: a sum over processes */
};

static bool
is_same(const struct spool_chunk *a, const struct spool_chunk *b)
{
    return b->magic == a->magic && b->offset == a->offset &&
           b->kind == a->kind && b->encoding == a->encoding &&
           b->pid == a->pid && b->process_start_ns == a->process_start_ns &&
           b->track == a->track && b->sequence == a->sequence &&
           b->generation == a->generation;
}

/* == WHEN ================================================================= */

static int
compare_moments(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    return (x->track > y->track) - (x->track < y->track);
}

static int
note_moment(struct copying *copying, const struct spool_chunk *window)
{
    if (copying->moment_count == copying->moment_room &&
        list_grow((void **)&copying->moments, &copying->moment_room,
                  sizeof *copying->moments) != 0)
        return -1;
    copying->moments[copying->moment_count++] =
        (struct moment){window->track, window->generation};
    return 0;
}

/* NULL: it has no window, so that it began later, or has fallen out. */
static const struct moment *
find_moment(const struct copying *copying, uint64_t track)
{
    struct moment wanted = {.track = track};
    return copying->moment_count > 0
               ? bsearch(&wanted, copying->moments, copying->moment_count,
                         sizeof wanted, compare_moments)
               : NULL;
}

/* Make the data end before the first block that is later.  False: all are. */
static bool
cut_blocks(const struct moment *moment, char *bytes, size_t size)
{
    const struct spool_chunk *chunk = (const void *)bytes;
    size_t at = chunk->data_offset;
    struct packed_block block;
    while (moment != NULL && size - at >= sizeof block) {
        memcpy(&block, bytes + at, sizeof block);
        if (block.size_bytes == 0 || block.size_bytes > size - at)
            break;
        if (block.number > moment->generation) {
            memset(bytes + at, 0, sizeof(uint64_t));
            break;
        }
        at += block.size_bytes;
    }
    return at > chunk->data_offset;
}

/* == COPYING ============================================================== */

enum what {
    WINDOWS,
    BLOCKS,
    NAMES
};

static enum what
what_is(const struct spool_chunk *chunk)
{
    if (chunk->kind == SPOOL_META)
        return NAMES;
    return chunk->encoding == SPOOL_WINDOW ? WINDOWS : BLOCKS;
}

/* 1 where it was copied whole, 0 where it changed meanwhile. */
static int
copy_chunk(struct copying *copying, const struct spool_chunk *chunk)
{
    struct spool_chunk after;
    size_t size = chunk->size_bytes;
    if (size > SPOOL_SLOT_BYTES)
        return 0;
    int64_t got =
        spoolfile_read(copying->file, chunk->offset, copying->buffer, size);
    if (got < 0)
        return -1;
    memset(copying->buffer + got, 0, size - (size_t)got);
    int found = spoolfile_chunk_at(copying->file, chunk->offset, &after);
    if (found < 0)
        return -1;
    if (!found || !is_same(chunk, &after) ||
        !is_same(chunk, (const struct spool_chunk *)(void *)copying->buffer))
        return 0;
    if (chunk->encoding == SPOOL_WINDOW && note_moment(copying, chunk) != 0)
        return -1;
    if (chunk->encoding == SPOOL_PACKED && chunk->kind == SPOOL_TRACK &&
        !cut_blocks(find_moment(copying, chunk->track), copying->buffer, size))
        return 1;
    return file_write_at(copying->to, copying->buffer, size, chunk->offset) == 0
               ? 1
               : -1;
}

/* A window that changes is there again at once; the others were used again. */
static int
copy_steadily(struct copying *copying, const struct spool_chunk *chunk)
{
    struct spool_chunk now = *chunk;
    int result = 0;
    for (int i = 0; i < TRIES && result == 0; i++) {
        result = copy_chunk(copying, &now);
        if (result == 0 &&
            (spoolfile_chunk_at(copying->file, chunk->offset, &now) <= 0 ||
             what_is(&now) != what_is(chunk)))
            break;
    }
    return result;
}

/* The header as it is now; the walk begins anew. */
static int
begin_walk(struct spoolfile *file)
{
    struct spool_header *header = &file->header;
    int64_t got = spoolfile_read(file, 0, header, sizeof *header);
    file->cursor = header->header_bytes;
    if (got >= 0 && (size_t)got < sizeof *header)
        errno = EINVAL;
    return (size_t)got == sizeof *header ? 0 : -1;
}

/* Changes where a process's names are written anew. */
static uint64_t
epoch_of(const struct spool_chunk *chunk)
{
    uint64_t sum = chunk->process_start_ns ^ (uint64_t)chunk->pid << 32;
    return chunk->sequence == 0 ? (sum + chunk->generation) * 0x9e3779b97f4a7c15
                                : 0;
}

static int
walk(struct copying *copying, enum what what, bool copy)
{
    struct spool_chunk chunk;
    int found = begin_walk(copying->file) == 0 ? 1 : -1;
    copying->names = 0;
    while (found > 0 && (found = spoolfile_next(copying->file, &chunk)) > 0) {
        if (what_is(&chunk) != what ||
            (what == BLOCKS && find_moment(copying, chunk.track) == NULL))
            continue;
        copying->names += epoch_of(&chunk);
        if (copy && copy_steadily(copying, &chunk) < 0)
            found = -1;
    }
    return found;
}

/* Until they are all of one epoch for each process. */
static int
copy_names(struct copying *copying)
{
    for (int i = 0; i < TRIES; i++) {
        if (walk(copying, NAMES, true) < 0)
            return -1;
        uint64_t names = copying->names;
        if (walk(copying, NAMES, false) < 0)
            return -1;
        if (names == copying->names)
            return 0;
    }
    errno = EAGAIN;
    return -1;
}

static int
copy_header(struct copying *copying)
{
    const struct spool_header *header = &copying->file->header;
    if (begin_walk(copying->file) != 0)
        return -1;
    return file_write_at(copying->to, header, sizeof *header, 0);
}

static int
copy_all(struct copying *copying)
{
    if (walk(copying, WINDOWS, true) < 0)
        return -1;
    if (copying->moment_count > 1)
        qsort(copying->moments, copying->moment_count, sizeof *copying->moments,
              compare_moments);
    return walk(copying, BLOCKS, true) < 0 || copy_names(copying) < 0 ||
                   copy_header(copying) < 0
               ? -1
               : 0;
}

static int
copy_windows(struct copying *copying)
{
    return walk(copying, WINDOWS, true) < 0 ? -1 : copy_header(copying);
}

static int
make(struct spoolfile *file, int to, int (*copy)(struct copying *copying))
{
    struct copying copying = {.file = file, .to = to};
    copying.buffer = malloc(SPOOL_SLOT_BYTES);
    if (copying.buffer == NULL)
        return -1;
    int result = copy(&copying);
    int cause = errno;
    free(copying.moments);
    free(copying.buffer);
    errno = cause;
    return result;
}

int
livecopy_make(struct spoolfile *file, int to)
{
    return make(file, to, copy_all);
}

int
livecopy_make_windows(struct spoolfile *file, int to)
{
    return make(file, to, copy_windows);
}

int
livecopy_open(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        fd = (int)syscall(SYS_memfd_create, "codesnap", 1u /* MFD_CLOEXEC */);
    return fd;
}
