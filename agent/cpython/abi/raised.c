/* SPDX-License-Identifier: Apache-2.0
 *
 * raised.c: see raised.h.
 */
#include "agent/cpython/abi/raised.h"

#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/type.h"
#include "formats/base/escape.h"
#include "formats/base/phrase.h"

/* == MESSAGES ============================================================= */

static uint32_t
put_number(PyObject *number, char *to)
{
    struct phrase phrase = phrase_begin(to, RAISED_BYTES);
    long value = py.PyLong_AsLong(number);
    if (!py.PyErr_Occurred())
        phrase_add(&phrase, "%ld", value);
    py.PyErr_Clear(); /* it was too large */
    return (uint32_t)phrase.used;
}

static uint32_t
put_bytes(PyObject *bytes, char *to)
{
    char *from;
    Py_ssize_t count;
    struct phrase phrase = phrase_begin(to, RAISED_CHARACTERS);
    if (py.PyBytes_AsStringAndSize(bytes, &from, &count) != 0)
        return 0;
    phrase_add(&phrase, "b'");
    for (Py_ssize_t i = 0; i < count && phrase.used + 6 < phrase.room; i++) {
        unsigned char byte = (unsigned char)from[i];
        bool plain = byte >= ' ' && byte < 0x7f && byte != '\\';
        phrase_add(&phrase, plain ? "%c" : "\\x%02x", byte);
    }
    phrase_add(&phrase, "'");
    return (uint32_t)phrase.used;
}

static uint32_t
put(PyObject *value, char *to)
{
    const PyTypeObject *type = value ? python_type(value) : NULL;
    if (type == py.PyUnicode_Type)
        return pyobject_copy_text(value, RAISED_CHARACTERS, to);
    if (type == py.PyLong_Type)
        return put_number(value, to);
    if (type == py.PyBytes_Type)
        return put_bytes(value, to);
    return type == py.PyFloat_Type
               ? (uint32_t)escape_print(to, py.PyFloat_AsDouble(value))
               : 0;
}

static PyObject *
item(PyObject *tuple, Py_ssize_t at)
{
    return at < py.PyTuple_Size(tuple) ? py.PyTuple_GetItem(tuple, at) : NULL;
}

/* An OSError has its number first. */
static uint32_t
put_arguments(PyObject *tuple, char *to)
{
    PyObject *first = item(tuple, 0), *second = item(tuple, 1);
    uint32_t used = put(first, to);
    if (!used || !second || python_type(first) != py.PyLong_Type ||
        python_type(second) != py.PyUnicode_Type)
        return used;
    to[used++] = ':';
    to[used++] = ' ';
    return used +
           pyobject_copy_text(second, RAISED_CHARACTERS - used, to + used);
}

/* The interpreter puts a RecursionError's message together, and others', before it
 * makes the exception. */
struct text
raised_message(PyTypeObject *type, PyObject *value, char room[RAISED_BYTES])
{
    struct text text = {room, 0};
    PyObject *arguments = value;
    bool is_made = value && py.PyType_IsSubtype(python_type(value), type);
    if (is_made)
        arguments = type_read(value, "args");
    if (arguments && python_type(arguments) == py.PyTuple_Type)
        text.length = put_arguments(arguments, room);
    else if (!is_made)
        text.length = put(value, room);
    if (is_made)
        pyobject_release(arguments);
    py.PyErr_Clear();
    return text;
}

/* == TRACEBACKS =========================================================== */

/* Where they have what is read; from 3.7 on tb_next can be set. */
static struct {
    const PyTypeObject *type;
    const struct getter_definition *next;
    size_t next_offset, frame_offset;
} tracebacks;

static void
measure(PyTypeObject *type)
{
    tracebacks.next = type_getter(type, "tb_next");
    tracebacks.next_offset = type_member(type, "tb_next");
    tracebacks.frame_offset = type_member(type, "tb_frame");
    tracebacks.type = type;
}

/* Borrowed from the traceback; NULL: it is the last one. */
static PyObject *
next_of(PyObject *traceback)
{
    if (tracebacks.type != python_type(traceback))
        measure(python_type(traceback));
    if (!tracebacks.next)
        return tracebacks.next_offset
                   ? python_word(traceback, tracebacks.next_offset)
                   : NULL;
    PyObject *next = tracebacks.next->get(traceback, tracebacks.next->closure);
    pyobject_release(next);
    return next == py._Py_NoneStruct ? NULL : next;
}

static PyFrameObject *
frame_of(PyObject *traceback)
{
    if (tracebacks.type != python_type(traceback))
        measure(python_type(traceback));
    return tracebacks.frame_offset
               ? python_word(traceback, tracebacks.frame_offset)
               : NULL;
}

static PyObject *
code_of(PyObject *traceback)
{
    PyFrameObject *frame = frame_of(traceback);
    return frame ? frame_code_of_object(frame) : NULL;
}

bool
raised_just_now(PyObject *traceback, const PyObject *code)
{
    return !next_of(traceback) && code_of(traceback) == code;
}

/* How far tracebacks are followed each time that one grows. */
#define DEEP 256

bool
raised_here(PyObject *traceback, const PyObject **last)
{
    const PyFrameObject *frame = frame_of(traceback);
    bool here = true;
    *last = traceback;
    for (int i = 0; i < DEEP; i++) {
        traceback = next_of(traceback);
        if (!traceback)
            return here;
        here &= frame_of(traceback) == frame;
        *last = traceback;
    }
    *last = NULL;
    return false;
}

struct raised_place
raised_place(PyObject *traceback)
{
    struct raised_place place = {NULL, 0};
    if (!traceback)
        return place;
    for (PyObject *next; (next = next_of(traceback)) != NULL;)
        traceback = next;
    long line = pyobject_attribute_number(traceback, "tb_lineno", 0);
    place.code = code_of(traceback);
    place.line = line > 0 ? (uint32_t)line : 0;
    return place;
}
