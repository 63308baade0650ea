/* SPDX-License-Identifier: Apache-2.0
 *
 * sink.c: buffered output to a temporary file that takes its place at the end.
 * No stdio, since the agent writes outputs inside a foreign process.
 */
#include "formats/base/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "formats/base/file.h"

#define ROOM (256u << 10)

static void
fail(struct sink *sink, int error)
{
    if (sink->error == 0)
        sink->error = error != 0 ? error : EIO;
    sink->used = 0;
}

static void
put(struct sink *sink, const char *bytes, size_t count)
{
    if (sink->error != 0 || count == 0)
        return;
    if (sink->take != NULL) {
        sink->take(sink->context, bytes, count);
        sink->written_bytes += count;
        return;
    }
    if (sink->path != NULL && !file_may_grow(sink->written_bytes + count)) {
        fail(sink, EFBIG);
        return;
    }
    if (file_write(sink->fd, bytes, count) != 0) {
        fail(sink, errno);
        return;
    }
    sink->written_bytes += count;
}

static void
flush(struct sink *sink)
{
    put(sink, sink->buffer, sink->used);
    sink->used = 0;
}

/* A hidden name in the same folder, so that the rename stays on one disk. */
static char *
temporary_name(const char *path, unsigned attempt)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash != NULL ? (size_t)(slash + 1 - path) : 0;
    size_t bytes = folder + 64;
    char *name = malloc(bytes);
    if (name == NULL)
        return NULL;
    memcpy(name, path, folder);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(name + folder, bytes - folder, ".codesnap-%d-%lx-%x.tmp",
             (int)getpid(), (unsigned long)now.tv_nsec, attempt);
    return name;
}

static int
open_temporary(struct sink *sink)
{
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        free(sink->temporary);
        sink->temporary = temporary_name(sink->path, attempt);
        if (sink->temporary == NULL)
            return -1;
        sink->fd =
            open(sink->temporary,
                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (sink->fd >= 0 || errno != EEXIST)
            break;
    }
    return sink->fd >= 0 ? 0 : -1;
}

/* What is not a plain file, such as a pipe or a device, or lies in a folder that
 * takes no new file, is written in place. */
static int
open_in_place(struct sink *sink, int create)
{
    free(sink->temporary);
    sink->temporary = NULL;
    sink->fd = open(sink->path,
                    O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY | create, 0666);
    return sink->fd >= 0 ? 0 : -1;
}

static int
open_file(struct sink *sink)
{
    struct file_status status;
    int exists = file_look(sink->path, &status) == 0;
    if (exists && S_ISDIR(status.mode)) {
        errno = EISDIR;
        return -1;
    }
    if (exists && !S_ISREG(status.mode))
        return open_in_place(sink, S_ISLNK(status.mode) ? O_CREAT : 0);
    if (open_temporary(sink) == 0) {
        if (exists)
            fchmod(sink->fd, status.mode & 0777);
        return 0;
    }
    int cause = errno;
    if (exists && open_in_place(sink, 0) == 0)
        return 0;
    errno = cause;
    return -1;
}

/* The file itself where path is a symlink to one, so that the link stays. */
static char *
resolve(const char *path)
{
    char *real = realpath(path, NULL);
    return real != NULL ? real : strdup(path);
}

static void
release(struct sink *sink)
{
    free(sink->buffer);
    free(sink->path);
    free(sink->temporary);
    sink->buffer = sink->path = sink->temporary = NULL;
    sink->fd = -1;
}

int
sink_open(struct sink *sink, const char *path)
{
    memset(sink, 0, sizeof *sink);
    sink->fd = -1;
    sink->buffer = malloc(ROOM);
    sink->room = ROOM;
    if (sink->buffer == NULL)
        return -1;
    if (strcmp(path, "-") == 0) {
        sink->fd = STDOUT_FILENO;
        return 0;
    }
    sink->path = resolve(path);
    if (sink->path != NULL && open_file(sink) == 0)
        return 0;
    int cause = errno;
    release(sink);
    sink->error = cause;
    errno = cause;
    return -1;
}

int
sink_divert(struct sink *sink,
            void (*take)(void *context, const void *bytes, size_t count),
            void *context)
{
    memset(sink, 0, sizeof *sink);
    sink->fd = -1;
    sink->take = take;
    sink->context = context;
    sink->buffer = malloc(ROOM);
    sink->room = ROOM;
    return sink->buffer != NULL ? 0 : -1;
}

void
sink_write(struct sink *sink, const void *bytes, size_t count)
{
    if (count > sink->room - sink->used) {
        flush(sink);
        if (count >= sink->room) {
            put(sink, bytes, count);
            return;
        }
    }
    memcpy(sink->buffer + sink->used, bytes, count);
    sink->used += count;
}

void
sink_puts(struct sink *sink, const char *text)
{
    sink_write(sink, text, strlen(text));
}

char *
sink_reserve(struct sink *sink, size_t count)
{
    if (count > sink->room - sink->used)
        flush(sink);
    return sink->buffer + sink->used;
}

void
sink_advance(struct sink *sink, size_t count)
{
    sink->used += count;
}

void
sink_decimal(struct sink *sink, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    sink_write(sink, digits + at, sizeof digits - at);
}

static void
close_file(struct sink *sink)
{
    if (sink->path != NULL && sink->fd >= 0 && close(sink->fd) != 0 &&
        errno != EINTR)
        fail(sink, errno);
    sink->fd = -1;
}

int
sink_close(struct sink *sink)
{
    flush(sink);
    close_file(sink);
    if (sink->temporary != NULL) {
        if (sink->error == 0 && rename(sink->temporary, sink->path) != 0)
            fail(sink, errno);
        if (sink->error != 0)
            unlink(sink->temporary);
    }
    release(sink);
    errno = sink->error;
    return sink->error == 0 ? 0 : -1;
}

void
sink_abandon(struct sink *sink)
{
    close_file(sink);
    if (sink->temporary != NULL)
        unlink(sink->temporary);
    release(sink);
}
