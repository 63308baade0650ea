/* SPDX-License-Identifier: Apache-2.0
 *
 * exception.c: see exception.h.
 */
#include "agent/cpython/abi/exception.h"

#include <string.h>

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/type.h"

/* In an object of each; 0: not found, then all are errors. */
static struct {
    size_t base; /* of a type */
    size_t code; /* of a SystemExit */
} offsets;

#define FLAG_HEAP_TYPE (1ul << 9) /* of the stable ABI */

void
exception_measure(void)
{
    offsets.base = type_member(py.PyType_Type, "__base__");
    offsets.code = type_member((PyTypeObject *)*py.PyExc_SystemExit, "code");
}

/* == TYPES ================================================================ */

/* Takes the reference. */
static bool
is_text(PyObject *string, const char *text)
{
    bool is = pyobject_is_text(string, text);
    pyobject_release(string);
    return is;
}

/* Up to 3.7 asyncio has that of concurrent.futures. */
static bool
is_cancellation(PyTypeObject *type)
{
    const char *module =
        py.minor < 8 ? "concurrent.futures._base" : "asyncio.exceptions";
    if (!(py.PyType_GetFlags(type) & FLAG_HEAP_TYPE))
        return false;
    PyObject *name = type_qualified_name(type);
    bool of_asyncio = pyobject_is_text(name, "CancelledError");
    bool of_trio = pyobject_is_text(name, "Cancelled");
    pyobject_release(name);
    return (of_asyncio && is_text(type_module(type), module)) ||
           (of_trio && is_text(type_module(type), "trio"));
}

static bool
is_kind_of(const PyTypeObject *type, PyObject *const *exception)
{
    return type == (const PyTypeObject *)*exception;
}

/* == SYSTEMEXIT =========================================================== */

/* Nothing, None, and what the process's status has no bit of. */
static bool
is_success(PyObject *code)
{
    if (!code || code == py._Py_NoneStruct)
        return true;
    if (!py.PyType_IsSubtype(python_type(code), py.PyLong_Type))
        return false;
    long status = py.PyLong_AsLong(code);
    if (status == -1)
        py.PyErr_Clear(); /* it may be too large */
    return (status & 0xff) == 0;
}

/* A class of the program's may have an attribute `code` in front of SystemExit's
 * own.  One that is computed is not: it counts as a failure. */
static bool
tells_success(PyObject *exception)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    PyObject *code = type_has_own_lookup(python_type(exception))
                         ? NULL
                         : type_read(exception, "code");
    bool success = code && is_success(code);
    pyobject_release(code);
    guard_leave(&guard, NULL);
    return success;
}

/* value is the exception, or what is to become its argument. */
static bool
ends_in_order(PyTypeObject *type, PyObject *value)
{
    if (!offsets.code || !value || python_type(value) != type)
        return offsets.code && is_success(value);
    return is_kind_of(type, py.PyExc_SystemExit)
               ? is_success(python_word(value, offsets.code))
               : tells_success(value);
}

/* == BY NAME ============================================================== */

static bool
ends_with(struct text text, struct text end)
{
    return text.length >= end.length &&
           memcmp(text.bytes + text.length - end.length, end.bytes,
                  end.length) == 0;
}

/* name may be MODULE.NAME. */
static bool
is_called(PyTypeObject *type, struct text name)
{
    struct text_holder holders[2];
    PyObject *own = type_qualified_name(type), *module = type_module(type);
    struct text called = pyobject_text(own, &holders[0]);
    struct text in = pyobject_text(module, &holders[1]);
    uint32_t before = name.length - called.length;
    bool is = called.length && ends_with(name, called) &&
              (before == 0 ||
               (before == in.length + 1 && name.bytes[in.length] == '.' &&
                memcmp(name.bytes, in.bytes, in.length) == 0));
    pyobject_release_text(&holders[0]);
    pyobject_release_text(&holders[1]);
    pyobject_release(own);
    pyobject_release(module);
    return is;
}

bool
exception_is_called(PyTypeObject *type, struct text name)
{
    struct guard guard;
    bool is = false;
    guard_enter(&guard, NULL);
    for (PyTypeObject *at = type; at && offsets.base && !is;
         at = python_word(at, offsets.base))
        is = is_called(at, name);
    guard_leave(&guard, NULL);
    return is;
}

PyTypeObject *
exception_type_pending(void)
{
    PyObject *type, *value, *traceback;
    py.PyErr_Fetch(&type, &value, &traceback);
    py.PyErr_Restore(type, value, traceback);
    return (PyTypeObject *)type;
}

/* == WHETHER IT IS AN ERROR =============================================== */

/* Nothing is pending meanwhile. */
static enum spool_kind
exit_by(PyTypeObject *const type, PyObject *value, bool generator)
{
    for (PyTypeObject *at = type; at && offsets.base;
         at = python_word(at, offsets.base)) {
        if (is_kind_of(at, py.PyExc_StopIteration))
            return generator ? SPOOL_EXIT_EXCEPTION : SPOOL_EXIT_CONTROL;
        if (is_kind_of(at, py.PyExc_StopAsyncIteration) ||
            is_kind_of(at, py.PyExc_GeneratorExit) || is_cancellation(at))
            return SPOOL_EXIT_CONTROL;
        if (is_kind_of(at, py.PyExc_SystemExit))
            return ends_in_order(type, value) ? SPOOL_EXIT_CONTROL
                                              : SPOOL_EXIT_EXCEPTION;
    }
    return SPOOL_EXIT_EXCEPTION;
}

static bool
is_exit(PyTypeObject *const type)
{
    return type &&
           py.PyType_IsSubtype(type, (PyTypeObject *)*py.PyExc_SystemExit);
}

bool
exception_is_type_of_exit(PyTypeObject *type)
{
    return is_exit(type);
}

bool
exception_is_exit(PyObject *exception)
{
    return is_exit(python_type(exception));
}

bool
exception_is_exit_pending(void)
{
    return is_exit(exception_type_pending());
}

enum spool_kind
exception_exit(PyObject *exception)
{
    return exit_by(python_type(exception), exception, false);
}

bool
exception_is_control(PyTypeObject *type, PyObject *value)
{
    return exit_by(type, value, false) == SPOOL_EXIT_CONTROL;
}

enum spool_kind
exception_exit_pending(bool generator)
{
    PyObject *type, *value, *traceback;
    py.PyErr_Fetch(&type, &value, &traceback);
    enum spool_kind kind = type
                               ? exit_by((PyTypeObject *)type, value, generator)
                               : SPOOL_EXIT_EXCEPTION;
    py.PyErr_Restore(type, value, traceback);
    return kind;
}
