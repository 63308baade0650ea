/* SPDX-License-Identifier: Apache-2.0
 *
 * ringcopy.c: see ringcopy.h.
 */
#include "formats/spool/ringcopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "formats/base/file.h"

/* The names are written anew now and then; not twice in so short a time. */
#define TRIES 20

struct copying {
    struct spoolfile *file;
    int to;
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
            spoolfile_chunk_at(copying->file, chunk->offset, &now) <= 0)
            break;
    }
    return result;
}

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
        if (what_is(&chunk) != what)
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

int
ringcopy_make(struct spoolfile *file, int to)
{
    struct copying copying = {.file = file, .to = to};
    copying.buffer = malloc(SPOOL_SLOT_BYTES);
    if (copying.buffer == NULL)
        return -1;
    int result = walk(&copying, WINDOWS, true) == 0 &&
                         walk(&copying, BLOCKS, true) == 0 &&
                         copy_names(&copying) == 0 && copy_header(&copying) == 0
                     ? 0
                     : -1;
    int cause = errno;
    free(copying.buffer);
    errno = cause;
    return result;
}

int
ringcopy_open(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        fd = (int)syscall(SYS_memfd_create, "codesnap", 1u /* MFD_CLOEXEC */);
    return fd;
}
