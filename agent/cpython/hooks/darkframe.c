/* SPDX-License-Identifier: Apache-2.0
 *
 * darkframe.c: see darkframe.h.  Code is dark once it has run and has called no C
 * function that a rule wants, and names none; what it may call later is not looked
 * at, as in monitoring.c.
 */
#include "agent/cpython/hooks/darkframe.h"

#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/slot.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/hooks/foreign.h"
#include "agent/cpython/hooks/framecall.h"
#include "agent/cpython/hooks/profile.h"
#include "agent/cpython/hooks/running.h"
#include "agent/cpython/names/code.h"
#include "agent/cpython/names/wanted.h"

static struct {
    void *recorded, *next;
} frames;

static inline PyObject *
evaluate(void *function, void *state, void *frame, int throwing)
{
    return py.minor < 9 ? ((evaluate_36 *)function)(frame, throwing)
                        : ((evaluate_39 *)function)(state, frame, throwing);
}

/* == WHAT IS SWITCHED ===================================================== */

/* In 3.11 the call around a dark frame stands for it; see running.h. */
struct place {
    bool taken;
    size_t depth;
    uint32_t frame;
};

static struct place
stand_in(const void *frame)
{
    struct thread *thread = py.minor == 11 ? thread_own : NULL;
    if (!thread)
        return (struct place){.taken = false};
    struct call *call = thread->top - 1;
    struct place place = {true, thread_open(thread), call->frame};
    call->frame = RUNNING_FRAME(frame);
    return place;
}

/* The stack may lie elsewhere by now. */
static void
stand_back(struct place place, const void *frame)
{
    struct thread *thread = place.taken ? thread_own : NULL;
    if (thread && thread_open(thread) == place.depth &&
        running_is_innermost(thread, frame))
        thread->top[-1].frame = place.frame;
}

/* The program's own profile and trace functions are told everything. */
static inline bool
may_switch(const void *state)
{
    return slot_of(state) == (void *)profile_callback && !slot_is_traced(state);
}

static __attribute__((noinline)) PyObject *
evaluate_switched(void *state, void *frame, int throwing, bool dark)
{
    void *function = dark ? frames.next : frames.recorded;
    struct place place = {.taken = false};
    if (dark)
        place = stand_in(frame);
    bool on = slot_is_on(state);
    if (on == dark)
        slot_switch(state, !dark);
    PyObject *result = evaluate(function, state, frame, throwing);
    if (on == dark && may_switch(state))
        slot_switch(state, on);
    stand_back(place, frame);
    return result;
}

/* Where there is nothing to switch, it takes no C stack. */
static inline __attribute__((always_inline)) PyObject *
evaluate_as(void *state, void *frame, int throwing, bool dark)
{
    if (!may_switch(state))
        return evaluate(frames.recorded, state, frame, throwing);
    if (slot_is_on(state) == dark || (dark && py.minor == 11))
        return evaluate_switched(state, frame, throwing, dark);
    return evaluate(dark ? frames.next : frames.recorded, state, frame,
                    throwing);
}

/* == THE FIRST RUN ======================================================== */

static __attribute__((noinline)) PyObject *
evaluate_first(void *state, void *frame, int throwing, PyObject *code)
{
    py.Py_IncRef(code); /* 3.11 may free it with the frame */
    PyObject *result = evaluate_as(state, frame, throwing, false);
    if (code_word(code) == CODE_HIDDEN)
        extra_set(code, CODE_HIDDEN | CODE_DARK);
    py.Py_DecRef(code);
    return result;
}

/* == THE HOOK ============================================================= */

/* Far down, where each frame of ours may be one too many, nothing is dark: events
 * tell what is left out, too, and in 3.11 whoever is that deep has to see it. */
static inline __attribute__((always_inline)) bool
is_deep(void)
{
    struct thread *thread = thread_own ? thread_own : attach_thread();
    return thread && thread_is_deep(thread);
}

/* With rules it may lead to a C function that is wanted. */
static inline bool
is_folded(uint64_t word)
{
    const struct thread *thread = thread_current;
    return thread && !wanted_has_rules && !(word & CODE_WATCHED) &&
           foreign_is_folded(thread, word);
}

static inline __attribute__((always_inline)) PyObject *
evaluate_any(void *state, void *frame, int throwing)
{
    PyObject *code = frame_code(frame);
    uint64_t word = code ? code_word(code) : 0;
    if (word & CODE_FOREIGN)
        return evaluate_as(state, frame, throwing,
                           is_folded(word) && !is_deep());
    if ((word & CODE_TAG_MASK) != CODE_HIDDEN || is_deep())
        return evaluate_as(state, frame, throwing, false);
    if (word == CODE_HIDDEN)
        return evaluate_first(state, frame, throwing, code);
    return evaluate_as(state, frame, throwing,
                       word == (CODE_HIDDEN | CODE_DARK));
}

static PyObject *
evaluate_any_36(void *frame, int throwing)
{
    return evaluate_any(py._PyThreadState_UncheckedGet(), frame, throwing);
}

static PyObject *
evaluate_any_39(void *state, void *frame, int throwing)
{
    return evaluate_any(state, frame, throwing);
}

void *
darkframe_begin(void *recorded, void *next)
{
    frames.recorded = recorded;
    frames.next = next;
    return py.minor < 9 ? (void *)evaluate_any_36 : (void *)evaluate_any_39;
}

bool
darkframe_owns(const void *function)
{
    return function == (void *)evaluate_any_36 ||
           function == (void *)evaluate_any_39;
}
