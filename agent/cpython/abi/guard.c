/* SPDX-License-Identifier: Apache-2.0
 *
 * guard.c: entering and leaving the slow path, and the switch of the garbage
 * collector.
 */
#include "agent/cpython/abi/guard.h"

#include <errno.h>
#include <string.h>

#include "agent/track/thread.h"

/* == THE COLLECTOR ======================================================== */

/* Up to 3.9 only the functions of the module gc turn it off and on.  A module
 * that is made for their sake is no import, and shares what gc has; they do not
 * look at it. */
static struct {
    PyObject *(*is_on)(PyObject *, PyObject *);
    PyObject *(*on)(PyObject *, PyObject *);
    PyObject *(*off)(PyObject *, PyObject *);
    PyObject *(*objects)(PyObject *, PyObject *);
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
guard_find_collector(void)
{
    PyObject *module = py.minor < 10 && py.PyInit_gc ? py.PyInit_gc() : NULL;
    if (module && python_type(module) == py.PyModule_Type) {
        find_in(module, "isenabled", &collector.is_on);
        find_in(module, "enable", &collector.on);
        find_in(module, "disable", &collector.off);
        if (py.minor < 8) /* later it takes an argument */
            find_in(module, "get_objects", &collector.objects);
    }
    if (module)
        py.Py_DecRef(module);
    py.PyErr_Clear();
}

PyObject *
guard_all_objects(void)
{
    return collector.objects ? collector.objects(NULL, NULL) : NULL;
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

/* True if it was on, and start is to follow. */
static bool
stop_collector(void)
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

static void
start_collector(void)
{
    if (py.minor >= 10)
        py.PyGC_Enable();
    else
        ask_collector(collector.on);
}

/* == THE GUARD ============================================================ */

void
guard_let_in(void)
{
    thread_busy--;
    thread_speak();
}

void
guard_shut_out(void)
{
    thread_busy++;
    thread_hush();
}

void
guard_enter(struct guard *guard, struct thread *thread)
{
    guard_shut_out();
    guard->saved_errno = errno;
    guard->work = record_begin_work();
    guard->collects = stop_collector();
    py.PyErr_Fetch(&guard->exception[0], &guard->exception[1],
                   &guard->exception[2]);
    if (thread)
        record_attend(thread);
}

void
guard_leave(struct guard *guard, struct thread *thread)
{
    py.PyErr_Clear();
    py.PyErr_Restore(guard->exception[0], guard->exception[1],
                     guard->exception[2]);
    if (guard->collects)
        start_collector();
    if (thread && !thread->parked)
        record_busy(thread, &guard->work);
    guard_let_in();
    errno = guard->saved_errno;
}
