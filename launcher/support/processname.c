/* SPDX-License-Identifier: Apache-2.0
 *
 * processname.c: see processname.h.
 */
#include "launcher/support/processname.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"

static size_t
read_file(pid_t pid, const char *name, char *bytes, size_t room)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    FILE *file = fopen(path, "re");
    size_t count = file ? fread(bytes, 1, room, file) : 0;
    if (file)
        fclose(file);
    return count;
}

void
processname_of(pid_t pid, char *name, size_t room)
{
    char arguments[4096];
    size_t count = read_file(pid, "cmdline", arguments, sizeof arguments);
    char *text = text_process_name(arguments, strnlen(arguments, count),
                                   arguments, count);
    snprintf(name, room, "%s", count && text ? text : "");
    free(text);
    for (char *at = name; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
}
