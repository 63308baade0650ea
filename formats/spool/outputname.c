/* SPDX-License-Identifier: Apache-2.0
 *
 * outputname.c: see outputname.h.
 */
#include "formats/spool/outputname.h"

#include <stdio.h>
#include <string.h>

#include "formats/base/text.h"

static size_t
put_time(time_t start, char *path, size_t room)
{
    struct tm local;
    if (!localtime_r(&start, &local))
        return 0;
    return strftime(path, room, "%Y%m%d-%H%M%S", &local);
}

static size_t
put_name(const char *name, char *path, size_t room)
{
    size_t used = 0;
    for (; name[used] != '\0' && used + 1 < room; used++)
        path[used] = strchr("/ ", name[used]) ? '_' : name[used];
    return used;
}

/* What the letter behind a % stands for; 0 bytes where it is not a pattern. */
static size_t
put(const struct outputname *outputname, char letter, char *path, size_t room)
{
    switch (letter) {
    case 'p': return (size_t)snprintf(path, room, "%d", (int)outputname->pid);
    case 't': return put_time(outputname->start, path, room);
    case 'n': return put_name(outputname->name, path, room);
    default: return 0;
    }
}

void
outputname_expand(const struct outputname *outputname, const char *pattern,
                  char *path, size_t room)
{
    enum {
        LONGEST = 256 /* what a pattern may stand for */
    };
    size_t used = 0;
    for (; *pattern != '\0' && used + LONGEST < room; pattern++) {
        size_t count = *pattern == '%'
                           ? put(outputname, pattern[1], path + used, LONGEST)
                           : 0;
        if (count == 0)
            path[used++] = *pattern;
        else
            pattern++;
        used += count;
    }
    path[used] = '\0';
}

char *
outputname_of(const char *arguments, size_t count)
{
    size_t first = strnlen(arguments, count);
    return text_process_name(arguments, first, arguments, count);
}
