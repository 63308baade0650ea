/* SPDX-License-Identifier: Apache-2.0
 *
 * gil.c: see gil.h.  The GIL is {..., last holder, locked, switch number, condition,
 * mutex}: in _PyRuntime from 3.7 on, in the interpreter where that has one of its
 * own; in 3.6 they are variables of the library.  Where the holder lies is learned
 * by looking: whoever has the GIL finds its own thread state there.
 *
 * The thread state of who holds the GIL is alive as long as we have the mutex, which
 * is needed to give the GIL away; before 3.9 it may be freed a moment earlier.
 */
#include "agent/cpython/follow/gil.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "agent/base/object.h"
#include "agent/base/process.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/library.h"
#include "agent/track/glance.h"
#include "agent/track/threads.h"
#include "agent/track/tick.h"
#include "agent/track/wait.h"
#include "formats/spool/clock.h"

#define FREED_LATER 9  /* minor version: a thread state goes after the GIL */
#define STATE_WORDS 24 /* a thread state has more, on all versions */
#define AROUND      64 /* so far from the condition the holder is looked for */
#define TRIES       64
#define SHORT_TICKS (1u << 14) /* some 5 us: nothing waited */
#define SAME_TICKS  (1u << 17) /* between two waits that are one */

bool gil_is_watched;

static struct {
    bool wanted;
    uintptr_t library; /* where the interpreter lies */
    uintptr_t runtime; /* its _PyRuntime; 0: it has none */
    size_t runtime_bytes;
    const char *main;    /* the condition of the main one; NULL: not yet */
    size_t ident;        /* of the thread in a thread state; 0: not known */
    ptrdiff_t holder;    /* from the condition; 0: not known */
    ptrdiff_t candidate; /* a thread that had it found itself there */
    bool changes;        /* and somebody else when it waited again */
    int tries;           /* that are left */
} gil;

void
gil_want(bool recorded)
{
    gil.wanted = recorded;
}

/* == LEARNING ============================================================= */

static void
learn_ident(void)
{
    const void *state = py.PyThreadState_Get();
    gil.ident = 0;
    for (size_t at = 0; at < STATE_WORDS * sizeof(void *) && !gil.ident;
         at += sizeof(void *))
        if ((uintptr_t)python_word(state, at) == (uintptr_t)pthread_self())
            gil.ident = at;
}

void
gil_watch(void)
{
    struct object object;
    void *known = (void *)py.Py_GetVersion;
    if (!gil.wanted || !object_at(known, &object))
        return;
    gil.library = object.base;
    gil.runtime_bytes = 0;
    if (!library_extent("_PyRuntime", &gil.runtime, &gil.runtime_bytes))
        gil.runtime = 0;
    gil.main = NULL;
    gil.holder = gil.candidate = 0;
    gil.tries = TRIES;
    learn_ident();
    __atomic_store_n(&gil_is_watched, true, __ATOMIC_RELEASE);
}

/* The only word around it that is this one; 0: there is none, or several. */
static ptrdiff_t
distance_of(const char *condition, const void *state)
{
    ptrdiff_t found = 0;
    ptrdiff_t end = (ptrdiff_t)sizeof(pthread_cond_t) + AROUND;
    for (ptrdiff_t at = -AROUND; at < end; at += (ptrdiff_t)sizeof(void *)) {
        if (at == 0)
            at = (ptrdiff_t)sizeof(pthread_cond_t);
        if (*(const void *const *)(const void *)(condition + at) != state)
            continue;
        if (found)
            return 0;
        found = at;
    }
    return found;
}

static void
learn_holder(struct thread *thread, const char *condition)
{
    const void *state = py.PyThreadState_Get();
    ptrdiff_t distance = distance_of(condition, state);
    gil.tries--;
    if (distance && distance == gil.candidate && gil.changes)
        __atomic_store_n(&gil.holder, distance, __ATOMIC_RELEASE);
    if (distance != gil.candidate)
        gil.changes = false;
    gil.candidate = distance;
    thread->gil.state = state;
}

/* Somebody else has it now. */
static void
learn_change(const struct thread *thread, const char *condition)
{
    const char *place = condition + gil.candidate;
    if (gil.candidate && thread->gil.state)
        gil.changes =
            *(const void *const *)(const void *)place != thread->gil.state;
}

static bool
is_learning(void)
{
    return !gil.holder && gil.tries > 0;
}

/* == WHO HAS IT =========================================================== */

/* Between the two is the switch number, which nobody reads. */
static bool
knows_lock(void)
{
    return gil.holder < 0;
}

static bool
is_locked(const char *condition)
{
    const char *holder = condition + gil.holder;
    return *(const volatile int *)(const void *)(holder + sizeof(void *)) != 0;
}

/* The word there, where nothing may be mapped any more; 0 then. */
static uintptr_t
peek(const char *at)
{
    uintptr_t word = 0;
    struct iovec to = {&word, sizeof word};
    struct iovec from = {(void *)at, sizeof word};
    if (process_is_filtered())
        return 0;
    long got = syscall(SYS_process_vm_readv, getpid(), &to, 1, &from, 1, 0);
    return got == (long)sizeof word ? word : 0;
}

static const char *
holding_state(const char *condition)
{
    if (py.minor < 12)
        return (const char *)py._PyThreadState_UncheckedGet();
    if (!knows_lock() || !is_locked(condition))
        return NULL;
    return *(const char *const *)(const void *)(condition + gil.holder);
}

static struct glance
look_at_holder(const char *condition)
{
    const char *state = gil.ident ? holding_state(condition) : NULL;
    if (!state)
        return (struct glance){0};
    const char *at = state + gil.ident;
    return glance_at(py.minor < FREED_LATER
                         ? peek(at)
                         : *(const uintptr_t *)(const void *)at);
}

/* Else it is done where the first 5 ms were not enough. */
static bool
is_cheap_to_look(void)
{
    return py.minor >= FREED_LATER;
}

/* == WHICH CONDITION ====================================================== */

static bool
is_in_library(const void *address)
{
    struct object object;
    return object_at_quickly(address, &object) && object.base == gil.library;
}

static bool
is_main(const char *condition)
{
    if (condition == gil.main)
        return true;
    if (gil.runtime ? (uintptr_t)condition - gil.runtime >= gil.runtime_bytes
                    : gil.main || !is_in_library(condition))
        return false;
    gil.main = condition;
    return true;
}

/* From 3.12 on the interpreter's own code waits like this for a GIL alone. */
static bool
is_gil(const char *condition, const void *caller)
{
    return is_main(condition) ||
           (py.minor >= 12 && interpreter_several && is_in_library(caller));
}

/* Its second condition lies beside the first one, and is the only other one. */
static bool
is_hand_over(const char *condition, const void *caller)
{
    if (gil.runtime && (uintptr_t)condition - gil.runtime < gil.runtime_bytes)
        return true;
    return gil.runtime
               ? py.minor >= 12 && interpreter_several && is_in_library(caller)
               : is_in_library(condition);
}

/* == WAITS ================================================================ */

static void
store(struct thread *thread, const void *unused)
{
    const struct thread_gil *waits = &thread->gil;
    struct wait wait = {
        .kind = SPOOL_WAIT_GIL,
        .begin_ticks = waits->begin_ticks,
        .end_ticks = waits->end_ticks,
        .holder_function = waits->holder.function,
        .holder_track = waits->holder.track,
        .amount = WAIT_AMOUNT_UNKNOWN,
    };
    (void)unused;
    wait_record(thread, &wait);
}

static void
finish(struct thread *thread)
{
    struct thread_gil *waits = &thread->gil;
    if (waits->begin_ticks &&
        waits->end_ticks - waits->begin_ticks >= SHORT_TICKS)
        threads_write(thread, store, NULL);
    waits->begin_ticks = 0;
}

/* It has the GIL, so the wait is over, if nobody knew that. */
void
gil_learn(void)
{
    struct thread *thread = thread_own;
    const char *condition = thread ? thread->gil.condition : NULL;
    if (!condition)
        return;
    thread->gil.condition = NULL;
    finish(thread);
    if (is_learning())
        learn_holder(thread, condition);
}

bool
gil_wait_begin(const void *condition, const void *caller)
{
    struct thread *thread = thread_followed();
    if (!thread || !is_gil(condition, caller))
        return false;
    struct thread_gil *waits = &thread->gil;
    uint64_t now = clock_ticks(spool_clock_kind);
    if (is_learning())
        learn_change(thread, condition);
    if (waits->begin_ticks && !knows_lock() &&
        now - waits->end_ticks > SAME_TICKS)
        finish(thread);
    if (!waits->begin_ticks)
        waits->holder = (struct glance){0};
    if (!waits->holder.track && (waits->begin_ticks || is_cheap_to_look()))
        waits->holder = look_at_holder(condition);
    if (!waits->begin_ticks)
        waits->begin_ticks = now;
    return true;
}

void
gil_wait_end(const void *condition, int result)
{
    struct thread *thread = thread_own;
    if (!thread)
        return;
    struct thread_gil *waits = &thread->gil;
    waits->end_ticks = clock_ticks(spool_clock_kind);
    if (thread_is_silent(thread))
        waits->begin_ticks = 0;
    else if (knows_lock() ? !is_locked(condition) : result == 0)
        finish(thread);
    if (is_learning() || (waits->begin_ticks && !knows_lock())) {
        waits->condition = condition;
        tick_call_attention(thread);
    }
}

/* Who was asked to give the GIL away waits until somebody has taken it. */
bool
gil_handing_begin(const void *condition, const void *caller)
{
    struct thread *thread = thread_followed();
    if (!thread || thread->gil.begin_ticks || !is_hand_over(condition, caller))
        return false;
    thread->gil.holder = (struct glance){0};
    thread->gil.begin_ticks = clock_ticks(spool_clock_kind);
    return true;
}

void
gil_handing_end(void)
{
    struct thread *thread = thread_own;
    if (!thread)
        return;
    thread->gil.end_ticks = clock_ticks(spool_clock_kind);
    if (thread_is_silent(thread))
        thread->gil.begin_ticks = 0;
    else
        finish(thread);
}
