/* SPDX-License-Identifier: Apache-2.0
 *
 * log.c: see log.h.  The file is opened for each line: a program that closes all
 * its descriptors, or leaves its folder, costs no line behind it.
 */
#include "agent/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "formats/base/phrase.h"

static void
append(const char *path, struct phrase *phrase)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    phrase_write_line(phrase, fd);
    close(fd);
}

void
log_say(const char *format, ...)
{
    const char *path = getenv(LOG_VARIABLE);
    char line[1024];
    struct timespec now = {0};
    int saved = errno;
    if (!path || !*path)
        return;
    struct phrase phrase = phrase_begin(line, sizeof line);
    va_list arguments;
    va_start(arguments, format);
    clock_gettime(CLOCK_MONOTONIC, &now);
    phrase_add(&phrase, "%d %lld.%06ld ", (int)getpid(), (long long)now.tv_sec,
               now.tv_nsec / 1000);
    phrase_add_list(&phrase, format, arguments);
    append(path, &phrase);
    va_end(arguments);
    errno = saved;
}
