/* SPDX-License-Identifier: Apache-2.0
 *
 * spanobject.c: the table of their types.
 */
#include "agent/cpython/names/spanobject.h"

#include <string.h>

#include "agent/cpython/abi/pyobject.h"

static PyTypeObject *types[SPANOBJECT_TYPES];
static uint32_t type_count;

uint32_t
spanobject_index_of(const PyTypeObject *type)
{
    uint32_t index = 0;
    while (index < SPANOBJECT_TYPES && types[index] != type)
        index++;
    return index;
}

uint32_t
spanobject_next_index(void)
{
    return __atomic_fetch_add(&type_count, 1, __ATOMIC_RELAXED) %
           SPANOBJECT_TYPES;
}

void
spanobject_keep_type(uint32_t index, PyTypeObject *type)
{
    __atomic_store_n(&types[index], type, __ATOMIC_RELEASE);
}

void
spanobject_forget(void)
{
    type_count = 0;
    memset(types, 0, sizeof types);
}

static bool
is_span(PyObject *object)
{
    return spanobject_index_of(python_type(object)) < SPANOBJECT_TYPES;
}

PyObject *
spanobject_in_code(PyObject *code)
{
    PyObject *constants = py.PyObject_GetAttrString(code, "co_consts");
    Py_ssize_t count = constants ? py.PyTuple_Size(constants) : 0;
    PyObject *last =
        count > 0 ? py.PyTuple_GetItem(constants, count - 1) : NULL;
    if (!constants)
        py.PyErr_Clear();
    pyobject_release(constants); /* the code keeps it */
    return last && is_span(last) ? last : NULL;
}
