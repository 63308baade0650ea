/* SPDX-License-Identifier: Apache-2.0
 *
 * living.c: reads /proc/PID/stat.  See living.h.
 */
#include "formats/spool/living.h"

#include <errno.h>
#include <signal.h>
#include <sys/types.h>

#include "formats/spool/procstat.h"

static bool
exists(uint32_t pid)
{
    return kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

bool
living_is(uint32_t pid, uint64_t exec_start)
{
    char line[PROCSTAT_BYTES];
    if (pid == 0 || pid > INT32_MAX)
        return false;
    const char *state = procstat_read(pid, line);
    if (state == NULL)
        return errno != ENOENT && exists(pid);
    bool zombie = *state == 'Z' || *state == 'X';
    uint64_t threads = procstat_number(state, PROCSTAT_THREADS);
    if (zombie && (threads <= 1 || threads == UINT64_MAX))
        return false;
    return exec_start == 0 ||
           procstat_number(state, PROCSTAT_START) == exec_start;
}
