/* SPDX-License-Identifier: Apache-2.0
 *
 * message.c: one line, one write.  What is longer than the buffer is cut, and
 * control characters (from file names) are shown as '?', so that a line stays
 * a line and a name cannot steer the terminal.
 */
#include "launcher/support/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "codesnap: "

static const char *renamed, *renamed_to;

void
message_rename(const char *path, const char *name)
{
    renamed = path;
    renamed_to = name;
}

const char *
message_name(const char *path)
{
    return renamed && strcmp(path, renamed) == 0 ? renamed_to : path;
}

/* Into its place in text, which only gets shorter. */
static void
rename_in(char *text)
{
    size_t old = renamed ? strlen(renamed) : 0;
    size_t new = renamed ? strlen(renamed_to) : 0;
    for (char *at = text; old > new && (at = strstr(at, renamed)); at += new) {
        memcpy(at, renamed_to, new);
        memmove(at + new, at + old, strlen(at + old) + 1);
    }
}

static void
clean(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

void
message_say(const char *format, ...)
{
    char line[8192] = PREFIX;
    size_t used = sizeof PREFIX - 1, room = sizeof line - used - 1;
    int saved = errno;
    va_list arguments;

    va_start(arguments, format);
    int wanted = vsnprintf(line + used, room, format, arguments);
    va_end(arguments);
    if (wanted < 0)
        return;
    rename_in(line);
    clean(line);
    used = strlen(line);
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0) {
        /* There is nobody to tell. */
    }
    errno = saved;
}
