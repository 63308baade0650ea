/* SPDX-License-Identifier: Apache-2.0
 *
 * type.c: reading attributes past a program's descriptors.  To ask a class for
 * `__mro__` is to ask its metaclass, which may be the program's and have a
 * property of that name; the descriptors of `type` itself read it from any class.
 */
#include "agent/cpython/abi/type.h"

#include <string.h>

/* What a descriptor reads: by a function, or a word at an offset. */
struct reader {
    const struct getter_definition *getter;
    size_t offset;
};

static struct reader mro, qualified_name, module;

/* == DESCRIPTORS ========================================================== */

/* Borrowed, or NULL; as CPython finds it, without binding it. */
static PyObject *
find(PyTypeObject *type, PyObject *key)
{
    PyObject *found =
        key && py._PyType_Lookup ? py._PyType_Lookup(type, key) : NULL;
    py.PyErr_Clear();
    return found;
}

static void
give_back(PyObject *object)
{
    if (object)
        py.Py_DecRef(object);
}

static bool
is_called(const char *found, const char *name)
{
    return found && strcmp(found, name) == 0;
}

/* A descriptor is {header, d_type, d_name, d_qualname, its definition}: see
 * check_c_functions.  The type keeps it. */
static struct reader
reader_of(PyTypeObject *type, const char *name)
{
    struct reader reader = {NULL, 0};
    PyObject *key = py.PyUnicode_InternFromString(name);
    PyObject *found = find(type, key);
    give_back(key);
    if (!found)
        return reader;
    const void *definition = NULL;
    if (python_type(found) == py.PyGetSetDescr_Type ||
        python_type(found) == py.PyMemberDescr_Type)
        definition = python_word(found, py.header_bytes + 24);
    if (!definition || !is_called(*(const char *const *)definition, name))
        return reader;
    const struct member_definition *member = definition;
    if (python_type(found) == py.PyGetSetDescr_Type)
        reader.getter = definition;
    else if (member->type == MEMBER_OBJECT)
        reader.offset = (size_t)member->offset;
    return reader;
}

static PyObject *
read_by(struct reader reader, PyTypeObject *type)
{
    PyObject *object = (PyObject *)type, *value = NULL;
    if (reader.getter) {
        value = reader.getter->get(object, reader.getter->closure);
    } else if (reader.offset) {
        value = python_word(object, reader.offset);
        if (value)
            py.Py_IncRef(value);
    }
    if (!value)
        py.PyErr_Clear();
    return value;
}

/* == WHAT IS READ ========================================================= */

void
type_measure(void)
{
    mro = reader_of(py.PyType_Type, "__mro__");
    qualified_name = reader_of(py.PyType_Type, "__qualname__");
    module = reader_of(py.PyType_Type, "__module__");
}

PyObject *
type_mro(PyTypeObject *type)
{
    return read_by(mro, type);
}

PyObject *
type_qualified_name(PyTypeObject *type)
{
    return read_by(qualified_name, type);
}

PyObject *
type_module(PyTypeObject *type)
{
    return read_by(module, type);
}

size_t
type_member(PyTypeObject *type, const char *name)
{
    return reader_of(type, name).offset;
}

const struct getter_definition *
type_getter(PyTypeObject *type, const char *name)
{
    return reader_of(type, name).getter;
}

bool
type_has_own_lookup(PyTypeObject *type)
{
    PyObject *key = py.PyUnicode_InternFromString("__getattribute__");
    const PyObject *found = find(type, key);
    give_back(key);
    return found && python_type(found) == py.PyFunction_Type;
}

/* Types of CPython's own whose __get__ calls nothing written in Python, or that
 * have none. */
static bool
binds_quietly(const PyTypeObject *type)
{
    return type == py.PyFunction_Type || type == py.PyCFunction_Type ||
           type == py.PyMethodDescr_Type || type == py.PyGetSetDescr_Type ||
           type == py.PyMemberDescr_Type || type == py.PyUnicode_Type ||
           type == py.PyLong_Type || type == python_type(py._Py_NoneStruct);
}

PyObject *
type_read(PyObject *object, const char *name)
{
    PyObject *key = py.PyUnicode_InternFromString(name), *value = NULL;
    const PyObject *found = find(python_type(object), key);
    if (key && (!found || binds_quietly(python_type(found))))
        value = py.PyObject_GenericGetAttr(object, key);
    if (!value)
        py.PyErr_Clear();
    give_back(key);
    return value;
}
