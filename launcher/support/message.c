/* SPDX-License-Identifier: Apache-2.0
 *
 * message.c: see message.h.  What is longer than the buffer is cut.
 */
#include "launcher/support/message.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "formats/base/phrase.h"

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

void
message_say(const char *format, ...)
{
    char line[8192];
    int saved = errno;
    struct phrase phrase = phrase_begin(line, sizeof line);
    va_list arguments;
    va_start(arguments, format);
    phrase_add(&phrase, "codesnap: ");
    phrase_add_list(&phrase, format, arguments);
    va_end(arguments);
    rename_in(line);
    phrase.used = strlen(line);
    phrase_write_line(&phrase, STDERR_FILENO);
    errno = saved;
}
