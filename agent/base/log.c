/* SPDX-License-Identifier: Apache-2.0
 *
 * log.c: see log.h.  The file is opened for each line: a program that closes all
 * its descriptors, or leaves its folder, costs no line behind it.
 */
#include "agent/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static size_t
write_head(char *line, size_t room)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    int used = snprintf(line, room, "%d %lld.%06ld ", (int)getpid(),
                        (long long)now.tv_sec, now.tv_nsec / 1000);
    return used > 0 ? (size_t)used : 0;
}

static void
append(const char *path, const char *line, size_t count)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (write(fd, line, count) < 0) {
        /* There is nobody to tell. */
    }
    close(fd);
}

void
log_say(const char *format, ...)
{
    const char *path = getenv(LOG_VARIABLE);
    char line[1024];
    int saved = errno;
    if (!path || !*path)
        return;
    size_t used = write_head(line, sizeof line);
    va_list arguments;
    va_start(arguments, format);
    int count =
        vsnprintf(line + used, sizeof line - used - 1, format, arguments);
    va_end(arguments);
    if (count > 0)
        used += (size_t)count < sizeof line - used - 1 ? (size_t)count
                                                       : sizeof line - used - 2;
    line[used++] = '\n';
    append(path, line, used);
    errno = saved;
}
