/* SPDX-License-Identifier: Apache-2.0
 *
 * contents.c: see contents.h.  Free-threaded, another thread may change a list or
 * dictionary meanwhile: there their own iterators, which know that, are asked.
 */
#include "agent/cpython/values/contents.h"

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/type.h"

static bool
is_free_threaded(void)
{
    return py.header_bytes != 2 * sizeof(void *);
}

/* == PLAIN DICTIONARIES OF OBJECTS ======================================== */

typedef PyObject *dict_getter(PyObject *, void *);

/* What reads the `__dict__` of a class written in Python: one of those is
 * importlib's ModuleSpec. */
static dict_getter *
getter_of_classes(void)
{
    static dict_getter *getter;
    dict_getter *known = __atomic_load_n(&getter, __ATOMIC_RELAXED);
    if (known)
        return known;
    PyObject *module =
        pyobject_item(py.PyImport_GetModuleDict(), "_frozen_importlib");
    PyObject *class = module ? type_read(module, "ModuleSpec") : NULL;
    if (class && python_type(class) == py.PyType_Type) {
        const struct getter_definition *definition =
            type_getter((PyTypeObject *)class, "__dict__");
        known = definition ? definition->get : NULL;
        __atomic_store_n(&getter, known, __ATOMIC_RELAXED);
    }
    pyobject_release(class);
    return known;
}

/* A new reference; NULL where it has none, or the program answers for it. */
static PyObject *
plain_dict(PyObject *value)
{
    const struct getter_definition *definition =
        type_getter(python_type(value), "__dict__");
    if (!definition || (definition->get != getter_of_classes() &&
                        definition->get != py.PyObject_GenericGetDict))
        return NULL;
    PyObject *dict = definition->get(value, definition->closure);
    py.PyErr_Clear();
    if (dict && python_type(dict) != py.PyDict_Type) {
        py.Py_DecRef(dict);
        dict = NULL;
    }
    return dict;
}

/* == BEGIN AND END ======================================================== */

static PyObject *
iterator_of(PyObject *value, bool items)
{
    PyObject *all =
        items ? py.PyObject_CallMethod(value, "items", NULL) : value;
    PyObject *iterator = all ? py.PyObject_GetIter(all) : NULL;
    if (items)
        pyobject_release(all);
    py.PyErr_Clear();
    return iterator;
}

static void
begin_dict(struct contents *contents, PyObject *dict)
{
    contents->container = dict;
    contents->keyed = true;
    contents->count = (size_t)py.PyDict_Size(dict);
    if (is_free_threaded())
        contents->iterator = iterator_of(dict, true);
}

static void
begin_sequence(struct contents *contents, PyObject *value)
{
    PyTypeObject *type = python_type(value);
    contents->container = value;
    contents->count = type == py.PyList_Type    ? (size_t)py.PyList_Size(value)
                      : type == py.PyTuple_Type ? (size_t)py.PyTuple_Size(value)
                                                : (size_t)py.PySet_Size(value);
    if (type != py.PyTuple_Type)
        contents->iterator = iterator_of(value, false);
}

bool
contents_begin(struct contents *contents, PyObject *value)
{
    PyTypeObject *type = python_type(value);
    bool sequence = type == py.PyList_Type || type == py.PyTuple_Type ||
                    type == py.PySet_Type || type == py.PyFrozenSet_Type;
    *contents = (struct contents){0};
    if (sequence || type == py.PyDict_Type) {
        py.Py_IncRef(value);
        (sequence ? begin_sequence : begin_dict)(contents, value);
        return true;
    }
    contents->type = type;
    PyObject *dict = plain_dict(value);
    if (dict)
        begin_dict(contents, dict);
    return dict && contents->count > 0;
}

void
contents_end(struct contents *contents)
{
    pyobject_release(contents->iterator);
    pyobject_release(contents->container);
}

/* == ONE BY ONE =========================================================== */

static bool
take(PyObject *borrowed_key, PyObject *borrowed, PyObject **key,
     PyObject **value)
{
    if (borrowed_key)
        py.Py_IncRef(borrowed_key);
    if (borrowed)
        py.Py_IncRef(borrowed);
    *key = borrowed_key;
    *value = borrowed;
    return borrowed != NULL;
}

static bool
next_of_iterator(struct contents *contents, PyObject **key, PyObject **value)
{
    PyObject *next = py.PyIter_Next(contents->iterator);
    py.PyErr_Clear(); /* it was changed */
    *key = NULL;
    *value = next;
    if (!next || !contents->keyed)
        return next != NULL;
    take(py.PyTuple_GetItem(next, 0), py.PyTuple_GetItem(next, 1), key, value);
    py.Py_DecRef(next);
    return true;
}

bool
contents_next(struct contents *contents, PyObject **key, PyObject **value)
{
    PyObject *borrowed_key = NULL, *borrowed = NULL;
    if (contents->iterator)
        return next_of_iterator(contents, key, value);
    if (contents->keyed) /* no iterator could be made */
        return !is_free_threaded() &&
               py.PyDict_Next(contents->container, &contents->at, &borrowed_key,
                              &borrowed) &&
               take(borrowed_key, borrowed, key, value);
    return python_type(contents->container) == py.PyTuple_Type &&
           (size_t)contents->at < contents->count &&
           take(NULL, py.PyTuple_GetItem(contents->container, contents->at++),
                key, value);
}

void
contents_release(PyObject *key, PyObject *value)
{
    pyobject_release(key);
    pyobject_release(value);
}
