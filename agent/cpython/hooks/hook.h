/* SPDX-License-Identifier: Apache-2.0
 *
 * hook.h: the two ways to see calls.  monitoring.c (PEP 669) from 3.12;
 * evalframe.c (PEP 523) and profile.c up to 3.11.  With the GIL.
 */
#ifndef CODESNAP_HOOK_H
#define CODESNAP_HOOK_H

#include "agent/cpython/abi/python.h"
#include "agent/cpython/names/cfunction.h"
#include "agent/cpython/names/code.h"

/* From 3.12, first of all: make what is registered.  0, or -1. */
int monitoring_open(void);
/* Up to 3.11: take everything out again. */
void evalframe_end(void);
/* From 3.12: give the tool id back. */
void monitoring_close(void);
/* Everything out, and in again: for a pause.  monitoring_begin resumes, too. */
void monitoring_rest(void);
void evalframe_rest(void);
void evalframe_resume(bool c_calls);
/* Watch for the program's own first frame, and before 3.11 note whose child
 * each function is; nothing is recorded yet.  0, or -1. */
int monitoring_watch(void);
int evalframe_watch(void);
/* Record from here on: every thread.  0, or -1. */
int monitoring_begin(bool c_calls);
/* Another interpreter comes, and is the current one: watch it, or record it, as
 * the others.  0, or -1. */
int monitoring_arrive(void);
/* It is gone, or about to go. */
struct monitor;
void monitoring_forget(struct monitor *monitor, bool alive);
int evalframe_arrive(void);
/* The main one was finalized. */
void evalframe_forget(void);
/* Up to 3.11: has another tool taken our place there?  It is said once. */
struct interpreter;
void evalframe_look(const struct interpreter *interpreter);
int evalframe_begin(bool c_calls);

/* Begin recording now.  0; or -1 if that failed, or it was begun before. */
int start_recording(void);
bool start_is_recording(void);
/* The current interpreter is watched, or recorded, as the others are.  0, or
 * -1. */
int start_join(void);
/* Begin, or go on after a rest, while any number of threads run.  0, or -1. */
int start_resume(void);
/* The program loaded the agent by itself, into a running interpreter, which calls
 * from there.  0, or -1. */
int start_attach(const void *caller);
/* Was the agent there before the program? */
bool start_was_first(void);
/* A recording of the attached agent's begins, in a session made for output, and
 * ends.  0 with the folder, or -1 with errno. */
int start_begin(const char *output, bool c_calls, char *folder, size_t room);
void start_end(const char *folder);
/* The program's first frame was seen: offer it the module codesnap, and begin
 * unless it wants to do that itself.  As start_recording. */
int start_program(void);

/* What a profile function is told: the PyTrace_ numbers of all versions. */
enum profile_event {
    PROFILE_CALL = 0,
    PROFILE_RETURN = 3,
    PROFILE_C_CALL = 4,
    PROFILE_C_EXCEPTION = 5,
    PROFILE_C_RETURN = 6
};
/* The profile functions, up to 3.11: one that records everything, which is
 * chosen when the recording begins, and one that leaves C calls out. */
extern Py_tracefunc profile_callback;
void profile_choose(void);
/* The first one for other interpreters than the main one. */
int profile_its_callback(PyObject *object, PyFrameObject *frame, int what,
                         PyObject *argument);
int profile_python_callback(PyObject *object, PyFrameObject *frame, int what,
                            PyObject *argument);
/* The first one while frame evaluation stands aside, in 3.11.  Then nothing else
 * sees that a thread begins, or that this process is a forked child: it and
 * profile_python_callback call profile_look, if it is set, where that may be. */
int profile_aside_callback(PyObject *object, PyFrameObject *frame, int what,
                           PyObject *argument);
extern void (*profile_look)(void);
/* Is it one of these? */
bool profile_is_ours(const void *function);

/* The thread's first event; NULL if nothing is recorded any more. */
struct thread *hook_attach(void);

/* A function begins or ends in the current frame; shared by both. */
static inline struct thread *
hook_thread(void)
{
    struct thread *thread = thread_current;
    return likely(thread != NULL) ? thread : hook_attach();
}

/* The word of a function that is not plain: met first, or watched.  It runs in
 * the current frame, or in the given one (NULL: it has no frame object), and has
 * just begun, or did so before. */
uint64_t hook_attend(PyObject *code, uint64_t word, struct thread *thread,
                     bool begins);
uint64_t hook_attend_in(PyObject *code, uint64_t word, struct thread *thread,
                        PyObject *frame, PyObject *globals, bool begins);

/* What the functions called try take for granted.  Where it is false, which is
 * asked when the recording begins, the slow functions do everything. */
static inline bool
hook_knows_all(void)
{
    return py.extra_offset && clock_is_inline(spool_clock_kind);
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
void hook_exit_slowly(PyObject *code, enum spool_kind kind);

/* The same for a C function.  Its frame is that of the call around it, where frames
 * are wanted. */
static inline __attribute__((always_inline)) bool
hook_try_enter_known_c(const struct c_callable *known, bool frames)
{
    struct thread *thread = thread_current;
    if (unlikely(!thread))
        return false;
    uint32_t word = c_function_known_word(known);
    return likely(word) &&
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

#endif
