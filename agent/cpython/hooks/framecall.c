/* SPDX-License-Identifier: Apache-2.0
 *
 * framecall.c: a frame is entered, evaluated and left; its exit is exact on the
 * C stack, whatever the host does with profilers.
 *
 * The C stack is also the limit: each evaluation through us takes more of it
 * than the interpreter's own, and in 3.11 much more, because calls are no longer
 * inlined.  Past the guard a profile function records instead, until the frame
 * that passed it returns.
 */
#include "agent/cpython/hooks/framecall.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/exception.h"
#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/slot.h"
#include "agent/cpython/follow/around.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/follow/attend.h"
#include "agent/cpython/follow/gap.h"
#include "agent/cpython/follow/triggered.h"
#include "agent/cpython/hooks/foreign.h"
#include "agent/cpython/hooks/hook.h"
#include "agent/cpython/hooks/profile.h"
#include "agent/cpython/hooks/uncaught.h"
#include "agent/cpython/names/generator.h"

static struct {
    void *next;
    void (*aside)(bool aside);
    int asides; /* how many threads are past their guard */
} frames;

static PyObject *
pass(void *state, void *frame, int throwing)
{
    if (py.minor < 9)
        return ((evaluate_36 *)frames.next)(frame, throwing);
    return ((evaluate_39 *)frames.next)(state, frame, throwing);
}

/* == LEAVING ============================================================== */

/* During a pause the calls of deep frames end unseen: only this one and those
 * outside of it did not. */
static void
end_unseen(struct thread *thread, size_t depth)
{
    uint64_t now = clock_ticks(spool_clock_kind);
    thread_cut(thread, thread->bottom + depth);
    record_gap(thread, now, thread->gap_ticks, thread_pause_reason,
               thread_depth(thread));
    thread->gap_ticks = now;
}

/* The frame is left.  If its depth is no longer reached, something else has
 * recorded the exit already. */
static __attribute__((noinline)) void
leave_slowly(struct thread *thread, const void *key, size_t depth,
             enum spool_kind kind)
{
    if (thread_open(thread) < depth)
        return;
    if (thread->parked && thread_open(thread) > depth && thread->cursor.end)
        end_unseen(thread, depth);
    if (!record_exit(thread, key, kind, clock_ticks(spool_clock_kind)))
        record_unmatched_exit(thread, key, (uint32_t)kind);
}

/* == GENERATORS AND FIRST SIGHTS ========================================== */

static uint64_t
attend(PyObject *code, uint64_t word, struct thread *thread, void *frame)
{
    if (!CODE_ASKS(word))
        return word;
    PyObject *globals = frame_globals(frame);
    word =
        attend_code_in(code, word, thread, frame_object(frame), globals, true);
    pyobject_release(globals);
    return word;
}

static enum spool_kind
kind_of_entry(uint64_t word, int lasti, int throwing)
{
    if (!(word & CODE_GENERATOR) || !generator_has_begun(word, lasti))
        return SPOOL_ENTER_PYTHON;
    return throwing ? SPOOL_THROW : SPOOL_RESUME;
}

static __attribute__((noinline, cold)) enum spool_kind
kind_of_unwind(struct thread *thread, bool generator)
{
    enum spool_kind kind = exception_exit_pending(generator);
    if (kind == SPOOL_EXIT_CONTROL && !generator &&
        thread->top > thread->bottom)
        kind =
            uncaught_exit_pending(thread, thread->top - 1, thread->cursor.next);
    uncaught_tell_pending(thread, thread->top - 1, kind);
    return kind;
}

static enum spool_kind
kind_of_exit(struct thread *thread, PyObject *result, uint64_t word,
             void *frame, PyObject *code)
{
    if (!result)
        return kind_of_unwind(thread, word & CODE_GENERATOR);
    if (word & CODE_GENERATOR &&
        generator_has_yielded(word, frame_lasti(frame, code)))
        return SPOOL_YIELD;
    return SPOOL_EXIT;
}

/* 3.11 evaluates a generator function once only to make the generator. */
static bool
makes_generator(uint64_t word, int lasti)
{
    return py.minor == 11 && word & CODE_GENERATOR && lasti < 0;
}

static __attribute__((noinline)) PyObject *
evaluate_slowly(struct thread *thread, void *state, void *frame, int throwing)
{
    PyObject *code = frame_code(frame);
    uint64_t word = code ? code_word(code) : 0;
    if (code && (word & CODE_WATCHED || !foreign_is_folded(thread, word)))
        word = attend(code, word, thread, frame);
    int lasti = word & CODE_GENERATOR ? frame_lasti(frame, code) : -1;
    if (!word || makes_generator(word, lasti) ||
        foreign_is_folded(thread, word))
        return pass(state, frame, throwing);
    const void *key = CODE_KEY(code, word);
    uint32_t kind = kind_of_entry(word, lasti, throwing);
    py.Py_IncRef(code); /* 3.11 may free it with the frame */
    size_t before = thread_open(thread);
    hook_enter_known(thread, code, word, kind, frame);
    size_t depth = before + 1 + !!(word & CODE_SPANNED);
    PyObject *result = pass(state, frame, throwing);
    thread->result = result;
    if (word & CODE_WATCHED)
        attend_code_in(code, word, thread, frame_object(frame), NULL, false);
    enum spool_kind ended = kind_of_exit(thread, result, word, frame, code);
    if (ended == SPOOL_EXIT && thread == thread_followed())
        hook_return(thread, code, word, result);
    leave_slowly(thread, key, depth, ended);
    if (word & CODE_SPANNED)
        around_exit(thread, code, ended);
    if (CODE_TRIGGER(word))
        triggered_exit(thread, CODE_TRIGGER(word));
    py.Py_DecRef(code);
    return result;
}

/* == DEEP RECURSION ======================================================= */

/* In 3.11 calls nest on the C stack only because we are there, so we step aside,
 * for all threads, and a profile function sees the calls of them all.  The
 * recording may pause, or end and begin, before that is over. */
static bool
step_aside(void)
{
    if (frames.asides++ == 0) {
        frames.aside(true);
        return slot_put_in_all(profile_python_callback);
    }
    return slot_put(profile_python_callback);
}

static void
end_aside(void)
{
    slot_take_out_of_all(profile_python_callback);
    if (!gap_is_open())
        frames.aside(false);
}

bool
framecall_stays_aside(void)
{
    return frames.asides > 0 && slot_put_in_all(profile_python_callback);
}

static void
step_back(void)
{
    if (--frames.asides == 0)
        end_aside();
}

/* While we are aside; see hook.h. */
static void
look_around(void)
{
    if (process_is_new()) { /* this thread is the only one in it */
        frames.asides = thread_own && thread_own->deep;
        if (frames.asides == 0)
            end_aside();
    } else if (slot_is_newest_empty()) {
        slot_put_in_all(profile_python_callback);
    }
}

/* Where the host's own profiler is in the place of ours, calls are missed. */
static PyObject *
evaluate_deep(struct thread *thread, void *state, void *frame, int throwing)
{
    uint64_t since = clock_ticks(spool_clock_kind);
    size_t open = thread_depth(thread);
    char *guard = thread_begin_deep(thread);
    bool seen =
        py.minor == 11 ? step_aside() : slot_put(profile_python_callback);
    PyObject *result = pass(state, frame, throwing);
    if (py.minor == 11)
        step_back();
    else
        slot_take_out(profile_python_callback);
    thread_end_deep(thread, guard);
    if (!seen && thread_current)
        record_gap(thread, clock_ticks(spool_clock_kind), since,
                   SPOOL_GAP_DISPLACED, open);
    return result;
}

/* Nothing is to be recorded now; the C stack fills all the same. */
static PyObject *
evaluate_unseen(void *state, void *frame, int throwing)
{
    struct thread *thread = py.minor == 11 ? thread_own : NULL;
    return thread && !thread->deep && thread_is_deep(thread)
               ? evaluate_deep(thread, state, frame, throwing)
               : pass(state, frame, throwing);
}

/* == THE HOOK ============================================================= */

static __attribute__((noinline)) PyObject *
evaluate_with_care(void *state, void *frame, int throwing)
{
    struct thread *thread = attach_thread();
    if (!thread)
        return evaluate_unseen(state, frame, throwing);
    if (thread->deep) {
        slot_put(profile_python_callback); /* a pause may have taken it out */
        return pass(state, frame, throwing);
    }
    return (thread_is_deep(thread) ? evaluate_deep : evaluate_slowly)(
        thread, state, frame, throwing);
}

/* A step of a generator that is known.  What is left of a frame is there as long
 * as the generator is, which the caller holds. */
static __attribute__((noinline)) PyObject *
evaluate_step(void *state, void *frame, int throwing, uint64_t word)
{
    struct thread *thread = thread_current;
    PyObject *code = python_word(frame, frame_code_offset);
    const void *key = CODE_KEY(code, word);
    int lasti = frame_known_lasti(frame, code);
    if (makes_generator(word, lasti))
        return pass(state, frame, throwing);
    uint32_t kind = kind_of_entry(word, lasti, throwing);
    if (unlikely(!record_try_enter(thread, key,
                                   (uint32_t)word + kind - SPOOL_ENTER_PYTHON)))
        return evaluate_with_care(state, frame, throwing);
    size_t depth = thread_open(thread);
    PyObject *result = pass(state, frame, throwing);
    enum spool_kind ended = kind_of_exit(thread, result, word, frame, code);
    if (unlikely(thread_open(thread) != depth ||
                 !record_try_exit(thread, key, ended)))
        leave_slowly(thread, key, depth, ended);
    return result;
}

/* What differs between versions, for the compiler to know. */
enum version {
    SINCE_36,
    SINCE_37,
    SINCE_39
};

static inline __attribute__((always_inline)) PyObject *
evaluate(void *state, void *frame, int throwing, enum version version)
{
    void *next = frames.next;
    struct thread *thread = thread_current;
    if (unlikely(!thread || thread_is_deep(thread)))
        return evaluate_with_care(state, frame, throwing);
    PyObject *code = python_word(frame, frame_code_offset);
    uint64_t word = extra_known(code, version == SINCE_36);
    if (unlikely(!CODE_PLAIN(word)))
        return CODE_IS_LEFT_OUT(word) ? pass(state, frame, throwing)
               : CODE_STEPS(word) && frame_lasti_place.offset
                   ? evaluate_step(state, frame, throwing, word)
                   : evaluate_with_care(state, frame, throwing);
    if (unlikely(!record_try_enter(thread, code, (uint32_t)word)))
        return evaluate_with_care(state, frame, throwing);
    size_t depth = thread_open(thread);
    PyObject *result = version == SINCE_39
                           ? ((evaluate_39 *)next)(state, frame, throwing)
                           : ((evaluate_36 *)next)(frame, throwing);
    enum spool_kind kind =
        likely(result != NULL) ? SPOOL_EXIT : kind_of_unwind(thread, false);
    if (unlikely(thread_open(thread) != depth ||
                 !record_try_exit(thread, code, kind)))
        leave_slowly(thread, code, depth, kind);
    return result;
}

static PyObject *
evaluate_frame_36(void *frame, int throwing)
{
    return evaluate(NULL, frame, throwing, SINCE_36);
}

static PyObject *
evaluate_frame_37(void *frame, int throwing)
{
    return evaluate(NULL, frame, throwing, SINCE_37);
}

static PyObject *
evaluate_frame_39(void *state, void *frame, int throwing)
{
    return evaluate(state, frame, throwing, SINCE_39);
}

static PyObject *
evaluate_with_care_36(void *frame, int throwing)
{
    return evaluate_with_care(NULL, frame, throwing);
}

static void *
choose(void)
{
    if (!frame_code_offset || !hook_knows_all())
        return py.minor < 9 ? (void *)evaluate_with_care_36
                            : (void *)evaluate_with_care;
    return py.minor < 7   ? (void *)evaluate_frame_36
           : py.minor < 9 ? (void *)evaluate_frame_37
                          : (void *)evaluate_frame_39;
}

bool
framecall_owns(const void *function)
{
    return function == (void *)evaluate_frame_36 ||
           function == (void *)evaluate_frame_37 ||
           function == (void *)evaluate_frame_39 ||
           function == (void *)evaluate_with_care_36 ||
           function == (void *)evaluate_with_care;
}

void *
framecall_begin(void *next, void (*aside)(bool aside))
{
    frames.next = next;
    frames.aside = aside;
    profile_look_by(py.minor == 11 ? look_around : NULL);
    return choose();
}
