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
#include "agent/cpython/framecall.h"

#include "agent/cpython/frame.h"
#include "agent/cpython/generator.h"
#include "agent/cpython/hook.h"
#include "agent/cpython/label.h"
#include "agent/cpython/slot.h"
#include "agent/cpython/span.h"

static struct {
    void *next;
    void (*aside)(bool aside);
    int asides; /* how many threads are past their guard */
} frames;

static inline PyObject *
run(void *state, void *frame, int throwing, bool stated)
{
    if (stated)
        return ((evaluate_39 *)frames.next)(state, frame, throwing);
    return ((evaluate_36 *)frames.next)(frame, throwing);
}

static __attribute__((noinline)) void
leave_slowly(struct thread *thread, const void *key, enum spool_kind kind)
{
    if (!record_exit(thread, key, kind, clock_ticks(spool_clock_kind)))
        record_unmatched_exit(thread, key, (uint32_t)kind);
}

/* The frame is left.  If its depth is no longer reached, a profile function has
 * recorded the exit already. */
static inline void
leave(struct thread *thread, const void *key, ptrdiff_t depth,
      enum spool_kind kind)
{
    if (unlikely(thread->top - thread->bottom < depth))
        return;
    if (unlikely(!record_try_exit(thread, key, kind)))
        leave_slowly(thread, key, kind);
}

/* == GENERATORS AND FIRST SIGHTS ========================================== */

static uint64_t
attend(PyObject *code, uint64_t word, struct thread *thread, void *frame)
{
    if (!CODE_ASKS(word))
        return word;
    PyObject *globals = frame_globals(frame);
    word = hook_attend_in(code, word, thread, frame_object(frame), globals);
    label_give_back(globals);
    return word;
}

static enum spool_kind
kind_of_entry(uint64_t word, int lasti, int throwing)
{
    if (!(word & CODE_GENERATOR) || !generator_has_begun(word, lasti))
        return SPOOL_ENTER_PYTHON;
    return throwing ? SPOOL_THROW : SPOOL_RESUME;
}

static enum spool_kind
kind_of_exit(PyObject *result, uint64_t word, void *frame, PyObject *code)
{
    if (!result)
        return SPOOL_EXIT_EXCEPTION;
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

static PyObject *
evaluate_slowly(struct thread *thread, void *state, void *frame, int throwing,
                bool stated)
{
    PyObject *code = frame_code(frame);
    uint64_t word = code ? attend(code, code_word(code), thread, frame) : 0;
    int lasti = word & CODE_GENERATOR ? frame_lasti(frame, code) : -1;
    if (!word || makes_generator(word, lasti))
        return run(state, frame, throwing, stated);
    const void *key = CODE_KEY(code, word);
    uint32_t kind = kind_of_entry(word, lasti, throwing);
    py.Py_IncRef(code); /* 3.11 may free it with the frame */
    ptrdiff_t before = thread->top - thread->bottom;
    hook_enter_known(thread, code, word, kind, frame);
    ptrdiff_t depth = before + 1 + !!(word & CODE_SPANNED);
    PyObject *result = run(state, frame, throwing, stated);
    if (word & CODE_WATCHED)
        hook_attend_in(code, word, thread, frame_object(frame), NULL);
    enum spool_kind ended = kind_of_exit(result, word, frame, code);
    leave(thread, key, depth, ended);
    if (word & CODE_SPANNED)
        span_exit_around(thread, code, ended);
    py.Py_DecRef(code);
    return result;
}

/* == DEEP RECURSION ======================================================= */

/* In 3.11 calls nest on the C stack only because we are there, so we step aside,
 * for all threads, and a profile function sees the calls of them all. */
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
    frames.aside(false);
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
evaluate_deep(struct thread *thread, void *state, void *frame, int throwing,
              bool stated)
{
    uint64_t since = clock_ticks(spool_clock_kind);
    size_t open = thread_depth(thread);
    thread->deep = true;
    bool seen =
        py.minor == 11 ? step_aside() : slot_put(profile_python_callback);
    PyObject *result = run(state, frame, throwing, stated);
    if (py.minor == 11)
        step_back();
    else
        slot_take_out(profile_python_callback);
    thread->deep = false;
    if (!seen)
        record_gap(thread, clock_ticks(spool_clock_kind), since,
                   SPOOL_GAP_DISPLACED, open);
    return result;
}

/* == THE HOOK ============================================================= */

static inline PyObject *
evaluate(void *state, void *frame, int throwing, bool stated)
{
    struct thread *thread = hook_thread();
    if (unlikely(!thread || thread->deep))
        return run(state, frame, throwing, stated);
    if (unlikely(thread_is_deep(thread)))
        return evaluate_deep(thread, state, frame, throwing, stated);
    if (unlikely(!frame_code_offset)) /* the very first frame */
        return evaluate_slowly(thread, state, frame, throwing, stated);
    PyObject *code = python_word(frame, frame_code_offset);
    uint64_t word = code_word(code);
    if (unlikely(!CODE_PLAIN(word)))
        return evaluate_slowly(thread, state, frame, throwing, stated);
    record_enter(thread, code, (uint32_t)word);
    ptrdiff_t depth = thread->top - thread->bottom;
    PyObject *result = run(state, frame, throwing, stated);
    leave(thread, code, depth, result ? SPOOL_EXIT : SPOOL_EXIT_EXCEPTION);
    return result;
}

static PyObject *
evaluate_frame_36(void *frame, int throwing)
{
    return evaluate(NULL, frame, throwing, false);
}

static PyObject *
evaluate_frame_39(void *state, void *frame, int throwing)
{
    return evaluate(state, frame, throwing, true);
}

void *
framecall_begin(void *next, void (*aside)(bool aside))
{
    frames.next = next;
    frames.aside = aside;
    frames.asides = 0;
    profile_look = py.minor == 11 ? look_around : NULL;
    return py.minor < 9 ? (void *)evaluate_frame_36 : (void *)evaluate_frame_39;
}
