/* SPDX-License-Identifier: Apache-2.0
 *
 * tick.c: see tick.h.
 */
#include "agent/track/tick.h"

#include "formats/spool/clock.h"

#define MOST_LOOKERS 4
#define PASS_EVENTS  64 /* so many are passed over without a look at the clock */

/* Only added to. */
static tick_looker *lookers[MOST_LOOKERS];

void
tick_add(tick_looker *looker)
{
    for (size_t i = 0; i < MOST_LOOKERS; i++) {
        tick_looker *none = NULL;
        if (lookers[i] == looker ||
            __atomic_compare_exchange_n(&lookers[i], &none, looker, false,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
            return;
    }
}

void
tick_call_attention(struct thread *thread)
{
    thread->due = true;
    if (thread == thread_own)
        thread_hush();
}

void
tick_call_own_attention(void)
{
    if (thread_own)
        tick_call_attention(thread_own);
}

static void
look_again_in(struct cursor *cursor, uint64_t ticks)
{
    uint64_t horizon = ticks - cursor->base_ticks + TICK_TICKS;
    cursor->horizon = horizon < TICK_FARTHEST ? horizon : TICK_FARTHEST;
}

void
tick_look(struct thread *thread, uint64_t ticks)
{
    look_again_in(&thread->cursor, ticks);
    for (size_t i = 0; i < MOST_LOOKERS && lookers[i]; i++)
        lookers[i](thread, ticks);
}

void
tick_pass(struct thread *thread)
{
    if (++thread->passed_by % PASS_EVENTS != 0)
        return;
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (tick_is_due(&thread->cursor, ticks))
        tick_look(thread, ticks);
}
