/* SPDX-License-Identifier: Apache-2.0
 *
 * living.c: reads /proc/PID/stat.  See living.h.
 */
#include "formats/spool/living.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "formats/base/file.h"

/* The fields behind the name, which is in parentheses and may hold anything. */
#define FIELD_THREADS 20
#define FIELD_START   22

static uint64_t
decimal(const char *text)
{
    uint64_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return value;
}

/* Where field number starts; state is the field number 3. */
static const char *
field_at(const char *state, int number)
{
    for (int field = 3; field < number && state != NULL; field++) {
        state = strchr(state, ' ');
        if (state != NULL)
            state++;
    }
    return state != NULL ? state : "";
}

static bool
exists(uint32_t pid)
{
    return kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

bool
living_is(uint32_t pid, uint64_t exec_start)
{
    char path[64], line[1024];
    if (pid == 0 || pid > INT32_MAX)
        return false;
    snprintf(path, sizeof path, "/proc/%u/stat", pid);
    if (file_first_line(path, line, sizeof line) != 0)
        return errno != ENOENT && exists(pid);
    const char *close = strrchr(line, ')');
    if (close == NULL || close[1] != ' ')
        return exists(pid);
    const char *state = close + 2;
    bool zombie = *state == 'Z' || *state == 'X';
    if (zombie && decimal(field_at(state, FIELD_THREADS)) <= 1)
        return false;
    uint64_t start = decimal(field_at(state, FIELD_START));
    return exec_start == 0 || start == exec_start;
}
