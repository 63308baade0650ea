/* SPDX-License-Identifier: Apache-2.0
 *
 * frame.c: finding one's way in a frame whose layout is not known beforehand.
 */
#include "agent/cpython/abi/frame.h"

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/track/record.h"

size_t frame_code_offset;

/* == CODE ================================================================= */

/* The first words of either kind of frame are objects or NULL, up to the code
 * object: {header, f_back, f_code} or, in 3.11, {f_func, f_globals, f_builtins,
 * f_locals, f_code}. */
static size_t
find_code(void *frame)
{
    size_t first = py.minor < 11 ? py.header_bytes / sizeof(void *) + 1 : 0;
    for (size_t i = first; i < first + 5; i++) {
        void *object = python_word(frame, i * sizeof(void *));
        if (object && python_type(object) == py.PyCode_Type)
            return i * sizeof(void *);
    }
    return 0;
}

PyObject *
frame_code(void *frame)
{
    if (unlikely(!frame_code_offset))
        frame_code_offset = find_code(frame);
    return frame_code_offset ? python_word(frame, frame_code_offset) : NULL;
}

PyObject *
frame_object(void *frame)
{
    return py.minor < 11 ? frame : NULL;
}

PyObject *
frame_code_of_object(PyFrameObject *object)
{
    if (py.minor < 9)
        return frame_code(object);
    PyObject *code = (PyObject *)py.PyFrame_GetCode(object);
    py.Py_DecRef(code); /* the frame keeps it */
    return code;
}

PyFrameObject *
frame_caller(PyFrameObject *object)
{
    if (py.minor >= 9)
        return py.PyFrame_GetBack(object);
    PyObject *caller = /* f_back comes first, behind ob_size */
        python_word(object, py.header_bytes + sizeof(Py_ssize_t));
    if (caller)
        py.Py_IncRef(caller);
    return (PyFrameObject *)caller;
}

/* The mark moves up in steps of powers of two (Brent), so that it comes to lie in
 * any circle. */
void
frame_each(bool (*look)(PyFrameObject *frame, void *context), void *context)
{
    PyFrameObject *frame = py.PyEval_GetFrame(), *mark = NULL;
    if (frame)
        py.Py_IncRef((PyObject *)frame);
    for (size_t steps = 0; frame && frame != mark; steps++) {
        if ((steps & (steps - 1)) == 0)
            mark = frame;
        PyFrameObject *caller =
            look(frame, context) ? frame_caller(frame) : NULL;
        py.Py_DecRef((PyObject *)frame);
        frame = caller;
    }
    pyobject_release((PyObject *)frame);
}

PyObject *
frame_globals(void *frame)
{
    PyObject *globals = NULL;
    PyObject *function = python_word(frame, 0);
    if (py.minor < 11) {
        globals = py.PyObject_GetAttrString(frame, "f_globals");
        if (!globals)
            py.PyErr_Clear();
    } else if (function && python_type(function) == py.PyFunction_Type) {
        globals = py.PyFunction_GetGlobals(function);
        py.Py_IncRef(globals);
    }
    return globals;
}

/* == THE CALLER =========================================================== */

size_t frame_previous_offset;

/* {f_func, f_globals, f_builtins, f_locals, f_code, frame_obj, previous, ...} */
static size_t
find_previous(void *frame, const void *caller)
{
    for (size_t i = 1; i < 12; i++)
        if (python_word(frame, i * sizeof(void *)) == caller)
            return i * sizeof(void *);
    return 0;
}

void
frame_learn_previous(PyFrameObject *object)
{
    struct guard guard;
    guard_enter(&guard, NULL); /* it makes an object, once */
    PyFrameObject *back = py.PyFrame_GetBack(object);
    if (back)
        frame_previous_offset =
            find_previous(frame_behind(object), frame_behind(back));
    pyobject_release((PyObject *)back);
    guard_leave(&guard, NULL);
}

/* == LAST INSTRUCTION ===================================================== */

struct frame_lasti_place frame_lasti_place;

static uint64_t candidates = ~0ull; /* bit i: the int at offset 4 * i */
static int samples;

void
frame_forget(void)
{
    frame_code_offset = 0;
    frame_lasti_place = (struct frame_lasti_place){0};
    candidates = ~0ull;
    samples = 0;
}

/* Before 3.11 f_lasti is an int.  Each generator frame leaves fewer candidates;
 * until one is left the attribute itself is read. */
static void
learn_from_object(void *frame, long lasti)
{
    int scale = py.minor < 10 ? 1 : 2;
    int scaled = lasti < 0 ? (int)lasti : (int)lasti / scale;
    const int *words = frame;
    uint64_t left = 0;
    for (unsigned i = (unsigned)py.header_bytes / 4; i < 32; i++)
        if (candidates >> i & 1 && words[i] == scaled)
            left |= 1ull << i;
    candidates = left;
    frame_lasti_place.scale = scale;
    if (++samples >= 16 && left && !(left & (left - 1)))
        frame_lasti_place.offset = 4 * (size_t)__builtin_ctzll(left);
}

static int
lasti_of_object(void *frame)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    long lasti = pyobject_attribute_number(frame, "f_lasti", -1);
    learn_from_object(frame, lasti);
    guard_leave(&guard, NULL);
    return (int)lasti;
}

/* 3.11: prev_instr points into the code object, whose instructions, ob_size
 * units of 2 bytes, lie at its end; it is the only such pointer in a frame. */
static void
find_previous_instruction(void *frame, PyObject *code)
{
    size_t basic_bytes = (size_t)pyobject_attribute_number(
        (PyObject *)py.PyCode_Type, "__basicsize__", 0);
    const char *begin = (const char *)code + basic_bytes;
    const char *end = begin + 2 * (size_t)python_word(code, py.header_bytes);
    frame_lasti_place.code_basic_bytes = basic_bytes;
    for (size_t i = 1; i < 12; i++) {
        const char *word = python_word(frame, i * sizeof(void *));
        if (word >= begin - 2 && word < end) {
            frame_lasti_place.offset = i * sizeof(void *);
            return;
        }
    }
}

int
frame_lasti(void *frame, PyObject *code)
{
    if (likely(frame_lasti_place.offset))
        return frame_known_lasti(frame, code);
    if (py.minor < 11)
        return lasti_of_object(frame);
    find_previous_instruction(frame, code);
    return frame_lasti_place.offset ? frame_known_lasti(frame, code) : -2;
}
