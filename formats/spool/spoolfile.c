/* SPDX-License-Identifier: Apache-2.0
 *
 * spoolfile.c: finds the chunks of a spool that may be cut, damaged, or still
 * being written.  See spoolfile.h.
 */
#include "formats/spool/spoolfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/base/file.h"

#ifndef SEEK_DATA
#    define SEEK_DATA 3
#endif

/* Any chunk is far smaller; what claims more is damaged. */
#define LARGEST_BELIEVED (64u << 20)
#define SMALLEST_PAGE    512u
#define LARGEST_PAGE     (1u << 20)

static int
open_in(const char *folder, const char *name)
{
    char path[4096 + 256];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if ((size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static int
check_header(const struct spool_header *header)
{
    if (memcmp(header->magic, SPOOL_MAGIC, sizeof header->magic) != 0)
        return EINVAL;
    if (header->version != SPOOL_VERSION ||
        (header->features & SPOOL_INCOMPATIBLE & ~SPOOL_KNOWN_FEATURES) != 0)
        return EPROTONOSUPPORT;
    uint32_t page = header->page_bytes;
    if (page < SMALLEST_PAGE || page > LARGEST_PAGE || (page & (page - 1)) ||
        header->header_bytes < sizeof *header ||
        header->header_bytes % page != 0)
        return EINVAL;
    return 0;
}

static int
read_header(struct spoolfile *file)
{
    struct file_status status;
    if (file_look_open(file->fd, &status) != 0)
        return errno;
    if (!S_ISREG(status.mode))
        return EINVAL;
    file->size_bytes = status.size_bytes;
    int64_t got = file_read(file->fd, &file->header, sizeof file->header, 0);
    if (got < 0)
        return errno;
    if ((size_t)got < sizeof file->header)
        return EINVAL;
    file->cursor = file->header.header_bytes;
    return check_header(&file->header);
}

static int
begin(struct spoolfile *file)
{
    int cause = read_header(file);
    if (cause == 0)
        return 0;
    spoolfile_close(file);
    errno = cause;
    return -1;
}

int
spoolfile_open(struct spoolfile *file, const char *folder, const char *name)
{
    *file = (struct spoolfile){.fd = open_in(folder, name)};
    return file->fd >= 0 ? begin(file) : -1;
}

int
spoolfile_adopt(struct spoolfile *file, int fd)
{
    *file = (struct spoolfile){.fd = fd, .lent = true};
    return begin(file);
}

void
spoolfile_close(struct spoolfile *file)
{
    if (file->fd >= 0 && !file->lent)
        close(file->fd);
    file->fd = -1;
}

int64_t
spoolfile_read(struct spoolfile *file, uint64_t offset, void *bytes,
               size_t count)
{
    return file_read(file->fd, bytes, count, offset);
}

static bool
is_whole(const struct spoolfile *file, uint64_t offset,
         const struct spool_chunk *chunk)
{
    uint64_t size = chunk->size_bytes;
    uint64_t fixed = sizeof *chunk + (uint64_t)chunk->stack_stored * 4;
    uint64_t end = file->header.allocated;
    return chunk->magic == SPOOL_CHUNK_MAGIC && chunk->offset == offset &&
           size > 0 && size % file->header.page_bytes == 0 &&
           size <= LARGEST_BELIEVED && offset <= end && size <= end - offset &&
           fixed <= chunk->data_offset && chunk->data_offset <= size &&
           chunk->data_offset % 8 == 0 &&
           chunk->stack_stored <= chunk->stack_depth &&
           (chunk->kind == SPOOL_TRACK || chunk->kind == SPOOL_META);
}

int
spoolfile_chunk_at(struct spoolfile *file, uint64_t offset,
                   struct spool_chunk *chunk)
{
    int64_t got = spoolfile_read(file, offset, chunk, sizeof *chunk);
    if (got < 0)
        return -1;
    return (size_t)got == sizeof *chunk && is_whole(file, offset, chunk);
}

/* What is at the cursor is not a chunk.  Over zeros, go on at the next data that
 * the file has: a sparse file can be a terabyte of them. */
static int
skip_page(struct spoolfile *file)
{
    uint64_t page = file->header.page_bytes;
    uint64_t words[128];
    uint64_t any = 0;
    for (uint64_t at = 0; at < page && any == 0; at += sizeof words) {
        memset(words, 0, sizeof words);
        size_t want = page - at < sizeof words ? page - at : sizeof words;
        if (spoolfile_read(file, file->cursor + at, words, want) < 0)
            return -1;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            any |= words[i];
    }
    file->cursor += page;
    if (any != 0) {
        file->damaged_bytes += page;
        return 0;
    }
    off_t data = lseek(file->fd, (off_t)file->cursor, SEEK_DATA);
    if (data < 0 && errno == ENXIO)
        file->cursor = file->size_bytes;
    if (data > 0 && (uint64_t)data > file->cursor)
        file->cursor = (uint64_t)data / page * page;
    return 0;
}

int
spoolfile_next(struct spoolfile *file, struct spool_chunk *chunk)
{
    uint64_t end = file->header.allocated;
    if (end > file->size_bytes)
        end = file->size_bytes;
    while (file->cursor < end) {
        int found = spoolfile_chunk_at(file, file->cursor, chunk);
        if (found < 0)
            return -1;
        if (found) {
            file->cursor += chunk->size_bytes;
            return 1;
        }
        if (skip_page(file) != 0)
            return -1;
    }
    return 0;
}

static bool
is_spool_name(const char *name)
{
    size_t length = strlen(name), suffix = strlen(SPOOL_SUFFIX);
    return length > suffix && name[0] != '.' &&
           strcmp(name + length - suffix, SPOOL_SUFFIX) == 0;
}

static int
add_name(struct spoolfile_names *list, const char *name)
{
    if ((list->count & (list->count - 1)) == 0) {
        size_t room = list->count == 0 ? 1 : list->count * 2;
        char **names = realloc(list->names, room * sizeof *names);
        if (names == NULL)
            return -1;
        list->names = names;
    }
    char *copy = strdup(name);
    if (copy == NULL)
        return -1;
    list->names[list->count++] = copy;
    return 0;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int
spoolfile_list(const char *folder, struct spoolfile_names *list)
{
    memset(list, 0, sizeof *list);
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return -1;
    int result = 0;
    struct dirent *entry;
    while (result == 0 && (entry = readdir(directory)) != NULL)
        if (is_spool_name(entry->d_name))
            result = add_name(list, entry->d_name);
    closedir(directory);
    if (result != 0) {
        spoolfile_list_free(list);
        errno = ENOMEM;
        return -1;
    }
    if (list->count > 1)
        qsort(list->names, list->count, sizeof *list->names, compare_names);
    return 0;
}

void
spoolfile_list_free(struct spoolfile_names *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    memset(list, 0, sizeof *list);
}
