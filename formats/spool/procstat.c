/* SPDX-License-Identifier: Apache-2.0
 *
 * procstat.c: see procstat.h.
 */
#include "formats/spool/procstat.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "formats/base/file.h"

/* The name before it is in parentheses and may hold anything. */
static const char *
state_in(const char *line)
{
    const char *close = strrchr(line, ')');
    if (close && close[1] == ' ')
        return close + 2;
    errno = EINVAL;
    return NULL;
}

const char *
procstat_read(uint32_t pid, char line[PROCSTAT_BYTES])
{
    char path[64] = "/proc/self/stat";
    if (pid)
        snprintf(path, sizeof path, "/proc/%u/stat", (unsigned)pid);
    return file_first_line(path, line, PROCSTAT_BYTES) == 0 ? state_in(line)
                                                            : NULL;
}

uint64_t
procstat_number(const char *state, int field)
{
    uint64_t value = 0;
    for (int at = PROCSTAT_STATE; at < field && state; at++) {
        state = strchr(state, ' ');
        state = state ? state + 1 : NULL;
    }
    if (!state || *state < '0' || *state > '9')
        return UINT64_MAX;
    for (; *state >= '0' && *state <= '9'; state++)
        value = value * 10 + (uint64_t)(*state - '0');
    return value;
}
