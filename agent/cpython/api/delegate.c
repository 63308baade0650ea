/* SPDX-License-Identifier: Apache-2.0
 *
 * delegate.c: asking it.
 */
#include "agent/cpython/api/delegate.h"

#include "agent/cpython/abi/pyobject.h"

static PyObject *delegate;

PyObject *
delegate_object(void)
{
    return delegate;
}

void
delegate_set(PyObject *object)
{
    pyobject_release(delegate);
    delegate = object;
    if (object)
        py.Py_IncRef(object);
}

void
delegate_forget(void)
{
    delegate = NULL;
}

PyObject *
delegate_ask(const char *name, PyObject *arguments, PyObject *keywords)
{
    PyObject *function = py.PyObject_GetAttrString(delegate, name);
    PyObject *empty = arguments ? NULL : py.PyTuple_New(0);
    PyObject *result = NULL;
    if (function && (arguments || empty))
        result =
            py.PyObject_Call(function, arguments ? arguments : empty, keywords);
    pyobject_release(empty);
    pyobject_release(function);
    return result;
}
