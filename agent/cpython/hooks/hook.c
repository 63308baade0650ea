/* SPDX-License-Identifier: Apache-2.0
 *
 * hook.c: what both hooks do with a call.
 */
#include "agent/cpython/hooks/hook.h"

#include "agent/base/process.h"
#include "agent/cpython/api/module.h"
#include "agent/cpython/api/span.h"
#include "agent/cpython/follow/greenlet.h"
#include "agent/cpython/follow/suspended.h"
#include "agent/cpython/hooks/instruction.h"
#include "agent/cpython/hooks/sieve.h"
#include "agent/cpython/names/threadname.h"
#include "agent/cpython/start/interpreter.h"
#include "agent/cpython/start/pause.h"
#include "agent/cpython/start/program.h"
#include "agent/track/threads.h"

struct thread *
hook_attach(void)
{
    struct thread *thread = thread_own;
    if (thread_busy)
        return NULL;
    uint32_t interpreter = interpreter_current()->number;
    interpreter_enter(interpreter);
    if (thread)
        return thread_current ? thread : pause_come_back(thread);
    if (pause_is_on())
        return NULL;
    thread = threads_attach(interpreter);
    if (thread) /* it may have lived long before the recording */
        threadname_look_up(thread);
    return thread;
}

/* The word of a function that is met first, or known; 0 for what is never
 * recorded. */
static uint64_t
meet(PyObject *code, uint64_t word, struct thread *thread, PyObject *globals,
     bool begins)
{
    if ((word & CODE_TAG_MASK) == CODE_HIDDEN)
        return 0;
    if (process_is_broken()) {
        thread_close(thread);
        return (word & CODE_TAG_MASK) == CODE_NAMED ? word : 0;
    }
    if ((word & CODE_TAG_MASK) == CODE_NAMED)
        return word;
    if (unlikely(!module_is_offered()) && globals &&
        program_has_started(code, globals)) /* recorded from the start */
        module_offer();
    return code_meet(code, globals, thread, begins);
}

uint64_t
hook_attend_in(PyObject *code, uint64_t word, struct thread *thread,
               PyObject *frame, PyObject *globals, bool begins)
{
    word = meet(code, word, thread, globals, begins);
    if (process_is_broken())
        return word;
    if (word & CODE_GREENLET)
        greenlet_look();
    else if (word & CODE_WATCHED)
        threadname_of_frame(thread, frame);
    return thread_is_silent(thread) ? 0 : word; /* paused meanwhile */
}

/* From 3.11 on to ask for the frame is to make it an object, which collections
 * count: only for the few functions that are watched. */
uint64_t
hook_attend(PyObject *code, uint64_t word, struct thread *thread, bool begins)
{
    PyObject *frame = NULL;
    if (!CODE_ASKS(word))
        return word;
    word = meet(code, word, thread, py.PyEval_GetGlobals(), begins);
    if (word & CODE_WATCHED && !(word & CODE_GREENLET))
        frame = (PyObject *)py.PyEval_GetFrame();
    if (word & CODE_WATCHED)
        word = hook_attend_in(code, word, thread, frame, NULL, begins);
    return word;
}

void
hook_enter_known(struct thread *thread, PyObject *code, uint64_t word,
                 uint32_t kind, const void *frame)
{
    if (word & CODE_SPANNED)
        span_enter_around(thread, code, kind);
    const void *key = CODE_KEY(code, word);
    record_enter(thread, key, (uint32_t)word + kind - SPOOL_ENTER_PYTHON);
    if (frame && thread->top[-1].key == key)
        thread->top[-1].frame = (uint32_t)(uintptr_t)frame;
    if (word & CODE_SUSPENDS && kind != SPOOL_ENTER_PYTHON)
        suspended_reopen(thread, frame);
}

void
hook_enter_slowly(PyObject *code, enum spool_kind kind)
{
    struct thread *thread = hook_thread();
    uint64_t word =
        thread ? hook_attend(code, code_word(code), thread, true) : 0;
    if (!word)
        return;
    const void *frame = word & CODE_SUSPENDS ? suspended_frame() : NULL;
    hook_enter_known(thread, code, word, (uint32_t)kind, frame);
}

/* From 3.12 on a frame may end whose begin, or resumption, was not told: a signal
 * handler raised before that.  It closes no call of another frame, and where it
 * ended by the exception nothing of it ran. */
static void
exit_unmatched(struct thread *thread, PyObject *code, uint64_t word,
               enum spool_kind kind)
{
    const void *key = CODE_KEY(code, word);
    if (py.minor >= 12 && thread->whole &&
        instruction_frame_is_unknown(code, thread)) {
        if (kind == SPOOL_EXIT_EXCEPTION)
            return;
        key = NULL; /* is no call's */
    }
    record_unmatched_exit(thread, key,
                          RECORD_ID((uint32_t)word) | (uint32_t)kind);
}

void
hook_exit_slowly(PyObject *code, enum spool_kind kind)
{
    struct thread *thread = hook_thread();
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (!thread)
        return;
    uint64_t word = code_word(code);
    if (CODE_ASKS(word) ||
        !record_exit(thread, CODE_KEY(code, word), kind, ticks)) {
        word = hook_attend(code, word, thread, false);
        const void *key = CODE_KEY(code, word);
        if (word && !record_exit(thread, key, kind, ticks))
            exit_unmatched(thread, code, word, kind);
    }
    if (word & CODE_SPANNED)
        span_exit_around(thread, code, kind);
}

void
hook_enter_c_slowly(PyObject *callable)
{
    struct c_callable known = c_callable_of(callable);
    struct thread *thread = known.definition ? hook_thread() : NULL;
    uint32_t word = thread ? c_function_word(&known, thread) : 0;
    if (word)
        record_enter(thread, known.definition, word);
}

void
hook_exit_c_slowly(PyObject *callable, enum spool_kind kind)
{
    struct c_callable known = c_callable_of(callable);
    struct thread *thread = known.definition ? hook_thread() : NULL;
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (!thread ||
        record_exit(thread, sieve_key(thread, known.definition), kind, ticks))
        return;
    uint32_t word = c_function_word(&known, thread);
    if (word)
        record_unmatched_exit(thread, known.definition,
                              RECORD_ID(word) | (uint32_t)kind);
}
