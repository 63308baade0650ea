/* SPDX-License-Identifier: Apache-2.0
 *
 * local.c: see local.h.
 *
 * From 3.12 on PyFrame_GetVar finds a variable, in a cell or not, and changes
 * nothing.  Before that the fast locals are read: at the end of a frame object up to
 * 3.10 (PyFrame_FastToLocals would write into the dictionary that the program's
 * `f_locals` has), and in 3.11 behind prev_instr.
 */
#include "agent/cpython/values/local.h"

#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/pyobject.h"

#define CO_VARARGS     0x4
#define CO_VARKEYWORDS 0x8

/* == THE FRAME ============================================================ */

/* f_localsplus[1] is the last member. */
static size_t
fast_offset_of_objects(void)
{
    long bytes = py.PyFrame_Type
                     ? pyobject_attribute_number((PyObject *)py.PyFrame_Type,
                                                 "__basicsize__", 0)
                     : 0;
    return bytes > (long)sizeof(void *) ? (size_t)bytes - sizeof(void *) : 0;
}

/* {..., prev_instr, int stacktop, bool is_entry, char owner, localsplus} */
static size_t
fast_offset_of_311(void *frame, PyObject *code)
{
    frame_lasti(frame, code);
    return frame_lasti_place.offset
               ? frame_lasti_place.offset + 2 * sizeof(void *)
               : 0;
}

static PyObject *const *
fast_locals(void *frame, PyObject *code)
{
    static size_t offset;
    if (!offset)
        offset = py.minor < 11 ? fast_offset_of_objects()
                               : fast_offset_of_311(frame, code);
    return offset ? (PyObject *const *)(const void *)((char *)frame + offset)
                  : NULL;
}

static bool
find_frame(struct locals *locals, PyObject *code, void *frame)
{
    if (py.minor < 12) {
        locals->fast = frame && frame_code(frame) == code
                           ? fast_locals(frame, code)
                           : NULL;
        locals->fast_count = pyobject_attribute_number(code, "co_nlocals", 0);
        locals->cells = py.PyObject_GetAttrString(code, "co_cellvars");
        return locals->fast && locals->cells;
    }
    locals->object = py.PyFrame_GetVar ? py.PyEval_GetFrame() : NULL;
    return locals->object && frame_code_of_object(locals->object) == code;
}

/* == BEGIN AND END ======================================================== */

static Py_ssize_t
count_of(PyObject *code)
{
    long flags = pyobject_attribute_number(code, "co_flags", 0);
    return pyobject_attribute_number(code, "co_argcount", 0) +
           pyobject_attribute_number(code, "co_kwonlyargcount", 0) +
           !!(flags & CO_VARARGS) + !!(flags & CO_VARKEYWORDS);
}

bool
local_begin(struct locals *locals, PyObject *code, void *frame)
{
    *locals = (struct locals){.count = count_of(code)};
    locals->names = py.PyObject_GetAttrString(code, "co_varnames");
    return locals->names && py.PyTuple_Size(locals->names) >= locals->count &&
           find_frame(locals, code, frame);
}

void
local_end(struct locals *locals)
{
    pyobject_release(locals->names);
    pyobject_release(locals->cells);
    py.PyErr_Clear();
}

/* == ONE OF THEM ========================================================== */

PyObject *
local_name(const struct locals *locals, Py_ssize_t index)
{
    return py.PyTuple_GetItem(locals->names, index);
}

static bool
is_same_text(PyObject *a, PyObject *b)
{
    struct text_holder holder;
    if (a == b)
        return true;
    struct text text = pyobject_text(a, &holder);
    bool same =
        text.length > 0 && holder.string && pyobject_is_text(b, text.bytes);
    pyobject_release_text(&holder);
    return same;
}

/* Its place among the cells; -1: it is in none. */
static Py_ssize_t
cell_of(const struct locals *locals, PyObject *name)
{
    Py_ssize_t count = py.PyTuple_Size(locals->cells);
    for (Py_ssize_t i = 0; i < count; i++)
        if (is_same_text(py.PyTuple_GetItem(locals->cells, i), name))
            return i;
    return -1;
}

static PyObject *
inside(PyObject *cell)
{
    return cell && python_type(cell) == py.PyCell_Type
               ? python_word(cell, py.header_bytes)
               : NULL;
}

/* Up to 3.10 an argument that inner functions use is in its cell alone; in 3.11 the
 * function itself puts it into one. */
static PyObject *
fast_value(const struct locals *locals, Py_ssize_t index)
{
    PyObject *value = locals->fast[index];
    bool wrapped = value && python_type(value) == py.PyCell_Type;
    if (value && !wrapped)
        return value;
    Py_ssize_t cell = cell_of(locals, local_name(locals, index));
    if (cell < 0)
        return value;
    return py.minor < 11 && !value
               ? inside(locals->fast[locals->fast_count + cell])
           : wrapped && py.minor == 11 ? inside(value)
                                       : value;
}

PyObject *
local_value(const struct locals *locals, Py_ssize_t index)
{
    PyObject *value;
    if (py.minor >= 12) {
        value = py.PyFrame_GetVar(locals->object, local_name(locals, index));
        py.PyErr_Clear(); /* it has none */
        return value;
    }
    value = fast_value(locals, index);
    if (value)
        py.Py_IncRef(value);
    return value;
}
