/* SPDX-License-Identifier: Apache-2.0
 *
 * complaint.c: see complaint.h.  A path or a variable may hold anything: a line
 * stays a line, and can't steer the terminal.
 */
#include "agent/base/complaint.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "codesnap: "

void
complaint_say(const char *format, ...)
{
    char line[9216] = PREFIX;
    size_t used = sizeof PREFIX - 1, room = sizeof line - used - 1;
    int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(line + used, room, format, arguments);
    va_end(arguments);
    if (wanted < 0)
        return;
    for (; line[used]; used++)
        if ((unsigned char)line[used] < ' ' || line[used] == 0x7f)
            line[used] = '?';
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0) {
        /* There is nobody to tell. */
    }
    errno = saved;
}
