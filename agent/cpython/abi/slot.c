/* SPDX-License-Identifier: Apache-2.0
 *
 * slot.c: thread states and their profile functions.
 *
 * To set one by PyEval_SetProfile is an audit event from 3.8 on: hooks of the
 * program's would run, in frames that come to us, and may forbid it.  They are
 * told what the program does, not what we do.  So the words are stored here that
 * it would store, which is also the only way into another thread's state before
 * 3.9.  In all these versions the slot's neighbours are
 *
 *      3.6           …, int flag | function | trace function | object
 *      3.7 to 3.9    int flag, … | function | trace function | object
 *      3.10, 3.11    pointer     | function | trace function | object
 *                    └► flag, an int in 3.10, a byte in 3.11
 *
 * a word each, where the flag says whether there is any of the two functions.
 */
#include "agent/cpython/abi/slot.h"

#include <string.h>

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"

enum {
    TRACE = sizeof(void *),
    OBJECT = 2 * sizeof(void *)
};

size_t slot_offset;

#define SLOT_WORDS 24 /* of a thread state that are looked at */

/* == STORING ============================================================== */

static uint8_t *
flag_of(const void *state)
{
    char *slot = (char *)(uintptr_t)state + slot_offset;
    if (py.minor < 7)
        return (uint8_t *)(slot - sizeof(int));
    char *before = slot - sizeof(void *);
    return py.minor < 10 ? (uint8_t *)before : python_word(before, 0);
}

static bool
flag_is(const void *state, bool on)
{
    const uint8_t *flag = flag_of(state);
    if (py.minor >= 11)
        return *flag == (on ? 255 : 0);
    return *(const int *)(const void *)flag == on;
}

bool
slot_is_on(const void *state)
{
    const uint8_t *flag = flag_of(state);
    return py.minor >= 11 ? *flag != 0 : *(const int *)(const void *)flag != 0;
}

void
slot_switch(const void *state, bool on)
{
    uint8_t *flag = flag_of(state);
    if (py.minor >= 11)
        *flag = on ? 255 : 0;
    else
        *(int *)(void *)flag = on;
}

/* In 3.11 nothing is told to either function while one of them, or an audit hook,
 * runs: only CPython knows that, and sets the flag itself. */
static void
store(PyThreadState *state, const void *function)
{
    memcpy((char *)state + slot_offset, &function, sizeof function);
    if (py.minor >= 11) {
        py.PyThreadState_EnterTracing(state);
        py.PyThreadState_LeaveTracing(state);
        return;
    }
    bool on = function || python_word(state, slot_offset + TRACE);
    *(int *)(void *)flag_of(state) = on;
}

/* == MEASURING ============================================================ */

static int
probe(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    (void)object, (void)frame, (void)what, (void)argument;
    return 0;
}

static size_t
find_probe(const void *state)
{
    for (size_t i = 1; i < SLOT_WORDS; i++)
        if (python_word(state, i * sizeof(void *)) == (void *)probe)
            return i * sizeof(void *);
    return 0;
}

/* A profiler of the program's may be in it: its function is given back, and its
 * object with the reference to it that is held here. */
static int
set_probe(PyThreadState *state, PyObject **held)
{
    void *before[SLOT_WORDS];
    memcpy(before, state, sizeof before);
    py.PyEval_SetProfile(probe, NULL);
    slot_offset = find_probe(state);
    if (!slot_offset)
        return -1; /* an audit hook forbade it */
    bool known = flag_is(state, true);
    const char *was = (const char *)before + slot_offset;
    PyObject *object = python_word(was, OBJECT);
    store(state, python_word(was, 0));
    if (object && object == *held) {
        memcpy((char *)state + slot_offset + OBJECT, &object, sizeof object);
        *held = NULL;
    }
    return known ? 0 : -1;
}

int
slot_measure(void)
{
    struct guard guard;
    if (slot_offset)
        return 0;
    guard_enter(&guard, NULL);
    PyObject *get = py.PySys_GetObject("getprofile");
    PyObject *held = get ? py.PyObject_CallFunction(get, NULL) : NULL;
    int result = set_probe(py.PyThreadState_Get(), &held);
    if (held)
        py.Py_DecRef(held);
    if (result < 0)
        slot_offset = 0;
    guard_leave(&guard, NULL);
    return result;
}

void
slot_forget(void)
{
    slot_offset = 0;
}

/* == OF ONE THREAD ======================================================== */

bool
slot_put(Py_tracefunc function)
{
    void *state = py.PyThreadState_Get();
    if (!slot_of(state))
        store(state, (void *)function);
    return slot_of(state) == (void *)function;
}

void
slot_take_out(Py_tracefunc function)
{
    void *state = py.PyThreadState_Get();
    if (slot_of(state) == (void *)function)
        store(state, NULL);
}

/* == OF ALL =============================================================== */

static PyThreadState *
newest(void)
{
    return py.PyInterpreterState_ThreadHead(interpreter_current()->state);
}

static void
replace(PyThreadState *state, const void *old, const void *function)
{
    for (; state; state = py.PyThreadState_Next(state))
        if (slot_of(state) == old)
            store(state, function);
}

bool
slot_put_in_all(Py_tracefunc function)
{
    replace(newest(), NULL, (void *)function);
    return slot_of(py.PyThreadState_Get()) == (void *)function;
}

void
slot_take_out_of_all(Py_tracefunc function)
{
    for (struct interpreter *at = interpreter_first(); at; at = at->next)
        if (at->state)
            replace(py.PyInterpreterState_ThreadHead(at->state),
                    (void *)function, NULL);
}

void
slot_exchange_in_all(Py_tracefunc old, Py_tracefunc function)
{
    PyThreadState *state = newest();
    for (; state; state = py.PyThreadState_Next(state))
        slot_exchange(state, old, function);
}

/* The flag stays what it is. */
void
slot_exchange(PyThreadState *state, Py_tracefunc old, Py_tracefunc function)
{
    if (slot_of(state) == (void *)old)
        memcpy((char *)state + slot_offset, &function, sizeof function);
}

bool
slot_is_newest_empty(void)
{
    return !slot_of(newest());
}
