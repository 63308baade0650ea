/* SPDX-License-Identifier: Apache-2.0
 *
 * file.c: small file operations that are safe in a foreign process: every
 * descriptor is close-on-exec and short-lived, signals do not disturb them,
 * and no libc symbol newer than 2.17 is needed.
 */
#include "formats/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#    define AT_EMPTY_PATH 0x1000
#endif

/* The kernel's struct stat is libc's on the 64-bit machines we run on. */
static int
look(int directory, const char *path, int flags, struct file_status *status)
{
    struct stat raw;
    memset(&raw, 0, sizeof raw);
    if (syscall(SYS_newfstatat, directory, path, &raw, flags) != 0)
        return -1;
    status->mode = (uint32_t)raw.st_mode;
    status->size_bytes = (uint64_t)raw.st_size;
    status->modified_s = raw.st_mtim.tv_sec;
    status->modified_ns = (uint32_t)raw.st_mtim.tv_nsec;
    return 0;
}

int
file_look(const char *path, struct file_status *status)
{
    return look(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, status);
}

int
file_follow(const char *path, struct file_status *status)
{
    return look(AT_FDCWD, path, 0, status);
}

int
file_look_open(int fd, struct file_status *status)
{
    return look(fd, "", AT_EMPTY_PATH, status);
}

int64_t
file_read(int fd, void *bytes, size_t count, uint64_t offset)
{
    char *to = bytes;
    size_t have = 0;
    while (have < count) {
        ssize_t got =
            pread(fd, to + have, count - have, (off_t)(offset + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (int64_t)have;
}

int
file_write(int fd, const void *bytes, size_t count)
{
    const char *from = bytes;
    while (count > 0) {
        ssize_t put = write(fd, from, count);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        from += put;
        count -= (size_t)put;
    }
    return 0;
}

int
file_write_at(int fd, const void *bytes, size_t count, uint64_t offset)
{
    const char *from = bytes;
    while (count > 0) {
        ssize_t put = pwrite(fd, from, count, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        from += put;
        offset += (uint64_t)put;
        count -= (size_t)put;
    }
    return 0;
}

bool
file_may_grow(uint64_t size_bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        return true;
    return limit.rlim_cur == RLIM_INFINITY || size_bytes <= limit.rlim_cur;
}

int
file_close(int fd, int result)
{
    int cause = errno;
    close(fd);
    errno = cause;
    return result;
}

int
file_first_line(const char *path, char *line, size_t line_bytes)
{
    memset(line, 0, line_bytes);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int64_t got = file_read(fd, line, line_bytes - 1, 0);
    file_close(fd, 0);
    if (got < 0)
        return -1;
    char *newline = memchr(line, '\n', (size_t)got);
    if (newline != NULL)
        memset(newline, 0, line_bytes - (size_t)(newline - line));
    return 0;
}
