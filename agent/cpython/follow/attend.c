/* SPDX-License-Identifier: Apache-2.0
 *
 * attend.c: what a function that is not plain asks for.
 */
#include "agent/cpython/follow/attend.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/follow/greenlet.h"
#include "agent/cpython/follow/task.h"
#include "agent/cpython/names/program.h"
#include "agent/cpython/names/threadname.h"

/* The word of a function that is met first, or known; 0 for what can't be
 * recorded. */
static uint64_t
meet(PyObject *code, uint64_t word, struct thread *thread, PyObject *globals,
     bool starts)
{
    if ((word & CODE_TAG_MASK) == CODE_HIDDEN)
        return word;
    if (process_is_broken()) {
        thread_close(thread);
        return (word & CODE_TAG_MASK) == CODE_NAMED ? word : 0;
    }
    if (CODE_IS_MET(word))
        return word;
    if (unlikely(!upcalls->is_offered()) && globals &&
        program_has_started(code, globals)) /* recorded from the start */
        upcalls->offer();
    return code_meet(code, globals, thread, starts);
}

/* 0 for what is never recorded. */
static uint64_t
recorded(uint64_t word)
{
    return (word & CODE_TAG_MASK) == CODE_HIDDEN ? 0 : word;
}

uint64_t
attend_code_in(PyObject *code, uint64_t word, struct thread *thread,
               PyObject *frame, PyObject *globals, bool starts)
{
    word = meet(code, word, thread, globals, starts);
    if (process_is_broken())
        return recorded(word);
    if (word & CODE_GREENLET)
        greenlet_look();
    else if (word & CODE_MAKES_TASK)
        task_making(thread, starts);
    else if (word & CODE_WATCHED)
        threadname_of_frame(thread, frame);
    return thread_is_silent(thread) ? 0 : recorded(word); /* paused meanwhile */
}

/* From 3.11 on to ask for the frame is to make it an object, which collections
 * count: only for the few functions that are watched. */
uint64_t
attend_code(PyObject *code, uint64_t word, struct thread *thread, bool starts)
{
    PyObject *frame = NULL;
    if (!CODE_ASKS(word))
        return word;
    word = meet(code, word, thread, py.PyEval_GetGlobals(), starts);
    if (word & CODE_WATCHED && !(word & (CODE_GREENLET | CODE_MAKES_TASK)))
        frame = (PyObject *)py.PyEval_GetFrame();
    if (word & CODE_WATCHED)
        word = attend_code_in(code, word, thread, frame, NULL, starts);
    return recorded(word);
}
