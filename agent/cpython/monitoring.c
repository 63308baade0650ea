/* SPDX-License-Identifier: Apache-2.0
 *
 * monitoring.c: sys.monitoring (PEP 669), from 3.12.  The callbacks are objects
 * of a type of our own with a vectorcall slot, the shortest way from the
 * interpreter to C that there is.
 */
#include <stdio.h>

#include "agent/cpython/hook.h"
#include "agent/cpython/interpreter.h"
#include "agent/cpython/label.h"

typedef PyObject *vectorcall(PyObject *self, PyObject *const *arguments,
                             size_t count, PyObject *keywords);

/* == CALLBACKS ============================================================ */

/* None is immortal in all these versions (PEP 683): no reference is counted. */
#define NONE py._Py_NoneStruct

/* In tail position, so that the callbacks need no frame of their own. */
#define SLOWLY __attribute__((noinline, cold)) static PyObject *

SLOWLY
enter_slowly(PyObject *code, enum spool_kind kind)
{
    hook_enter_slowly(code, kind);
    return NONE;
}

SLOWLY
exit_slowly(PyObject *code, enum spool_kind kind)
{
    hook_exit_slowly(code, kind);
    return NONE;
}

SLOWLY
enter_c_slowly(PyObject *callable)
{
    hook_enter_c_slowly(callable);
    return NONE;
}

SLOWLY
exit_c_slowly(PyObject *callable, enum spool_kind kind)
{
    hook_exit_c_slowly(callable, kind);
    return NONE;
}

/* A callback, and what it comes to without hook_knows_all. */
#define HOOK(name, try, slowly)                                         \
    static PyObject *name(PyObject *self, PyObject *const *arguments,   \
                          size_t count, PyObject *keywords)             \
    {                                                                   \
        (void)self, (void)count, (void)keywords;                        \
        return likely(try) ? NONE : (slowly);                           \
    }                                                                   \
    static PyObject *name##_with_care(PyObject *self,                   \
                                      PyObject *const *arguments,       \
                                      size_t count, PyObject *keywords) \
    {                                                                   \
        (void)self, (void)count, (void)keywords;                        \
        return slowly;                                                  \
    }

#define ENTER(name, kind)                                 \
    HOOK(name, hook_try_enter(arguments[0], kind, false), \
         enter_slowly(arguments[0], kind))
#define EXIT(name, kind)                          \
    HOOK(name, hook_try_exit(arguments[0], kind), \
         exit_slowly(arguments[0], kind))
#define EXIT_C(name, kind)                          \
    HOOK(name, hook_try_exit_c(arguments[2], kind), \
         exit_c_slowly(arguments[2], kind))

ENTER(on_start, SPOOL_ENTER_PYTHON)
ENTER(on_resume, SPOOL_RESUME)
ENTER(on_throw, SPOOL_THROW)
EXIT(on_return, SPOOL_EXIT)
EXIT(on_yield, SPOOL_YIELD)
EXIT(on_unwind, SPOOL_EXIT_EXCEPTION)
HOOK(on_call, hook_try_enter_c(arguments[2]), enter_c_slowly(arguments[2]))
EXIT_C(on_c_return, SPOOL_EXIT)
EXIT_C(on_c_raise, SPOOL_EXIT_EXCEPTION)

/* PY_START before the recording. */
static PyObject *
on_watch(PyObject *self, PyObject *const *arguments, size_t count,
         PyObject *keywords)
{
    (void)self, (void)count, (void)keywords;
    if ((start_is_recording() ||
         (start_may_be_program(arguments[0]) &&
          start_is_program(arguments[0], py.PyEval_GetGlobals()))) &&
        (start_is_recording() ? start_join() : start_program()) == 0)
        enter_slowly(arguments[0], SPOOL_ENTER_PYTHON); /* we are in it */
    return NONE;
}

/* == REGISTERING ========================================================== */

enum wanted {
    ALWAYS,
    FOR_C_CALLS,
    IMPLIED /* comes with CALL, and may not be asked for by itself */
};

/* hook is NULL at the end. */
struct registration {
    const char *event;
    vectorcall *hook, *with_care;
    enum wanted wanted;
};

#define ROW(event, hook, wanted)              \
    {                                         \
        event, hook, hook##_with_care, wanted \
    }

static const struct registration nothing[] = {{NULL, NULL, NULL, ALWAYS}};
static const struct registration watching[] = {
    {"PY_START", on_watch, on_watch, ALWAYS},
    {NULL, NULL, NULL, ALWAYS},
};
static const struct registration recording[] = {
    ROW("PY_START", on_start, ALWAYS),   ROW("PY_RESUME", on_resume, ALWAYS),
    ROW("PY_THROW", on_throw, ALWAYS),   ROW("PY_RETURN", on_return, ALWAYS),
    ROW("PY_YIELD", on_yield, ALWAYS),   ROW("PY_UNWIND", on_unwind, ALWAYS),
    ROW("CALL", on_call, FOR_C_CALLS),   ROW("C_RETURN", on_c_return, IMPLIED),
    ROW("C_RAISE", on_c_raise, IMPLIED), {NULL, NULL, NULL, ALWAYS},
};

/* What lies behind a callback object's header.  Where there are several
 * interpreters each event is asked whose it is, and then goes its way. */
struct callback {
    vectorcall *function; /* hook, or on_any */
    vectorcall *hook;
    uint32_t interpreter;
};

static PyObject *
on_any(PyObject *self, PyObject *const *arguments, size_t count,
       PyObject *keywords)
{
    const struct callback *callback =
        (const void *)((const char *)self + py.header_bytes);
    const struct thread *thread = thread_current;
    if (thread && unlikely(thread->interpreter != callback->interpreter))
        interpreter_enter(callback->interpreter);
    return callback->hook(self, arguments, count, keywords);
}

static void
ask_whose(struct monitor *monitor)
{
    for (size_t i = 0; i < sizeof recording / sizeof *recording; i++)
        if (monitor->callbacks[i])
            __atomic_store_n(&monitor->callbacks[i]->function, on_any,
                             __ATOMIC_RELEASE);
}

static PyTypeObject *
make_callback_type(void)
{
    static struct member_definition members[2];
    static PyType_Slot slots[3];
    members[0] = (struct member_definition){
        "__vectorcalloffset__", MEMBER_PYSSIZET, (Py_ssize_t)py.header_bytes,
        MEMBER_READONLY, NULL};
    slots[0] = (PyType_Slot){SLOT_TP_CALL, (void *)py.PyVectorcall_Call};
    slots[1] = (PyType_Slot){SLOT_TP_MEMBERS, members};
    PyType_Spec spec = {
        "codesnap.callback", (int)(py.header_bytes + sizeof(struct callback)),
        0, FLAG_DISALLOW_INSTANTIATION | FLAG_HAVE_VECTORCALL, slots};
    return (PyTypeObject *)py.PyType_FromSpec(&spec);
}

/* The table holds it, too: nobody else may let it go. */
static void
keep(struct callback **kept, PyObject *callback)
{
    struct callback *inner = (void *)((char *)callback + py.header_bytes);
    struct callback *old = *kept;
    py.Py_IncRef(callback);
    __atomic_store_n(kept, inner, __ATOMIC_RELEASE);
    if (old)
        py.Py_DecRef((PyObject *)(void *)((char *)old - py.header_bytes));
}

static PyObject *
make_callback(struct interpreter *interpreter, vectorcall *hook,
              struct callback **kept)
{
    PyObject *callback =
        py.PyType_GenericAlloc(interpreter->monitor.callback_type, 0);
    if (!callback)
        return NULL;
    *(struct callback *)(void *)((char *)callback + py.header_bytes) =
        (struct callback){interpreter_several ? on_any : hook, hook,
                          interpreter->number};
    keep(kept, callback);
    return callback;
}

/* result may be NULL; 0 if it is not. */
static int
give_back(PyObject *result)
{
    if (!result)
        return -1;
    py.Py_DecRef(result);
    return 0;
}

/* A tool id that nobody has; the ones with a meaning come last. */
static int
take_tool(struct monitor *monitor, PyObject *monitoring)
{
    static const int ids[] = {4, 3, 5, 1, 0, 2};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (give_back(py.PyObject_CallMethod(monitoring, "use_tool_id", "is",
                                             ids[i], "codesnap")) == 0) {
            monitor->tool = ids[i];
            return 0;
        }
        py.PyErr_Clear();
    }
    return -1;
}

static int
register_hook(struct interpreter *interpreter, PyObject *monitoring,
              PyObject *events, const struct registration *row,
              struct callback **kept, long *set)
{
    long event = label_number(events, row->event, 0);
    vectorcall *hook = hook_knows_all() ? row->hook : row->with_care;
    PyObject *callback = event ? make_callback(interpreter, hook, kept) : NULL;
    if (!callback)
        return -1;
    if (row->wanted != IMPLIED)
        *set |= event;
    PyObject *old =
        py.PyObject_CallMethod(monitoring, "register_callback", "ilO",
                               interpreter->monitor.tool, event, callback);
    py.Py_DecRef(callback);
    return give_back(old);
}

static int
register_hooks(const struct registration *rows, bool c_calls)
{
    struct interpreter *interpreter = interpreter_current();
    struct monitor *monitor = &interpreter->monitor;
    PyObject *monitoring = py.PySys_GetObject("monitoring");
    if (!monitoring || !monitor->callback_type ||
        (monitor->tool < 0 && take_tool(monitor, monitoring) < 0))
        return -1;
    PyObject *events = py.PyObject_GetAttrString(monitoring, "events");
    long set = 0;
    int result = events ? 0 : -1;
    for (size_t i = 0; result == 0 && rows[i].hook; i++)
        if (c_calls || rows[i].wanted == ALWAYS)
            result = register_hook(interpreter, monitoring, events, &rows[i],
                                   &monitor->callbacks[i], &set);
    if (result == 0)
        result = give_back(py.PyObject_CallMethod(monitoring, "set_events",
                                                  "il", monitor->tool, set));
    label_give_back(events);
    return result;
}

int
monitoring_open(void)
{
    struct monitor *monitor = &interpreter_current()->monitor;
    monitor->tool = -1;
    monitor->callback_type = make_callback_type();
    if (monitor->callback_type)
        return 0;
    py.PyErr_Clear();
    return -1;
}

int
monitoring_watch(void)
{
    if (register_hooks(watching, false) == 0)
        return 0;
    py.PyErr_Clear();
    return -1;
}

void
monitoring_close(void)
{
    struct monitor *monitor = &interpreter_current()->monitor;
    PyObject *monitoring = py.PySys_GetObject("monitoring");
    if (monitoring && monitor->tool >= 0 &&
        give_back(py.PyObject_CallMethod(monitoring, "free_tool_id", "i",
                                         monitor->tool)) < 0)
        py.PyErr_Clear();
    monitor->tool = -1;
}

void
monitoring_rest(void)
{
    if (register_hooks(nothing, false) < 0)
        py.PyErr_Clear();
}

int
monitoring_begin(bool c_calls)
{
    if (register_hooks(recording, c_calls) == 0)
        return 0;
    py.PyErr_Clear();
    return -1;
}

void
monitoring_forget(struct monitor *monitor, bool alive)
{
    for (size_t i = 0; alive && i < sizeof recording / sizeof *recording; i++)
        if (monitor->callbacks[i])
            py.Py_DecRef((PyObject *)(void *)((char *)monitor->callbacks[i] -
                                              py.header_bytes));
    *monitor = (struct monitor){.tool = -1};
}

int
monitoring_arrive(void)
{
    for (struct interpreter *at = interpreter_first(); at; at = at->next)
        if (at->state)
            ask_whose(&at->monitor);
    return monitoring_open() == 0 ? start_join() : -1;
}
