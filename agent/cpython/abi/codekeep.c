/* SPDX-License-Identifier: Apache-2.0
 *
 * codekeep.c: see codekeep.h.
 */
#include "agent/cpython/abi/codekeep.h"

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"

/* A function's is found by a load, those of what has been called by an attribute. */
static void
keep_code_of(PyObject *object)
{
    static const struct {
        PyTypeObject *const *type;
        const char *attribute;
    } called[] = {
        {&py.PyFrame_Type, "f_code"},
        {&py.PyGen_Type, "gi_code"},
        {&py.PyCoro_Type, "cr_code"},
    };
    const PyTypeObject *type = python_type(object);
    if (type == py.PyFunction_Type)
        py.Py_IncRef(py.PyFunction_GetCode(object));
    for (size_t i = 0; i < sizeof called / sizeof *called; i++)
        if (type == *called[i].type) /* it keeps the new reference */
            py.PyObject_GetAttrString(object, called[i].attribute);
}

/* A list is {header, size, items}. */
static void
keep(PyObject *capsule)
{
    struct guard guard;
    (void)capsule;
    guard_enter(&guard, NULL);
    PyObject *all = guard_all_objects();
    size_t count =
        all ? (size_t)(uintptr_t)python_word(all, py.header_bytes) : 0;
    PyObject *const *items =
        all ? python_word(all, py.header_bytes + sizeof(Py_ssize_t)) : NULL;
    for (size_t i = 0; i < count; i++)
        keep_code_of(items[i]);
    pyobject_release(all);
    guard_leave(&guard, NULL);
}

PyObject *
codekeep_new(void)
{
    static const char name[] = "codesnap.keep";
    return py.PyCapsule_New((void *)(uintptr_t)name, name, keep);
}
