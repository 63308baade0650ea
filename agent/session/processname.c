/* SPDX-License-Identifier: Apache-2.0
 *
 * processname.c: see processname.h.
 */
#include "agent/session/processname.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/base/pattern.h"
#include "formats/base/text.h"

#define ROOM 4096

size_t
processname_arguments(char *bytes, size_t room)
{
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t count = fd < 0 ? 0 : read(fd, bytes, room);
    if (fd >= 0)
        close(fd);
    return count > 0 ? (size_t)count : 0;
}

static bool
fits(const char *glob, const char *name)
{
    const struct span_of_text pattern = {glob, strlen(glob)};
    const struct span_of_text text = {name, strlen(name)};
    return pattern_fits_text(pattern, text);
}

bool
processname_fits(const char *glob)
{
    char executable[ROOM], arguments[ROOM], pid[16];
    ssize_t length = readlink("/proc/self/exe", executable, ROOM);
    if (length < 0)
        return true;
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    char *name = text_process_name(executable, (size_t)length, arguments,
                                   processname_arguments(arguments, ROOM));
    bool is = !name || fits(glob, name) || strcmp(glob, pid) == 0;
    free(name);
    return is;
}
