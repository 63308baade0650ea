/* SPDX-License-Identifier: Apache-2.0
 *
 * evalframe.c: frame evaluation (PEP 523) up to 3.11.  It records nothing: it
 * sees to it that every thread has our profile function, from its first frame
 * on and again after the host's own profiler went away.  What it costs a frame
 * is one comparison.
 */
#include "agent/cpython/hooks/evalframe.h"

#include <string.h>

#include "agent/base/libc.h"
#include "agent/base/process.h"
#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/slot.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/follow/gap.h"
#include "agent/cpython/hooks/darkframe.h"
#include "agent/cpython/hooks/framecall.h"
#include "agent/cpython/hooks/lookout.h"
#include "agent/cpython/hooks/profile.h"
#include "agent/cpython/hooks/running.h"
#include "agent/cpython/hooks/setprofile.h"
#include "agent/cpython/names/loaded.h"
#include "agent/cpython/names/program.h"
#include "agent/cpython/names/wanted.h"
#include "agent/store/entry.h"

static struct {
    void *next;   /* whom we were put before */
    size_t slot;  /* up to 3.8: where an interpreter keeps it */
    void *ours;   /* what is put in */
    bool hidden;  /* another tool was found in our place, and that was said */
    bool listens; /* in a pause, which an order ends */
} hook;

static void step_aside(bool aside);

/* == THREADS ============================================================== */

/* The profiler that displaced us is gone: say what was missed, and which of the
 * open calls are still open. */
static void
end_gap(struct thread *thread)
{
    struct guard guard;
    guard_enter(&guard, thread);
    gap_drop_stale(thread);
    record_gap(thread, guard.work.since_ticks, thread->gap_ticks,
               SPOOL_GAP_DISPLACED, thread_depth(thread));
    thread->displaced = false;
    guard_leave(&guard, thread);
}

static void
arm(struct thread *thread)
{
    slot_put(thread->interpreter ? profile_its_callback : profile_callback);
    thread->armed = true;
}

/* This thread's profile function is not ours: a new thread, or another profiler
 * came or went. */
static void
attend_thread(const void *state)
{
    struct thread *thread = attach_thread();
    if (!thread || slot_of(state) == (void *)profile_its_callback)
        return;
    if (!thread->displaced)
        thread->gap_ticks = clock_ticks(spool_clock_kind);
    if (slot_of(state)) {
        thread->displaced = true;
        return;
    }
    if (thread->armed)
        end_gap(thread);
    arm(thread);
}

static inline void
look_at_thread(const void *state, int throwing)
{
    if (unlikely(slot_of(state) != (void *)profile_callback))
        attend_thread(state);
    if (unlikely(throwing) && thread_followed())
        thread_own->throwing = true;
}

/* == WATCHING ============================================================= */

/* Before the recording: a frame of the interpreter's start-up, or the first
 * one of the program, which may begin the recording. */
static void
watch(void *frame)
{
    PyObject *code = frame_code(frame);
    if (!code || !program_may_start(code))
        return;
    PyObject *globals = frame_globals(frame);
    if (globals && program_starts(code, globals))
        upcalls->program();
    pyobject_release(globals);
}

/* Whoever was put in after us may call the watching function for ever.  What an
 * exception is thrown into has started before; and that exception is set, so that
 * nothing may be asked. */
static void *
watch_or_pass(void *frame, int throwing, const void *watching)
{
    if (hook.ours == watching && !throwing)
        watch(frame);
    return hook.ours == watching ? hook.next : hook.ours;
}

static PyObject *
watch_frame_36(void *frame, int throwing)
{
    void *function = watch_or_pass(frame, throwing, (void *)watch_frame_36);
    return ((evaluate_36 *)function)(frame, throwing);
}

static PyObject *
watch_frame_39(void *state, void *frame, int throwing)
{
    void *function = watch_or_pass(frame, throwing, (void *)watch_frame_39);
    return ((evaluate_39 *)function)(state, frame, throwing);
}

/* == THE HOOK ============================================================= */

/* Where an exception ended the frame it is pending. */
static inline PyObject *
settled(PyObject *result, const void *frame)
{
    return likely(result != NULL) ? result : profile_settle(frame);
}

/* Nothing is to be looked at, and there is C stack enough. */
static inline bool
is_usual(const void *state, int throwing)
{
    const struct thread *thread = thread_current;
    return likely(slot_of(state) == (void *)profile_callback && !throwing) &&
           likely(thread != NULL) &&
           likely(thread_stack_pointer() >= thread->stack_guard);
}

/* Far down no frame takes C stack for what would be settled. */
static inline bool
may_settle(const void *state, int throwing)
{
    look_at_thread(state, throwing);
    struct thread *thread = thread_followed();
    return thread && !thread_is_deep(thread);
}

static __attribute__((noinline)) PyObject *
evaluate_with_care_36(const void *state, void *frame, int throwing)
{
    evaluate_36 *next = (evaluate_36 *)hook.next;
    return may_settle(state, throwing) ? settled(next(frame, throwing), frame)
                                       : next(frame, throwing);
}

static PyObject *
evaluate_frame_36(void *frame, int throwing)
{
    const void *state = py._PyThreadState_UncheckedGet();
    if (is_usual(state, throwing))
        return settled(((evaluate_36 *)hook.next)(frame, throwing), frame);
    return evaluate_with_care_36(state, frame, throwing);
}

static __attribute__((noinline)) PyObject *
evaluate_with_care_39(void *state, void *frame, int throwing)
{
    evaluate_39 *next = (evaluate_39 *)hook.next;
    return may_settle(state, throwing)
               ? settled(next(state, frame, throwing), frame)
               : next(state, frame, throwing);
}

static PyObject *
evaluate_frame_39(void *state, void *frame, int throwing)
{
    if (is_usual(state, throwing))
        return settled(((evaluate_39 *)hook.next)(state, frame, throwing),
                       frame);
    return evaluate_with_care_39(state, frame, throwing);
}

static void
begin_aside(void)
{
    step_aside(true);
    slot_exchange_in_all(profile_callback, profile_aside_callback);
}

/* Whoever is still deep comes back here with its next frame. */
static void
end_aside(void)
{
    slot_exchange_in_all(profile_aside_callback, profile_callback);
    step_aside(false);
}

/* While we stand aside; see profile.h. */
static void
look_around(void)
{
    if (process_is_new()) /* the thread that was deep may not be in it */
        end_aside();
    else if (slot_is_newest_empty())
        slot_put_in_all(profile_aside_callback);
}

/* Only a generator's step that follows a throw() into what it delegates to. */
static __attribute__((noinline)) void
begin_unannounced(const void *state, void *frame)
{
    if (slot_of(state) == (void *)profile_callback ||
        slot_of(state) == (void *)profile_its_callback)
        running_begin_step(frame);
}

static __attribute__((noinline)) PyObject *
evaluate_with_care_311(void *state, void *frame, int throwing)
{
    look_at_thread(state, throwing);
    if (unlikely(!frame_is_announced(frame)) && !throwing)
        begin_unannounced(state, frame);
    if (likely(!thread_own || !thread_is_deep(thread_own)))
        return settled(((evaluate_39 *)hook.next)(state, frame, throwing),
                       frame);
    begin_aside();
    PyObject *result = ((evaluate_39 *)hook.next)(state, frame, throwing);
    end_aside();
    return result;
}

static PyObject *
evaluate_frame_311(void *state, void *frame, int throwing)
{
    if (is_usual(state, throwing) && likely(frame_is_announced(frame)))
        return settled(((evaluate_39 *)hook.next)(state, frame, throwing),
                       frame);
    return evaluate_with_care_311(state, frame, throwing);
}

/* == SEVERAL INTERPRETERS ================================================= */

/* A frame's calls go into its interpreter's track. */
static PyObject *
evaluate_its_36(void *frame, int throwing)
{
    const void *state = py._PyThreadState_UncheckedGet();
    uint32_t before = attach_to_interpreter(interpreter_of(state)->number);
    PyObject *result = ((evaluate_36 *)hook.ours)(frame, throwing);
    attach_to_interpreter(before);
    return result;
}

static PyObject *
evaluate_its_39(void *state, void *frame, int throwing)
{
    uint32_t before = attach_to_interpreter(interpreter_of(state)->number);
    PyObject *result = ((evaluate_39 *)hook.ours)(state, frame, throwing);
    attach_to_interpreter(before);
    return result;
}

/* == IN A PAUSE =========================================================== */

/* Each frame looks for an order.  What evaluates it then: the interpreter, or what
 * records, where the pause has ended by it. */
static inline __attribute__((always_inline)) void *
listen(void)
{
    if (likely(!upcalls->is_ordered()) || thread_busy)
        return hook.next;
    upcalls->act();
    return hook.listens || gap_is_open() || !upcalls->is_recording()
               ? hook.next
               : hook.ours;
}

static PyObject *
listen_frame_36(void *frame, int throwing)
{
    return ((evaluate_36 *)listen())(frame, throwing);
}

static PyObject *
listen_frame_39(void *state, void *frame, int throwing)
{
    return ((evaluate_39 *)listen())(state, frame, throwing);
}

/* Far down nobody listens: as in framecall.c, frames take no C stack if we are not
 * there. */
static PyObject *
listen_frame_311(void *state, void *frame, int throwing)
{
    if (likely(!thread_is_low()))
        return listen_frame_39(state, frame, throwing);
    hook.listens = false;
    step_aside(true);
    PyObject *result = ((evaluate_39 *)hook.next)(state, frame, throwing);
    if (gap_is_open() || !upcalls->is_recording()) {
        hook.listens = true;
        step_aside(true);
    }
    return result;
}

static void *
listener(void)
{
    return py.minor < 9    ? (void *)listen_frame_36
           : py.minor < 11 ? (void *)listen_frame_39
                           : (void *)listen_frame_311;
}

/* == PUTTING IT IN ======================================================== */

static bool
is_ours(const void *function)
{
    const void *const all[] = {
        (void *)watch_frame_36,     (void *)watch_frame_39,
        (void *)evaluate_frame_36,  (void *)evaluate_frame_39,
        (void *)evaluate_frame_311, (void *)evaluate_its_36,
        (void *)evaluate_its_39,    (void *)listen_frame_36,
        (void *)listen_frame_39,    (void *)listen_frame_311};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (function == all[i])
            return true;
    return framecall_owns(function) || darkframe_owns(function);
}

static void *
get(PyInterpreterState *interpreter)
{
    return hook.slot ? python_word(interpreter, hook.slot)
                     : py._PyInterpreterState_GetEvalFrameFunc(interpreter);
}

static void
set(PyInterpreterState *interpreter, void *function)
{
    if (hook.slot)
        *(void **)(void *)((char *)interpreter + hook.slot) = function;
    else
        py._PyInterpreterState_SetEvalFrameFunc(interpreter, function);
}

static void
say_hidden(void)
{
    if (hook.hidden || !process_is_recording())
        return;
    hook.hidden = true;
    entry_append_note(SPOOL_NOTE_TEXT, 1,
                      "another tool evaluated frames in the place of codesnap: "
                      "calls may be missing");
}

/* Another tool has put something in since we did, be it the interpreter's own
 * function.  It stays there, whether it calls us or not: to take it out would
 * hurt it, and to go before it would be a circle if it calls us. */
static bool
is_anothers(const struct interpreter *interpreter)
{
    const void *there = get(interpreter->state);
    const void *left =
        interpreter->evaluates ? interpreter->evaluates : hook.next;
    return there != left && !is_ours(there);
}

static void
put(struct interpreter *interpreter, void *function)
{
    if (is_anothers(interpreter)) {
        say_hidden();
        return;
    }
    set(interpreter->state, function);
    interpreter->evaluates = function;
}

/* Put ours in, or take it out for a while. */
static void
step_aside(bool aside)
{
    void *function = !aside ? hook.ours : hook.listens ? listener() : hook.next;
    if (!aside && interpreter_several)
        function =
            py.minor < 9 ? (void *)evaluate_its_36 : (void *)evaluate_its_39;
    for (struct interpreter *at = interpreter_first(); at; at = at->next)
        if (at->state)
            put(at, function);
}

void
evalframe_look(const struct interpreter *interpreter)
{
    if (interpreter->evaluates && is_anothers(interpreter))
        say_hidden();
}

void
evalframe_forget(void)
{
    memset(&hook, 0, sizeof hook);
}

int
evalframe_arrive(void)
{
    setprofile_open();
    lookout_open();
    step_aside(!hook.ours);
    return 0;
}

/* Up to 3.8 the slot is the word of the interpreter that holds the default. */
static int
find_slot(const PyInterpreterState *interpreter)
{
    for (size_t at = 0; !hook.slot && at < 4096; at += sizeof(void *))
        if (python_word(interpreter, at) == (void *)py._PyEval_EvalFrameDefault)
            hook.slot = at;
    return hook.slot ? 0 : -1;
}

/* Once in an interpreter's life: who comes later may call us. */
static int
find_next(void)
{
    PyInterpreterState *interpreter = interpreter_current()->state;
    if (hook.next)
        return 0;
    if (py.minor < 9 && find_slot(interpreter) < 0)
        return -1;
    hook.next = get(interpreter);
    return 0;
}

int
evalframe_watch(void)
{
    hook.hidden = false;
    if (py.minor < 11)
        loaded_mark();
    if (find_next() < 0)
        return -1;
    hook.ours = py.minor < 9 ? (void *)watch_frame_36 : (void *)watch_frame_39;
    step_aside(false);
    return 0;
}

/* With C calls: a profile function in every thread, this one first. */
static void
begin_profile(struct thread *thread)
{
    lookout_open();
    slot_put(profile_callback);
    thread->armed = true;
    profile_look_by(look_around);
    hook.ours = py.minor < 9    ? (void *)evaluate_frame_36
                : py.minor < 11 ? (void *)evaluate_frame_39
                                : (void *)evaluate_frame_311;
    if (wanted_leaves_out())
        hook.ours = darkframe_begin(hook.ours, hook.next);
}

/* So that the hooks know where a frame has its code. */
static void
measure_frame(void)
{
    PyFrameObject *object = py.PyEval_GetFrame();
    if (object)
        frame_code(frame_of_object(object));
}

static void
put_in(bool c_calls)
{
    hook.listens = false;
    if (c_calls || !framecall_stays_aside())
        step_aside(false);
}

int
evalframe_begin(bool c_calls)
{
    struct thread *thread = attach_thread();
    if (!thread || slot_measure() < 0)
        return -1;
    setprofile_open();
    measure_frame();
    profile_choose();
    if (!c_calls)
        hook.ours = framecall_begin(hook.next, step_aside);
    else
        begin_profile(thread);
    put_in(c_calls);
    return 0;
}

void
evalframe_resume(bool c_calls)
{
    put_in(c_calls);
    if (c_calls)
        slot_put_in_all(profile_callback);
}

void
evalframe_rest(bool listens)
{
    hook.listens = listens;
    step_aside(true);
    slot_exchange_in_all(profile_aside_callback, profile_callback);
    slot_take_out_of_all(profile_callback);
    slot_take_out_of_all(profile_its_callback);
    slot_take_out_of_all(profile_python_callback);
}

void
evalframe_end(void)
{
    step_aside(true);
    slot_take_out(profile_callback);
    if (thread_current)
        thread_current->armed = false;
}
