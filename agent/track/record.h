/* SPDX-License-Identifier: Apache-2.0
 *
 * record.h: the event path.  One clock read, one 8-byte store, one push or pop
 * of the shadow stack; no allocation, lock or system call.  Runs on the traced
 * thread.  Whatever is not the common case is in record.c.
 *
 * The functions called try do that and nothing else, or say false and have done
 * nothing: so they call nothing, and the callback around them needs no frame and
 * saves no register.  They are for where clock_is_inline.
 */
#ifndef CODESNAP_RECORD_H
#define CODESNAP_RECORD_H

#include "agent/track/thread.h"
#include "formats/spool/clock.h"

#define likely(condition)   __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/* For when the step or the chunk is full, time needs a new base, it is time to look
 * (tick.h), or this is a forked child.  word is id << 4 | kind. */
void record_slowly(struct thread *thread, uint64_t ticks, uint32_t word);
/* An exit whose call is not the innermost one.  Where word has no id and no call
 * with that key is open, it counts as lost. */
void record_unmatched_exit(struct thread *thread, const void *key,
                           uint32_t word);
/* As long as the innermost call is one whose end will not be seen, and does not have
 * that key, it ends here: it may have ended long since. */
void record_close_lost(struct thread *thread, const void *key);
/* Is a call with that key open? */
bool record_is_open(const struct thread *thread, const void *key);
/* The call with this id has ended by an exception, a moment ago, and maybe what
 * lies around it: as in struct doubt.  And this is its kind. */
void record_doubt(struct thread *thread, uint32_t word, const void *key);
void record_settle(struct thread *thread, const void *key,
                   enum spool_kind kind);
/* Nobody caught the exception that ended the calls whose exits, EXIT_CONTROL, lie
 * right before last: it was an error. */
void record_uncaught(struct thread *thread, uint64_t *last);
/* An EXT EXCEPTION record: record_uncaught knows it. */
void record_exception(struct thread *thread, const uint64_t *payload,
                      uint32_t words);
/* Called, where it is not NULL, when a thread has got more room for records, before
 * anything is stored there: what was to be recorded before now, but late. */
extern void (*record_room)(struct thread *);
/* An EXT record with up to WINDOW_EXT_WORDS words of payload. */
void record_extended(struct thread *thread, uint64_t ticks, enum spool_ext type,
                     const uint64_t *payload, uint32_t words);
/* Nothing was recorded since begin_ticks; of the calls on the shadow stack the
 * outermost open ones did not end in it. */
void record_gap(struct thread *thread, uint64_t ticks, uint64_t begin_ticks,
                enum spool_gap reason, size_t open);
/* Make sure that the thread has a chunk in this very process: call first in
 * every slow path that names something. */
void record_attend(struct thread *thread);
/* The current track ends, with what it has of the spool. */
void record_end_track(struct thread *thread);
/* The tracer starts to work.  A system call: for slow paths alone. */
struct work {
    uint64_t since_ticks;
    uint64_t since_ns; /* CLOCK_MONOTONIC */
    uint64_t cpu_ns;   /* that the thread had used; 0: not known */
    long preempted;    /* how often it was */
};
struct work record_begin_work(void);
/* It was at work since then, as BUSY.  Of work during which other threads were
 * given its processor only what it ran counts. */
void record_busy(struct thread *thread, const struct work *work);

#define RECORD_ID(word) ((word)&0x0ffffff0u)

static inline __attribute__((always_inline)) bool
record_try_put(struct thread *thread, uint64_t ticks, uint32_t word)
{
    uint64_t delta = ticks - thread->cursor.base_ticks;
    uint64_t *next = thread->cursor.next;
    if (unlikely(next == thread->cursor.end || delta >= thread->cursor.horizon))
        return false;
    thread->cursor.next = next + 1;
    __atomic_store_n(next, delta << SPOOL_TIME_SHIFT | word, __ATOMIC_RELEASE);
    return true;
}

/* A call starts, in that frame if it is asked for; word is id << 4 | an entering
 * kind. */
static inline __attribute__((always_inline)) bool
record_try_enter_in(struct thread *thread, const void *key, uint32_t word,
                    uint32_t frame)
{
    struct call *top = thread->top;
    if (unlikely(top >= thread->limit))
        return false;
    if (unlikely(!record_try_put(thread, clock_inline_ticks(), word)))
        return false;
    top->key = key;
    top->word = word;
    top->frame = frame;
    thread->top = top + 1;
    return true;
}

static inline __attribute__((always_inline)) bool
record_try_enter(struct thread *thread, const void *key, uint32_t word)
{
    return record_try_enter_in(thread, key, word, 0);
}

/* The innermost call ends, if it has this key. */
static inline __attribute__((always_inline)) bool
record_try_exit(struct thread *thread, const void *key, enum spool_kind kind)
{
    struct call *top = thread->top - 1;
    if (unlikely(top->key != key))
        return false;
    if (unlikely(!record_try_put(thread, clock_inline_ticks(),
                                 RECORD_ID(top->word) | (uint32_t)kind)))
        return false;
    thread->top = top;
    return true;
}

/* The same in any case. */
void record_enter_slowly(struct thread *thread, const void *key, uint32_t word);
/* A call starts that is not recorded, and neither is what it calls. */
void record_enter_unrecorded(struct thread *thread, const void *key,
                             uint32_t word);
/* false if it was not the innermost call that ended, at ticks. */
bool record_exit(struct thread *thread, const void *key, enum spool_kind kind,
                 uint64_t ticks);

/* In the frame of the call around it. */
static inline void
record_enter(struct thread *thread, const void *key, uint32_t word)
{
    if (unlikely(
            !clock_is_inline(spool_clock_kind) || thread->unrecorded ||
            !record_try_enter_in(thread, key, word, thread->top[-1].frame)))
        record_enter_slowly(thread, key, word);
}

#endif
