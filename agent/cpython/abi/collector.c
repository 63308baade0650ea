/* SPDX-License-Identifier: Apache-2.0
 *
 * collector.c: the garbage collector's switch.
 */
#include "agent/cpython/abi/collector.h"

#include <string.h>

#include "agent/cpython/abi/python.h"

/* Up to 3.9 only the functions of the module gc turn it off and on.  A module
 * that is made for their sake is no import, and shares what gc has; they do not
 * look at it. */
static struct {
    PyObject *(*is_on)(PyObject *, PyObject *);
    PyObject *(*on)(PyObject *, PyObject *);
    PyObject *(*off)(PyObject *, PyObject *);
} collector;

static void
find_in(PyObject *module, const char *name, void *place)
{
    PyObject *function = py.PyObject_GetAttrString(module, name);
    if (function && python_type(function) == py.PyCFunction_Type) {
        const struct method_definition *method =
            python_word(function, py.header_bytes);
        memcpy(place, &method->function, sizeof method->function);
    }
    if (function)
        py.Py_DecRef(function);
}

void
collector_find(void)
{
    PyObject *module = py.minor < 10 && py.PyInit_gc ? py.PyInit_gc() : NULL;
    if (module && python_type(module) == py.PyModule_Type) {
        find_in(module, "isenabled", &collector.is_on);
        find_in(module, "enable", &collector.on);
        find_in(module, "disable", &collector.off);
    }
    if (module)
        py.Py_DecRef(module);
    py.PyErr_Clear();
}

static bool
ask_collector(PyObject *(*function)(PyObject *, PyObject *))
{
    PyObject *answer = function(NULL, NULL);
    bool yes = answer && py.PyObject_IsTrue(answer) > 0;
    if (answer)
        py.Py_DecRef(answer);
    return yes;
}

bool
collector_stop(void)
{
    if (py.minor >= 12)
        return false;
    if (py.minor >= 10)
        return py.PyGC_Disable() != 0;
    if (!collector.is_on || !collector.on || !collector.off ||
        !ask_collector(collector.is_on))
        return false;
    ask_collector(collector.off);
    return true;
}

void
collector_start(void)
{
    if (py.minor >= 10)
        py.PyGC_Enable();
    else
        ask_collector(collector.on);
}
