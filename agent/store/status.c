/* SPDX-License-Identifier: Apache-2.0
 *
 * status.c: a process's own status is stored in place, because a signal handler
 * may call _exit, at any point of ours.
 */
#include "agent/store/status.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/base/lock.h"
#include "agent/base/process.h"
#include "agent/store/entry.h"
#include "formats/spool/clock.h"

static struct spool_meta_status *own; /* its pid is 0: not told yet */

static struct spool_meta_status
status_of(uint32_t pid, int wait_status, enum spool_reporter reporter)
{
    return (struct spool_meta_status){
        .meta.type = SPOOL_META_STATUS,
        .pid = pid,
        .wait_status = (uint32_t)wait_status,
        .reporter = reporter,
        .monotonic_ns = clock_nanoseconds(CLOCK_MONOTONIC),
    };
}

int
status_begin(void)
{
    struct spool_meta_status blank = {.meta.type = SPOOL_META_STATUS};
    own = (void *)entry_append(&blank.meta, sizeof blank, NULL, 0);
    return own ? 0 : -1;
}

void
status_forget(void)
{
    own = NULL;
}

void
status_report_own(int status)
{
    if (!process_is_recording() || !own || process_is_new() ||
        syscall(SYS_getpid) != process.pid)
        return;
    struct spool_meta_status report =
        status_of(process.pid, (status & 0xff) << 8, SPOOL_REPORTED_ITSELF);
    own->wait_status = report.wait_status;
    own->monotonic_ns = report.monotonic_ns;
    __atomic_store_n(&own->pid, report.pid, __ATOMIC_RELEASE);
}

void
status_report_child(uint32_t pid, int wait_status)
{
    if (!process_is_recording() || process_is_new() || lock_depth)
        return;
    struct spool_meta_status report =
        status_of(pid, wait_status, SPOOL_REPORTED_BY_PARENT);
    int saved = errno;
    entry_append(&report.meta, sizeof report, NULL, 0);
    errno = saved;
}
