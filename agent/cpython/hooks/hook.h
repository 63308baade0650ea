/* SPDX-License-Identifier: Apache-2.0
 *
 * hook.h: a call is entered or left: what the two ways to see calls share, which
 * are monitoring.c (PEP 669) from 3.12, evalframe.c (PEP 523) and profile.c up
 * to 3.11.  With the GIL.
 */
#ifndef CODESNAP_HOOK_H
#define CODESNAP_HOOK_H

#include "agent/cpython/abi/python.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/names/cfunction.h"
#include "agent/cpython/names/code.h"
#include "agent/track/shortcall.h"

/* What the functions called try take for granted.  Where it is false, which is
 * asked when the recording starts, the slow functions do everything. */
static inline bool
hook_knows_all(void)
{
    return py.extra_offset && clock_is_inline(spool_clock_kind) &&
           !shortcall_is_on;
}

/* A Python function is entered or left.  As in record.h: the common case, or
 * false and nothing done; then the slow function does it in any case.  apart as
 * in extra_known. */
static inline __attribute__((always_inline)) bool
hook_try_enter_in(PyObject *code, enum spool_kind kind, bool apart,
                  uint32_t frame)
{
    struct thread *thread = thread_current;
    if (unlikely(!thread))
        return false;
    uint64_t word = extra_known(code, apart);
    return likely(CODE_PLAIN(word)) &&
           record_try_enter_in(
               thread, code,
               (uint32_t)word + (uint32_t)kind - SPOOL_ENTER_PYTHON, frame);
}

static inline __attribute__((always_inline)) bool
hook_try_enter(PyObject *code, enum spool_kind kind, bool apart)
{
    return hook_try_enter_in(code, kind, apart, 0);
}

static inline __attribute__((always_inline)) bool
hook_try_exit(PyObject *code, enum spool_kind kind)
{
    struct thread *thread = thread_current;
    return likely(thread != NULL) && record_try_exit(thread, code, kind);
}

void hook_enter_slowly(PyObject *code, enum spool_kind kind);
/* The same with its word and its frame, as in suspended.h. */
void hook_enter_known(struct thread *thread, PyObject *code, uint64_t word,
                      uint32_t kind, const void *frame);
/* value is what it returns, NULL where that is not known. */
void hook_exit_slowly(PyObject *code, enum spool_kind kind, PyObject *value);
/* Its call is about to be left: what it returns, if that is asked for. */
void hook_return(struct thread *thread, PyObject *code, uint64_t word,
                 PyObject *value);

/* The same for a C function.  Its frame is that of the call around it, where frames
 * are wanted. */
static inline __attribute__((always_inline)) bool
hook_try_enter_known_c(const struct c_callable *known, bool frames)
{
    struct thread *thread = thread_current;
    if (unlikely(!thread))
        return false;
    uint32_t word = c_function_known_word(known);
    return likely(C_FUNCTION_IS_RECORDED(word)) &&
           record_try_enter_in(thread, known->definition, word,
                               frames ? thread->top[-1].frame : 0);
}

/* Anything else that is called is passed over. */
static inline __attribute__((always_inline)) bool
hook_try_enter_c_in(PyObject *callable, bool frames)
{
    struct c_callable known = c_callable_of(callable);
    return !known.definition || hook_try_enter_known_c(&known, frames);
}

static inline __attribute__((always_inline)) bool
hook_try_enter_c(PyObject *callable)
{
    return hook_try_enter_c_in(callable, false);
}

static inline __attribute__((always_inline)) bool
hook_try_exit_c(PyObject *callable, enum spool_kind kind)
{
    struct c_callable known = c_callable_of(callable);
    struct thread *thread = thread_current;
    if (!known.definition)
        return true;
    return likely(thread != NULL) &&
           record_try_exit(thread, known.definition, kind);
}

void hook_enter_c_slowly(PyObject *callable);
void hook_exit_c_slowly(PyObject *callable, enum spool_kind kind);
/* It ends by an exception that can't be seen yet; key as in struct doubt. */
void hook_raise_c(PyObject *callable, const void *key);

#endif
