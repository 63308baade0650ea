/* SPDX-License-Identifier: Apache-2.0
 *
 * complaint.c: see complaint.h.  A path or a variable may hold anything: a line
 * stays a line, and can't steer the terminal.
 */
#include "agent/base/complaint.h"

#include <errno.h>
#include <unistd.h>

#include "formats/base/phrase.h"

void
complaint_say(const char *format, ...)
{
    char line[9216];
    int saved = errno;
    struct phrase phrase = phrase_begin(line, sizeof line);
    va_list arguments;
    va_start(arguments, format);
    phrase_add(&phrase, "codesnap: ");
    phrase_add_list(&phrase, format, arguments);
    phrase_write_line(&phrase, STDERR_FILENO);
    va_end(arguments);
    errno = saved;
}
