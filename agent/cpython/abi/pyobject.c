/* SPDX-License-Identifier: Apache-2.0
 *
 * pyobject.c: reading the interpreter's objects.  Attributes are read only from
 * code objects and built-in types, where no code of the host answers.
 */
#include "agent/cpython/abi/pyobject.h"

struct text
pyobject_text(PyObject *string, PyObject **holder)
{
    char *bytes;
    Py_ssize_t length;
    *holder = NULL;
    if (!string || python_type(string) != py.PyUnicode_Type)
        return (struct text){"", 0};
    *holder = py.PyUnicode_AsEncodedString(string, "utf-8", "surrogatepass");
    if (!*holder || py.PyBytes_AsStringAndSize(*holder, &bytes, &length) < 0) {
        py.PyErr_Clear();
        return (struct text){"", 0};
    }
    return (struct text){bytes, (uint32_t)length};
}

void
pyobject_release(PyObject *object)
{
    if (object)
        py.Py_DecRef(object);
}

struct text
pyobject_attribute_text(PyObject *object, const char *attribute,
                        PyObject **holder)
{
    PyObject *value = py.PyObject_GetAttrString(object, attribute);
    if (!value)
        py.PyErr_Clear();
    struct text text = pyobject_text(value, holder);
    pyobject_release(value);
    return text;
}

long
pyobject_attribute_number(PyObject *object, const char *attribute,
                          long otherwise)
{
    PyObject *value = py.PyObject_GetAttrString(object, attribute);
    if (!value || python_type(value) != py.PyLong_Type) {
        py.PyErr_Clear();
        pyobject_release(value);
        return otherwise;
    }
    long number = py.PyLong_AsLong(value);
    py.Py_DecRef(value);
    return number;
}
