/* SPDX-License-Identifier: Apache-2.0
 *
 * hook.c: what both hooks do with a call.
 */
#include "agent/cpython/hooks/hook.h"

#include "agent/cpython/follow/argument.h"
#include "agent/cpython/follow/around.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/follow/attend.h"
#include "agent/cpython/follow/happening.h"
#include "agent/cpython/follow/suspended.h"
#include "agent/cpython/follow/task.h"
#include "agent/cpython/follow/triggered.h"
#include "agent/cpython/hooks/earlycall.h"
#include "agent/cpython/hooks/foreign.h"
#include "agent/cpython/hooks/instruction.h"
#include "agent/cpython/hooks/throttle.h"

static void
note_frame(struct thread *thread, const void *key, const void *frame)
{
    if (frame && thread->top[-1].key == key)
        thread->top[-1].frame = (uint32_t)(uintptr_t)frame;
}

void
hook_enter_known(struct thread *thread, PyObject *code, uint64_t word,
                 uint32_t kind, const void *frame)
{
    const void *key = CODE_KEY(code, word);
    if ((word & CODE_TAG_MASK) == CODE_CLOSED) {
        record_enter_unrecorded(thread, key, SPOOL_ENTER_PYTHON);
        note_frame(thread, key, frame);
        return;
    }
    if (CODE_TRIGGER(word))
        triggered_enter(thread, CODE_TRIGGER(word));
    if (word & CODE_SPANNED)
        around_enter(thread, code, kind);
    if (word & CODE_COROUTINE)
        task_enter(thread, key, word, kind);
    record_enter(thread, key, (uint32_t)word + kind - SPOOL_ENTER_PYTHON);
    note_frame(thread, key, frame);
    if (word & CODE_FOREIGN && thread->top[-1].key == key)
        foreign_mark(thread, code);
    if (word & CODE_ARGUMENTS && kind == SPOOL_ENTER_PYTHON &&
        thread->top[-1].key == key)
        argument_enter(thread, code, (void *)frame);
    if (CODE_HAPPENS(word) && kind == SPOOL_ENTER_PYTHON &&
        thread->top[-1].key == key)
        happening_tell(thread, code, CODE_HAPPENS(word), (void *)frame);
    if (word & CODE_SUSPENDS && kind != SPOOL_ENTER_PYTHON)
        suspended_reopen(thread, frame);
}

void
hook_enter_slowly(PyObject *code, enum spool_kind kind)
{
    struct thread *thread = attach_thread();
    uint64_t word = thread ? code_word(code) : 0;
    if (!thread || foreign_passes_known(thread, code, word))
        return;
    word = attend_code(code, word, thread, true);
    if (!word || foreign_passes_entry(thread, code, word))
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
    if (((word & CODE_TAG_MASK) == CODE_CLOSED || throttle_is_on) &&
        !record_is_open(thread, key))
        return; /* its begin was not told */
    if (py.minor >= 12 && thread->whole &&
        instruction_frame_is_unknown(code, thread)) {
        if (kind == SPOOL_EXIT_EXCEPTION || kind == SPOOL_EXIT_CONTROL)
            return;
        key = NULL; /* is not a call's */
    }
    record_unmatched_exit(thread, key,
                          RECORD_ID((uint32_t)word) | (uint32_t)kind);
}

void
hook_return(struct thread *thread, PyObject *code, uint64_t word,
            PyObject *value)
{
    if (word & CODE_RETURNS && value &&
        thread->top[-1].key == CODE_KEY(code, word))
        argument_exit(thread, code, value);
}

void
hook_exit_slowly(PyObject *code, enum spool_kind kind, PyObject *value)
{
    struct thread *thread = attach_thread();
    if (!thread)
        return;
    uint64_t word = code_word(code);
    thread->result = kind == SPOOL_EXIT ? value : NULL;
    if (kind == SPOOL_EXIT)
        hook_return(thread, code, word, value);
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (throttle_is_on)
        throttle_close_lost(thread, CODE_KEY(code, word));
    if (foreign_passes_exit(thread, code, word)) {
        if (word & CODE_WATCHED)
            attend_code(code, word, thread, false);
        return;
    }
    if (CODE_ASKS(word) ||
        !record_exit(thread, CODE_KEY(code, word), kind, ticks)) {
        word = attend_code(code, word, thread, false);
        const void *key = CODE_KEY(code, word);
        if (word && !record_exit(thread, key, kind, ticks))
            exit_unmatched(thread, code, word, kind);
    }
    if (word & CODE_SPANNED)
        around_exit(thread, code, kind);
    if (CODE_TRIGGER(word))
        triggered_exit(thread, CODE_TRIGGER(word));
}

void
hook_enter_c_slowly(PyObject *callable)
{
    struct c_callable known = c_callable_of(callable);
    struct thread *thread = known.definition ? attach_thread() : NULL;
    uint32_t word = thread ? c_function_word(&known, thread) : 0;
    if (C_FUNCTION_RECORD(word))
        record_enter(thread, known.definition, C_FUNCTION_RECORD(word));
    else if (word && c_function_said(&known) == WANTED_NOT_INSIDE)
        record_enter_unrecorded(thread, known.definition, SPOOL_ENTER_C);
}

void
hook_exit_c_slowly(PyObject *callable, enum spool_kind kind)
{
    struct c_callable known = c_callable_of(callable);
    struct thread *thread = known.definition ? attach_thread() : NULL;
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (thread && throttle_is_on)
        throttle_close_lost(thread, known.definition);
    if (!thread || record_exit(thread, earlycall_key(thread, known.definition),
                               kind, ticks))
        return;
    uint32_t word = c_function_word(&known, thread);
    if (throttle_is_on && !record_is_open(thread, known.definition))
        return;
    if (C_FUNCTION_IS_RECORDED(word))
        record_unmatched_exit(thread, known.definition,
                              RECORD_ID(word) | (uint32_t)kind);
}

void
hook_raise_c(PyObject *callable, const void *key)
{
    hook_exit_c_slowly(callable, SPOOL_EXIT_EXCEPTION);
    struct c_callable known = c_callable_of(callable);
    struct thread *thread = thread_followed();
    if (known.definition && thread)
        record_doubt(thread, c_function_word(&known, thread), key);
}
