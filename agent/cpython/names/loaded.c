/* SPDX-License-Identifier: Apache-2.0
 *
 * loaded.c: functions that exist already, found in the namespaces of modules
 * and of their classes.
 */
#include "agent/cpython/names/loaded.h"

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/names/code.h"

static void
mark_function(PyObject *function)
{
    struct text_holder holder;
    PyObject *code = py.PyFunction_GetCode(function);
    struct text name =
        pyobject_attribute_text(function, "__qualname__", &holder);
    if (code && python_type(code) == py.PyCode_Type)
        code_mark_made(code, name);
    pyobject_release_text(&holder);
}

static void mark_namespace(PyObject *namespace, int depth);

static void
mark_class(PyObject *type, int depth)
{
    PyObject *proxy = py.PyObject_GetAttrString(type, "__dict__");
    PyObject *copy = proxy ? py.PyObject_CallMethod(proxy, "copy", NULL) : NULL;
    if (copy)
        mark_namespace(copy, depth);
    pyobject_release(copy);
    pyobject_release(proxy);
}

static void
mark_value(PyObject *value, int depth)
{
    PyTypeObject *type = python_type(value);
    if (type == py.PyFunction_Type) {
        mark_function(value);
    } else if (type == py.PyStaticMethod_Type ||
               type == py.PyClassMethod_Type) {
        PyObject *function = py.PyObject_GetAttrString(value, "__func__");
        if (function && python_type(function) == py.PyFunction_Type)
            mark_function(function);
        pyobject_release(function);
    } else if (type == py.PyType_Type && depth > 0) {
        mark_class(value, depth - 1);
    }
}

static void
mark_namespace(PyObject *namespace, int depth)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (py.PyDict_Next(namespace, &at, &key, &value))
        mark_value(value, depth);
}

void
loaded_mark(void)
{
    struct guard guard;
    PyObject *name, *module;
    Py_ssize_t at = 0;
    guard_enter(&guard, NULL);
    while (py.PyDict_Next(py.PyImport_GetModuleDict(), &at, &name, &module)) {
        if (python_type(module) != py.PyModule_Type)
            continue;
        PyObject *namespace = py.PyObject_GetAttrString(module, "__dict__");
        if (namespace)
            mark_namespace(namespace, 1);
        pyobject_release(namespace);
    }
    guard_leave(&guard, NULL);
}
