/* SPDX-License-Identifier: Apache-2.0
 *
 * shortcall.c: see shortcall.h.  How long a tick is shows in the first milliseconds;
 * until then nothing is taken back.
 */
#include "agent/track/shortcall.h"

#include "agent/store/spool.h"
#include "formats/spool/clock.h"

#define SURE_NS 5000000u /* so long two clocks are compared */

bool shortcall_is_on;

static struct {
    uint64_t ns, ticks; /* the limit; ticks 0: not known yet */
    uint64_t begin_ns, begin_ticks;
} limit;

void
shortcall_open(uint64_t ns)
{
    limit.ns = ns;
    limit.ticks = limit.begin_ns = 0;
    shortcall_is_on = ns > 0;
}

/* A little less: what is a bit shorter than the limit by other clocks stays. */
static uint64_t
ticks_of(uint64_t ticks, uint64_t passed_ns)
{
    double rate = (double)(ticks - limit.begin_ticks) / (double)passed_ns;
    return (uint64_t)((double)limit.ns * rate * 0.99);
}

static __attribute__((noinline, cold)) void
learn(uint64_t ticks)
{
    uint64_t ns = clock_nanoseconds(CLOCK_MONOTONIC);
    if (!limit.begin_ns) {
        limit.begin_ticks = ticks;
        limit.begin_ns = ns;
    } else if (ns - limit.begin_ns > SURE_NS) {
        limit.ticks = ticks_of(ticks, ns - limit.begin_ns);
    }
}

static uint64_t *
last_record(const struct thread *thread)
{
    const char *chunk = (const char *)thread->chunk;
    uint64_t *next = thread->cursor.next;
    return next && (const char *)next > chunk + thread->chunk->data_offset
               ? next - 1
               : NULL;
}

bool
shortcall_drop(struct thread *thread, uint32_t word, uint64_t ticks)
{
    uint64_t below_time = (UINT64_C(1) << SPOOL_TIME_SHIFT) - 1;
    if (!limit.ticks)
        learn(ticks);
    uint64_t *last = last_record(thread);
    if (!last || (*last & below_time) != (word & CALL_RECORD))
        return false;
    uint64_t begin = thread->cursor.base_ticks + (*last >> SPOOL_TIME_SHIFT);
    if (ticks - begin >= limit.ticks)
        return false;
    __atomic_store_n(last, 0, __ATOMIC_RELEASE);
    thread->cursor.next = last;
    return true;
}
