/* SPDX-License-Identifier: Apache-2.0
 *
 * tid.c: gettid, and what remains where a sandbox refuses it.
 */
#include "agent/track/tid.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "agent/base/libc.h"

/* The kernel's end at 2^22; from 2^30 on are the reader's own numbers. */
#define NO_TIDS (1u << 29)

/* The kernel's name for the processor time of one thread holds its tid:
 * ~tid << 3, and 4 (of a thread) + 2 (all that it ran).  libc makes it without
 * asking the kernel.  0: libc made something else. */
static uint32_t
tid_from_clock(void)
{
    clockid_t clock;
    if (pthread_getcpuclockid(pthread_self(), &clock) != 0 || clock >= 0 ||
        (clock & 7) != 6)
        return 0;
    return (uint32_t) ~(clock >> 3);
}

uint32_t
tid_here(void)
{
    static uint32_t numbers;
    long tid = syscall(SYS_gettid);
    if (tid > 0)
        return (uint32_t)tid;
    if (!pthread_getcpuclockid) /* nor are there threads */
        return (uint32_t)getpid();
    uint32_t known = tid_from_clock();
    return known ? known
                 : NO_TIDS + __atomic_fetch_add(&numbers, 1, __ATOMIC_RELAXED);
}
