/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.h: the clock of the records.  Inline, because the event path reads it;
 * both the agent and the launcher take pairs with it.  Any thread, no locks.
 */
#ifndef CODESNAP_CLOCK_H
#define CODESNAP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "formats/spool/spool.h"

/* SPOOL_TSC where the processor's time stamp counter runs at one rate, also in
 * sleep, and the kernel itself trusts it; else SPOOL_MONOTONIC_NS. */
enum spool_clock_kind clock_detect(void);

static inline uint64_t
clock_nanoseconds(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What this thread had of a processor: on a busy machine others run in between. */
static inline uint64_t
clock_thread_nanoseconds(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) < 0)
        return clock_nanoseconds(CLOCK_MONOTONIC);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Of the kind that clock_is_inline says. */
static inline uint64_t
clock_inline_ticks(void)
{
#ifdef __x86_64__
    return __builtin_ia32_rdtsc();
#else
    return clock_nanoseconds(CLOCK_MONOTONIC);
#endif
}

static inline uint64_t
clock_ticks(enum spool_clock_kind kind)
{
#ifdef __x86_64__
    if (__builtin_expect(kind == SPOOL_TSC, 1))
        return clock_inline_ticks();
#endif
    return clock_nanoseconds(CLOCK_MONOTONIC);
}

/* Whether clock_ticks calls nothing for this kind, where that can be chosen. */
static inline bool
clock_is_inline(enum spool_clock_kind kind)
{
#ifdef __x86_64__
    return kind == SPOOL_TSC;
#else
    (void)kind;
    return true;
#endif
}

/* All three clocks at one instant: the best of a few tries, so that the error
 * is some tens of nanoseconds. */
struct spool_clock clock_read(enum spool_clock_kind kind);

/* The id of this boot, NUL-padded; empty where it can't be read, and then -1
 * is returned. */
int clock_read_boot(char boot_id[40]);

#endif
