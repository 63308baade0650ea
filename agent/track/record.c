/* SPDX-License-Identifier: Apache-2.0
 *
 * record.c: the slow path of an event.  What it takes is timed and recorded as
 * BUSY, so that no view blames the program for it.
 */
#include "agent/track/record.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "agent/base/process.h"
#include "agent/store/entry.h"
#include "agent/track/shortcall.h"
#include "agent/track/tick.h"
#include "agent/track/window.h"

void (*record_room)(struct thread *);

/* A forked child, or the parent's thread that it inherited: its cursor is
 * empty, so it starts a track of its own with the open calls handed over. */
static void
adopt(struct thread *thread)
{
    process_adopt();
    thread->tid = thread_tid();
    thread->track_number = spool_new_track();
    if (thread->introduce)
        thread->introduce(thread);
}

/* Room for words records in a row, in a window whose times may count from
 * ticks.  false: nothing can be recorded any more. */
static bool
reserve(struct thread *thread, uint64_t ticks, uint32_t words)
{
    while ((size_t)(thread->cursor.end - thread->cursor.next) < words) {
        bool begun = thread->cursor.end != NULL;
        if (process_is_broken())
            break;
        if (!begun)
            adopt(thread);
        if ((begun ? window_extend : window_begin)(thread, ticks) < 0)
            process_break(errno);
        else if (begun && record_room)
            record_room(thread);
    }
    if (!process_is_broken())
        return true;
    thread_close(thread);
    return false;
}

static void
store(struct thread *thread, uint64_t word)
{
    __atomic_store_n(thread->cursor.next++, word, __ATOMIC_RELEASE);
}

/* Ticks since the base, with a TIME record before if they are too many; needs
 * room for it. */
static uint64_t
delta_from_base(struct thread *thread, uint64_t ticks)
{
    if (ticks < thread->cursor.base_ticks)
        return 0;
    if ((ticks - thread->cursor.base_ticks) >> SPOOL_TIME_BITS) {
        store(thread, ticks << SPOOL_KIND_BITS | SPOOL_TIME);
        tick_count_from(&thread->cursor, ticks);
    }
    return ticks - thread->cursor.base_ticks;
}

/* By how much the shadow stack is ahead of the records: a call is pushed, or
 * popped, before its record is stored. */
static int
calls_ahead(uint32_t word)
{
    switch (word & 15) {
    case SPOOL_ENTER_PYTHON:
    case SPOOL_ENTER_C:
    case SPOOL_RESUME:
    case SPOOL_THROW: return 1;
    case SPOOL_EXIT:
    case SPOOL_EXIT_EXCEPTION:
    case SPOOL_EXIT_CONTROL:
    case SPOOL_EXIT_UNSEEN:
    case SPOOL_YIELD: return -1;
    default: return 0;
    }
}

void
record_gap(struct thread *thread, uint64_t ticks, uint64_t begin_ticks,
           enum spool_gap reason, size_t open)
{
    const uint64_t payload[] = {begin_ticks, reason, open};
    thread->whole = false; /* calls may have started in it */
    record_extended(thread, ticks, SPOOL_EXT_GAP, payload, 3);
}

void
record_attend(struct thread *thread)
{
    if (!thread->cursor.end)
        reserve(thread, clock_ticks(spool_clock_kind), 2);
}

/* There is room, and time counts on: it is only time to look. */
static bool
is_whole(const struct thread *thread, uint64_t ticks)
{
    return thread->cursor.next != thread->cursor.end &&
           !((ticks - thread->cursor.base_ticks) >> SPOOL_TIME_BITS);
}

static void
store_slowly(struct thread *thread, uint64_t ticks, uint32_t word)
{
    int saved = errno;
    struct work work = record_begin_work();
    int ahead = calls_ahead(word);
    thread->top -= ahead;
    bool room = reserve(thread, ticks, 2);
    thread->top += ahead;
    if (room) {
        uint64_t delta = delta_from_base(thread, ticks);
        store(thread, delta << SPOOL_TIME_SHIFT | word);
        window_note_clock(thread);
        record_busy(thread, &work);
    } else {
        process_lose(1);
    }
    errno = saved;
}

void
record_slowly(struct thread *thread, uint64_t ticks, uint32_t word)
{
    if (is_whole(thread, ticks))
        store(thread,
              (ticks - thread->cursor.base_ticks) << SPOOL_TIME_SHIFT | word);
    else
        store_slowly(thread, ticks, word);
    if (tick_is_due(&thread->cursor, ticks))
        tick_look(thread, ticks);
}

/* Shorter work was hardly preempted, and is not asked. */
#define SHORT_TICKS (1u << 15)

static uint64_t
nanoseconds_of(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

struct work
record_begin_work(void)
{
    struct rusage usage;
    struct work work = {.since_ticks = clock_ticks(spool_clock_kind)};
    if (getrusage(RUSAGE_THREAD, &usage) != 0)
        return work;
    work.preempted = usage.ru_nivcsw;
    work.cpu_ns =
        nanoseconds_of(usage.ru_utime) + nanoseconds_of(usage.ru_stime) + 1;
    work.since_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    return work;
}

/* What blocks our own work, such as a slow disk, is its price; that the
 * processor was given to others is not.  Both are said in nanoseconds, and what
 * a tick is nobody here knows. */
static uint64_t
worked_ticks(const struct work *work)
{
    struct rusage usage;
    uint64_t ticks = clock_ticks(spool_clock_kind) - work->since_ticks;
    if (ticks < SHORT_TICKS || !work->cpu_ns ||
        getrusage(RUSAGE_THREAD, &usage) != 0 ||
        usage.ru_nivcsw == work->preempted)
        return ticks;
    uint64_t wall_ns = clock_nanoseconds(CLOCK_MONOTONIC) - work->since_ns;
    uint64_t cpu_ns = nanoseconds_of(usage.ru_utime) +
                      nanoseconds_of(usage.ru_stime) + 1 - work->cpu_ns;
    return cpu_ns >= wall_ns
               ? ticks
               : (uint64_t)((double)ticks * (double)cpu_ns / (double)wall_ns);
}

void
record_busy(struct thread *thread, const struct work *work)
{
    const uint64_t most = (1u << SPOOL_ID_BITS) - 1;
    uint64_t units = worked_ticks(work) >> SPOOL_BUSY_UNIT_SHIFT;
    uint64_t at = work->since_ticks;
    while (units && reserve(thread, at, 2)) {
        uint64_t part = units < most ? units : most;
        at += part << SPOOL_BUSY_UNIT_SHIFT;
        uint64_t delta = delta_from_base(thread, at);
        store(thread, spool_word(delta, (uint32_t)part, SPOOL_BUSY));
        units -= part;
    }
}

static void
put(struct thread *thread, uint64_t ticks, uint32_t word)
{
    if (!record_try_put(thread, ticks, word))
        record_slowly(thread, ticks, word);
}

void
record_enter_unrecorded(struct thread *thread, const void *key, uint32_t word)
{
    if (thread_push_unrecorded(thread, key, word) < 0)
        process_lose(1);
}

void
record_enter_slowly(struct thread *thread, const void *key, uint32_t word)
{
    record_close_lost(thread, NULL);
    if (thread->unrecorded || thread_open(thread) >= thread_most_calls) {
        record_enter_unrecorded(thread, key, word);
        return;
    }
    if (thread->top == thread->room && thread_grow_stack(thread) < 0) {
        process_lose(1);
        return;
    }
    *thread->top = (struct call){key, word, {thread->top[-1].frame}};
    thread->top++;
    put(thread, clock_ticks(spool_clock_kind), word);
}

/* It ends, with all that is open in it. */
static void
pop(struct thread *thread, struct call *call, uint64_t ticks, uint32_t kind)
{
    thread->passed = thread->unrecorded && call >= thread->unrecorded;
    thread_cut(thread, call);
    if (shortcall_is_on && !thread->passed)
        thread->passed = shortcall_drop(thread, call->word, ticks);
    if (!thread->passed)
        put(thread, ticks, RECORD_ID(call->word) | kind);
}

bool
record_exit(struct thread *thread, const void *key, enum spool_kind kind,
            uint64_t ticks)
{
    struct call *top = thread->top - 1;
    if (top->key != key)
        return false;
    pop(thread, top, ticks, (uint32_t)kind);
    return true;
}

void
record_close_lost(struct thread *thread, const void *key)
{
    while (thread->top > thread->bottom && thread->top[-1].word & CALL_LOST &&
           thread->top[-1].key != key)
        record_exit(thread, thread->top[-1].key, SPOOL_EXIT_UNSEEN,
                    clock_ticks(spool_clock_kind));
    if (thread->top >= thread->limit && !(thread->limit[-1].word & CALL_LOST))
        thread_set_limit(thread);
}

bool
record_is_open(const struct thread *thread, const void *key)
{
    const struct call *call = thread->top;
    while (call-- > thread->bottom)
        if (call->key == key)
            return true;
    return false;
}

void
record_unmatched_exit(struct thread *thread, const void *key, uint32_t word)
{
    uint32_t kind = word & 15;
    for (struct call *call = thread->top; call-- > thread->bottom;) {
        if (call->key != key)
            continue;
        pop(thread, call, clock_ticks(spool_clock_kind), kind);
        return;
    }
    if (!RECORD_ID(word)) { /* whose exit it is can't be said */
        process_lose(1);
        return;
    }
    kind = thread->whole ? kind : SPOOL_EXIT_UNOPENED;
    put(thread, clock_ticks(spool_clock_kind), RECORD_ID(word) | kind);
}

#define BEHIND 4 /* records that may lie behind such an exit */

/* Of our own work, and the exit of a named span around the call. */
static bool
may_lie_behind(uint64_t word)
{
    return (word & 15) == SPOOL_BUSY || (word & 15) == SPOOL_TIME ||
           (word & 15) == SPOOL_EXIT_EXCEPTION;
}

static bool
is_exit_of(uint64_t record, uint32_t word)
{
    uint64_t below_time = (1ull << SPOOL_TIME_SHIFT) - 1;
    return (record & below_time) == (RECORD_ID(word) | SPOOL_EXIT_EXCEPTION);
}

/* It is written at once and may change later, so that a program that dies in
 * between loses nothing. */
void
record_doubt(struct thread *thread, uint32_t word, const void *key)
{
    uint64_t *record = thread->cursor.next;
    int looked = 0;
    if (!record || thread->passed)
        return;
    do
        record--;
    while (!is_exit_of(*record, word) && may_lie_behind(*record) &&
           ++looked < BEHIND);
    thread->doubt = is_exit_of(*record, word)
                        ? (struct doubt){record, thread->cursor.next, key}
                        : (struct doubt){NULL, NULL, NULL};
}

void
record_settle(struct thread *thread, const void *key, enum spool_kind kind)
{
    struct doubt doubt = thread->doubt;
    if (doubt.key != key || doubt.next != thread->cursor.next)
        return;
    thread->doubt = (struct doubt){NULL, NULL, NULL};
    for (uint64_t *at = doubt.record; at && at < doubt.next; at++)
        if ((*at & 15) == SPOOL_EXIT_EXCEPTION)
            __atomic_store_n(at, *at - SPOOL_EXIT_EXCEPTION + (uint64_t)kind,
                             __ATOMIC_RELEASE);
}

/* Does its last EXT EXCEPTION end there?  The window is used again and again. */
static bool
is_exception(const struct thread *thread, const uint64_t *end)
{
    const uint64_t *begin = thread->exceptions.begin;
    return end == thread->exceptions.end && begin < end &&
           (*begin & 15) == SPOOL_EXT &&
           (*begin >> 16 & SPOOL_EXT_WORDS_MAX) == (uint64_t)(end - begin - 1);
}

void
record_uncaught(struct thread *thread, uint64_t *last)
{
    const struct spool_chunk *chunk = thread->chunk;
    if (!thread->cursor.next)
        return;
    const uint64_t *first =
        (const void *)((const char *)chunk + chunk->data_offset);
    while (last > first) {
        if (is_exception(thread, last)) {
            last = thread->exceptions.begin;
            continue;
        }
        last--;
        if ((*last & 15) != SPOOL_EXIT_CONTROL && (*last & 15) != SPOOL_BUSY)
            return;
        if ((*last & 15) == SPOOL_EXIT_CONTROL)
            __atomic_store_n(last,
                             *last - SPOOL_EXIT_CONTROL + SPOOL_EXIT_EXCEPTION,
                             __ATOMIC_RELEASE);
    }
}

void
record_exception(struct thread *thread, const uint64_t *payload, uint32_t words)
{
    record_extended(thread, clock_ticks(spool_clock_kind), SPOOL_EXT_EXCEPTION,
                    payload, words);
    thread->exceptions.end = thread->cursor.next;
    thread->exceptions.begin =
        thread->cursor.next ? thread->cursor.next - words - 1 : NULL;
}

void
record_extended(struct thread *thread, uint64_t ticks, enum spool_ext type,
                const uint64_t *payload, uint32_t words)
{
    int saved = errno;
    if (words <= WINDOW_EXT_WORDS && reserve(thread, ticks, words + 2)) {
        uint64_t delta = delta_from_base(thread, ticks);
        uint64_t *head = thread->cursor.next;
        for (uint32_t i = 0; i < words; i++)
            head[1 + i] = payload[i];
        thread->cursor.next = head + 1 + words;
        __atomic_store_n(head, spool_ext_head(delta, words, type),
                         __ATOMIC_RELEASE);
    } else {
        process_lose(1);
    }
    errno = saved;
}

void
record_end_track(struct thread *thread)
{
    if (thread->cursor.end && !process_is_broken()) {
        record_extended(thread, clock_ticks(spool_clock_kind),
                        SPOOL_EXT_TRACK_END, NULL, 0);
        window_end(thread);
        entry_end_track(thread->track_number);
    }
    window_drop(thread);
    memset(&thread->cursor, 0, sizeof thread->cursor);
}
