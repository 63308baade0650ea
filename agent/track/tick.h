/* SPDX-License-Identifier: Apache-2.0
 *
 * tick.h: a thread that records looks up from time to time: whether it is wanted
 * otherwise from outside, whether its time is over.
 *
 * No timer runs for that, and the fast path has no instruction for it: the word
 * that says when time needs a new base (cursor.horizon) lies nearer than that.  So
 * a busy thread looks about every TICK_TICKS, and one that was idle for longer
 * does so with its very next event.
 */
#ifndef CODESNAP_TICK_H
#define CODESNAP_TICK_H

#include "agent/track/thread.h"

#define TICK_TICKS    (UINT64_C(1) << 26) /* some 20 to 70 ms */
#define TICK_FARTHEST (UINT64_C(1) << SPOOL_TIME_BITS)

/* Who looks.  Called by a thread in the middle of an event of its own, where our
 * state may be half changed: it may look and note, but run no code of the
 * program's and call nothing of the interpreter's.  What is to be done then is
 * asked for by tick_call_attention. */
typedef void tick_looker(struct thread *thread, uint64_t ticks);

/* From here on it is one of them, as long as the process lives.  With the GIL. */
void tick_add(tick_looker *looker);

/* Before its next event this thread is to go by agent/cpython/follow/attach.c,
 * where all may be done: upcalls->act is called there. */
void tick_call_attention(struct thread *thread);

/* The calling thread, if it is known; in a signal handler, too. */
void tick_call_own_attention(void);

/* It is time: all look. */
void tick_look(struct thread *thread, uint64_t ticks);
/* An event of a thread was seen that is not recorded now: as above, if it is
 * time. */
void tick_pass(struct thread *thread);

static inline bool
tick_is_due(const struct cursor *cursor, uint64_t ticks)
{
    return ticks >= cursor->base_ticks &&
           ticks - cursor->base_ticks >= cursor->horizon;
}

/* Times count from base_ticks on; the next look stays when it was. */
static inline void
tick_count_from(struct cursor *cursor, uint64_t base_ticks)
{
    uint64_t next = cursor->base_ticks + cursor->horizon;
    uint64_t horizon = next > base_ticks ? next - base_ticks : 0;
    cursor->base_ticks = base_ticks;
    cursor->horizon = horizon < TICK_FARTHEST ? horizon : TICK_FARTHEST;
}

#endif
