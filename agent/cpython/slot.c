/* SPDX-License-Identifier: Apache-2.0
 *
 * slot.c: thread states and their profile functions.
 */
#include "agent/cpython/slot.h"

#include "agent/cpython/interpreter.h"

size_t slot_offset;

static int
probe(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    (void)object, (void)frame, (void)what, (void)argument;
    return 0;
}

int
slot_measure(void)
{
    const void *state = py.PyThreadState_Get();
    if (slot_offset) /* found before; the host may have its own in it now */
        return 0;
    py.PyEval_SetProfile(probe, NULL);
    for (size_t at = 0; at < 64 * sizeof(void *); at += sizeof(void *))
        if (!slot_offset && python_word(state, at) == (void *)probe)
            slot_offset = at;
    py.PyEval_SetProfile(NULL, NULL);
    return slot_offset && !slot_of(state) ? 0 : -1;
}

bool
slot_put(Py_tracefunc function)
{
    const void *state = py.PyThreadState_Get();
    if (!slot_of(state))
        py.PyEval_SetProfile(function, NULL);
    return slot_of(state) == (void *)function;
}

void
slot_take_out(Py_tracefunc function)
{
    if (slot_of(py.PyThreadState_Get()) == (void *)function)
        py.PyEval_SetProfile(NULL, NULL);
}

/* Before 3.9 a thread state must be the current one for that; the GIL is held,
 * so it may be that for a moment. */
static void
set_profile_of(PyThreadState *state, Py_tracefunc function)
{
    if (py.minor >= 9) {
        py._PyEval_SetProfile(state, function, NULL);
        return;
    }
    PyThreadState *own = py.PyThreadState_Swap(state);
    py.PyEval_SetProfile(function, NULL);
    py.PyThreadState_Swap(own);
}

/* Nothing else of the thread state changes, so no audit hook needs to know. */
static void
exchange_in(PyThreadState *state, Py_tracefunc function)
{
    *(void **)(void *)((char *)state + slot_offset) = (void *)function;
}

static PyThreadState *
newest(void)
{
    return py.PyInterpreterState_ThreadHead(interpreter_current()->state);
}

static void
replace_in_all(const void *old, Py_tracefunc function,
               void (*put)(PyThreadState *, Py_tracefunc))
{
    PyThreadState *state = newest();
    for (; state; state = py.PyThreadState_Next(state))
        if (slot_of(state) == old)
            put(state, function);
}

bool
slot_put_in_all(Py_tracefunc function)
{
    replace_in_all(NULL, function, set_profile_of);
    return slot_of(py.PyThreadState_Get()) == (void *)function;
}

void
slot_take_out_of_all(Py_tracefunc function)
{
    replace_in_all((void *)function, NULL, set_profile_of);
}

void
slot_exchange_in_all(Py_tracefunc old, Py_tracefunc function)
{
    replace_in_all((void *)old, function, exchange_in);
}

bool
slot_is_newest_empty(void)
{
    return !slot_of(newest());
}
