/* SPDX-License-Identifier: Apache-2.0
 *
 * tool.c: taking tool ids, giving way to the program's tools, and what stands in
 * front of the functions of sys.monitoring for that.
 */
#include "agent/cpython/hooks/tool.h"

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/hooks/earlycall.h"
#include "agent/cpython/hooks/sieve.h"
#include "agent/cpython/hooks/wrapper.h"
#include "agent/store/entry.h"

static wrapper_function on_use, on_free, on_clear, on_get, on_register,
    on_get_events, on_set_events, on_get_local, on_set_local, on_all;

enum function {
    USE,
    FREE,
    GET,
    REGISTER,
    GET_EVENTS,
    SET_EVENTS,
    GET_LOCAL,
    SET_LOCAL,
    ALL,
    CLEAR, /* since 3.14 */
    FUNCTIONS
};

static struct {
    const char *name;
    struct wrapper wrapper;
} functions[FUNCTIONS] = {
    [USE] = {"use_tool_id", {.function = on_use}},
    [FREE] = {"free_tool_id", {.function = on_free}},
    [GET] = {"get_tool", {.function = on_get}},
    [REGISTER] = {"register_callback", {.function = on_register}},
    [GET_EVENTS] = {"get_events", {.function = on_get_events}},
    [SET_EVENTS] = {"set_events", {.function = on_set_events}},
    [GET_LOCAL] = {"get_local_events", {.function = on_get_local}},
    [SET_LOCAL] = {"set_local_events", {.function = on_set_local}},
    [ALL] = {"_all_events", {.function = on_all}},
    [CLEAR] = {"clear_tool_id", {.function = on_clear}},
};

/* == ASKING =============================================================== */

static PyObject *
number(long value)
{
    return py.PyLong_FromUnsignedLong((unsigned long)value);
}

/* A new reference, or NULL with an exception; any value may be NULL, and is
 * given back. */
static PyObject *
ask(const struct monitor *monitor, enum function function, Py_ssize_t count,
    PyObject *first, PyObject *second, PyObject *third)
{
    PyObject *values[] = {first, second, third}, *result = NULL;
    bool whole = true;
    for (Py_ssize_t i = 0; i < count; i++)
        whole = whole && values[i];
    if (whole)
        result = wrapper_ask(&functions[function].wrapper, monitor->module,
                             values, count);
    for (Py_ssize_t i = 0; i < count; i++)
        pyobject_release(values[i]);
    return result;
}

/* 0 if it was done; else -1, without an exception. */
static int
done(PyObject *result)
{
    if (!result)
        py.PyErr_Clear();
    pyobject_release(result);
    return result ? 0 : -1;
}

static bool
is_free(const struct monitor *monitor, int tool)
{
    PyObject *name = ask(monitor, GET, 1, number(tool), NULL, NULL);
    bool none = name == py._Py_NoneStruct;
    return done(name) == 0 && none;
}

static int
set_events(const struct monitor *monitor, int tool, long events)
{
    return done(
        ask(monitor, SET_EVENTS, 2, number(tool), number(events), NULL));
}

static int
put_callback(const struct monitor *monitor, int tool, long event,
             PyObject *callback)
{
    PyObject *given = callback ? callback : py._Py_NoneStruct;
    py.Py_IncRef(given);
    return done(ask(monitor, REGISTER, 3, number(tool), number(event), given));
}

static int
take_id(const struct monitor *monitor, int except)
{
    /* The ones with a meaning come last. */
    static const int ids[TOOL_IDS] = {4, 3, 5, 1, 0, 2};
    for (size_t i = 0; i < TOOL_IDS; i++)
        if (ids[i] != except && is_free(monitor, ids[i]) &&
            done(ask(monitor, USE, 2, number(ids[i]),
                     py.PyUnicode_InternFromString("codesnap"), NULL)) == 0)
            return ids[i];
    return -1;
}

long
tool_event(const struct monitor *monitor, const char *name)
{
    PyObject *events = py.PyObject_GetAttrString(monitor->module, "events");
    long event = events ? pyobject_attribute_number(events, name, 0) : 0;
    pyobject_release(events);
    py.PyErr_Clear();
    return event;
}

static bool
has_company(const struct monitor *monitor)
{
    for (int tool = 0; tool < TOOL_IDS; tool++)
        if (tool != monitor->tool && tool != monitor->second &&
            !is_free(monitor, tool))
            return true;
    return false;
}

int
tool_restart(struct monitor *monitor)
{
    monitor->company = has_company(monitor);
    return monitor->company ? -1
                            : done(py.PyObject_CallMethod(
                                  monitor->module, "restart_events", NULL));
}

/* == THE SECOND ONE ======================================================= */

static void
set_second(struct monitor *monitor)
{
    long rests = monitor->spare | monitor->listens;
    if (monitor->second >= 0)
        set_events(monitor, monitor->second,
                   monitor->rests ? rests : monitor->shared);
}

static void
take_second(struct monitor *monitor, int except)
{
    int second = take_id(monitor, except);
    monitor->second = second;
    if (second < 0)
        return;
    put_callback(monitor, second, monitor->shared, monitor->disabling);
    put_callback(monitor, second, monitor->spare, monitor->disabling);
    put_callback(monitor, second, monitor->start, monitor->sentinels[0]);
    put_callback(monitor, second, monitor->leave, monitor->sentinels[1]);
    set_second(monitor);
}

/* Up to 3.13 to free an id leaves all it asked for. */
static void
leave(const struct monitor *monitor, int tool)
{
    set_events(monitor, tool, 0);
    for (size_t i = 0; i < TOOL_EVENTS; i++)
        if (monitor->events[i])
            put_callback(monitor, tool, monitor->events[i], NULL);
    put_callback(monitor, tool, monitor->shared, NULL);
    put_callback(monitor, tool, monitor->spare, NULL);
    put_callback(monitor, tool, monitor->start, NULL);
    put_callback(monitor, tool, monitor->leave, NULL);
    done(ask(monitor, FREE, 1, number(tool), NULL, NULL));
}

static int
leave_second(struct monitor *monitor)
{
    int tool = monitor->second;
    monitor->second = -1;
    if (tool >= 0)
        leave(monitor, tool);
    return tool;
}

/* == THE FIRST ONE ======================================================== */

int
tool_set_events(struct monitor *monitor, long events)
{
    if (monitor->second >= 0)
        events |= monitor->shared;
    monitor->set = events;
    monitor->rests = false;
    set_second(monitor);
    return set_events(monitor, monitor->tool, events);
}

/* Of the second one, which tells nobody's records: what is disabled in a place is
 * told there again only once its code has run without that event. */
void
tool_rest(struct monitor *monitor, long listens)
{
    monitor->rests = true;
    monitor->listens = listens;
    set_second(monitor);
    monitor->set = monitor->second >= 0 ? monitor->spare : 0;
    if (monitor->tool >= 0)
        set_events(monitor, monitor->tool, monitor->set);
}

int
tool_register(struct monitor *monitor, size_t index, long event,
              PyObject *callback)
{
    monitor->events[index] = event;
    return put_callback(monitor, monitor->tool, event, callback);
}

void
tool_unregister_from(struct monitor *monitor, size_t index)
{
    for (size_t i = index; i < TOOL_EVENTS; i++) {
        if (monitor->events[i])
            put_callback(monitor, monitor->tool, monitor->events[i], NULL);
        monitor->events[i] = 0;
    }
}

int
tool_take(struct monitor *monitor)
{
    if (monitor->tool < 0 && monitor->module) {
        monitor->tool = take_id(monitor, -1);
        if (monitor->tool >= 0)
            put_callback(monitor, monitor->tool, monitor->spare,
                         monitor->disabling);
    }
    if (monitor->tool >= 0 && monitor->second < 0)
        take_second(monitor, -1);
    return monitor->tool < 0 ? -1 : 0;
}

void
tool_give_back(struct monitor *monitor)
{
    int tool = monitor->tool;
    monitor->tool = -1;
    leave_second(monitor);
    if (tool >= 0)
        leave(monitor, tool);
}

static void
settle(struct monitor *monitor, int tool)
{
    for (size_t i = 0; i < TOOL_EVENTS; i++)
        if (monitor->events[i] && monitor->callbacks[i])
            put_callback(monitor, tool, monitor->events[i],
                         monitor_callback(monitor, i));
    put_callback(monitor, tool, monitor->spare, monitor->disabling);
    set_events(monitor, tool, monitor->set);
}

static void
move_first(struct monitor *monitor)
{
    int from = monitor->tool, to = take_id(monitor, from);
    monitor->tool = -1;
    leave(monitor, from);
    if (to < 0 && leave_second(monitor) >= 0)
        to = take_id(monitor, from);
    if (to >= 0)
        settle(monitor, to);
    monitor->tool = to;
}

/* == GIVING WAY =========================================================== */

static struct monitor *
own_monitor(void)
{
    return &interpreter_current()->monitor;
}

static void
become_homeless(struct monitor *monitor)
{
    monitor->homeless = upcalls->pause();
    if (monitor->homeless)
        entry_append_note(
            SPOOL_NOTE_TEXT, 1,
            "the program's tools took every id of sys.monitoring");
}

static void
give_way(long id)
{
    struct monitor *monitor = own_monitor();
    struct guard guard;
    if (id < 0 || monitor->moving ||
        (id != monitor->tool && id != monitor->second))
        return;
    guard_enter(&guard, NULL);
    monitor->moving = true; /* an audit hook may come here again */
    if (id == monitor->tool)
        move_first(monitor);
    else if (leave_second(monitor) >= 0)
        take_second(monitor, (int)id);
    monitor->moving = false;
    if (monitor->tool < 0)
        become_homeless(monitor);
    guard_leave(&guard, NULL);
}

/* An id is free again: one for us, if we lack one. */
static void
come_back(void)
{
    struct monitor *monitor = own_monitor();
    struct guard guard;
    if (monitor->moving || !monitor->homeless)
        return;
    guard_enter(&guard, NULL);
    if (tool_take(monitor) == 0) {
        monitor->homeless = false;
        upcalls->resume();
    }
    guard_leave(&guard, NULL);
}

/* An int, or a bool, an IntEnum and the like; else -1. */
static long
value_of(const struct wrapper_arguments *arguments, Py_ssize_t index)
{
    if (index >= arguments->count ||
        !py.PyType_IsSubtype(python_type(arguments->values[index]),
                             py.PyLong_Type))
        return -1;
    long value = py.PyLong_AsLong(arguments->values[index]);
    if (value < 0)
        py.PyErr_Clear();
    return value;
}

/* == IN FRONT OF sys.monitoring =========================================== */

#define ARGUMENTS(function) \
    wrapper_arguments(&functions[function].wrapper, &first, second)
#define PASS(function) \
    wrapper_pass(&functions[function].wrapper, self, first, second, third)

/* What only needs the id to be free. */
#define GIVING_WAY(name, function)                                   \
    static PyObject *name(PyObject *self, void *first, void *second, \
                          void *third)                               \
    {                                                                \
        struct wrapper_arguments arguments = ARGUMENTS(function);    \
        give_way(value_of(&arguments, 0));                           \
        return PASS(function);                                       \
    }

static PyObject *
on_use(PyObject *self, void *first, void *second, void *third)
{
    struct wrapper_arguments arguments = ARGUMENTS(USE);
    give_way(value_of(&arguments, 0));
    PyObject *result = PASS(USE);
    if (result)
        own_monitor()->company = true;
    return result;
}

GIVING_WAY(on_get_events, GET_EVENTS)
GIVING_WAY(on_get_local, GET_LOCAL)

static PyObject *
on_get(PyObject *self, void *first, void *second, void *third)
{
    const struct monitor *monitor = own_monitor();
    struct wrapper_arguments arguments = ARGUMENTS(GET);
    long id = value_of(&arguments, 0);
    if (id >= 0 && (id == monitor->tool || id == monitor->second))
        return pyobject_none();
    return PASS(GET);
}

/* Of {name of an event: bits of the tools that it is told}, what is not ours.  A
 * new reference, or NULL with an exception. */
static PyObject *
without_ours(const struct monitor *monitor, PyObject *all)
{
    PyObject *left = py.PyDict_New(), *name, *tools;
    Py_ssize_t at = 0;
    while (left && py.PyDict_Next(all, &at, &name, &tools)) {
        long bits = py.PyLong_AsLong(tools);
        for (int tool = 0; tool < TOOL_IDS; tool++)
            if (tool == monitor->tool || tool == monitor->second)
                bits &= ~(1L << tool);
        if (bits)
            done(py.PyObject_CallMethod(left, "__setitem__", "Ol", name, bits));
    }
    return left;
}

static PyObject *
on_all(PyObject *self, void *first, void *second, void *third)
{
    PyObject *all = PASS(ALL);
    PyObject *left = all ? without_ours(own_monitor(), all) : NULL;
    pyobject_release(all);
    return left;
}

#define COMING_BACK(name, function)                                  \
    static PyObject *name(PyObject *self, void *first, void *second, \
                          void *third)                               \
    {                                                                \
        struct wrapper_arguments arguments = ARGUMENTS(function);    \
        give_way(value_of(&arguments, 0));                           \
        PyObject *result = PASS(function);                           \
        if (result)                                                  \
            come_back();                                             \
        return result;                                               \
    }

COMING_BACK(on_free, FREE)
COMING_BACK(on_clear, CLEAR)

/* == WHO SEES CALLS ======================================================= */

static bool
asks_for(PyObject *events, long event)
{
    long set = events && python_type(events) == py.PyLong_Type
                   ? py.PyLong_AsLong(events)
                   : 0;
    done(events);
    return set & event;
}

static bool
sees_calls(const struct monitor *monitor, int tool, PyObject *code)
{
    if (asks_for(ask(monitor, GET_EVENTS, 1, number(tool), NULL, NULL),
                 monitor->call))
        return true;
    if (!code)
        return false;
    py.Py_IncRef(code);
    return asks_for(ask(monitor, GET_LOCAL, 2, number(tool), code, NULL),
                    monitor->call);
}

bool
tool_others_see_calls(const struct monitor *monitor, PyObject *code)
{
    for (int tool = 0; tool < TOOL_IDS; tool++)
        if (tool != monitor->tool && tool != monitor->second &&
            !is_free(monitor, tool) && sees_calls(monitor, tool, code))
            return true;
    return false;
}

/* == WHAT A TOOL IS TOLD ================================================== */

/* Its callback for ends of calls in C hears only of those whose begin it could
 * have heard of without us; and what it raises, or the one for starts, is an end
 * for us. */
static PyObject *
on_register(PyObject *self, void *first, void *second, void *third)
{
    struct wrapper_arguments arguments = ARGUMENTS(REGISTER);
    const struct monitor *monitor = own_monitor();
    long tool = value_of(&arguments, 0), event = value_of(&arguments, 1);
    give_way(tool);
    bool starts = event == monitor->call;
    if (arguments.count != 3 || event <= 0 ||
        (!starts && event != monitor->c_return && event != monitor->c_raise))
        return PASS(REGISTER);
    PyObject *sieve =
        sieve_make(monitor, (int)tool, starts, arguments.values[2]);
    PyObject *values[] = {arguments.values[0], arguments.values[1], sieve};
    PyObject *old =
        sieve ? wrapper_ask(&functions[REGISTER].wrapper, self, values, 3)
              : NULL;
    pyobject_release(sieve);
    return sieve_unwrap(monitor, old);
}

static bool
begins_calls(const struct monitor *monitor, long events, PyObject *code)
{
    return events > 0 && events & monitor->call &&
           monitor->set & monitor->call &&
           !tool_others_see_calls(monitor, code);
}

#define SETTING(name, function, place, code)                                \
    static PyObject *name(PyObject *self, void *first, void *second,        \
                          void *third)                                      \
    {                                                                       \
        struct wrapper_arguments arguments = ARGUMENTS(function);           \
        long tool = value_of(&arguments, 0);                                \
        give_way(tool);                                                     \
        bool starts =                                                       \
            tool >= 0 && tool < TOOL_IDS && arguments.count == place + 1 && \
            begins_calls(own_monitor(), value_of(&arguments, place), code); \
        PyObject *result = PASS(function);                                  \
        if (result && starts)                                               \
            earlycall_keep_from(1u << tool);                                \
        return result;                                                      \
    }

SETTING(on_set_events, SET_EVENTS, 1, NULL)
SETTING(on_set_local, SET_LOCAL, 2, arguments.values[1])

/* == OPENING ============================================================== */

static int
stand_in_front(PyObject *module, enum function function)
{
    PyObject *object =
        py.PyObject_GetAttrString(module, functions[function].name);
    int result = wrapper_put(&functions[function].wrapper, object);
    py.PyErr_Clear();
    pyobject_release(object); /* the module keeps it */
    return result;
}

int
tool_open(struct monitor *monitor)
{
    PyObject *module = py.PySys_GetObject("monitoring");
    if (!module)
        return -1;
    for (enum function i = 0; i < FUNCTIONS; i++)
        if (stand_in_front(module, i) < 0 && i != CLEAR && i != ALL)
            return -1;
    py.Py_IncRef(module);
    monitor->module = module;
    monitor->call = tool_event(monitor, "CALL");
    monitor->c_return = tool_event(monitor, "C_RETURN");
    monitor->c_raise = tool_event(monitor, "C_RAISE");
    monitor->shared = tool_event(monitor, "PY_YIELD");
    monitor->spare = tool_event(monitor, "STOP_ITERATION");
    monitor->start = tool_event(monitor, "PY_START");
    monitor->leave = tool_event(monitor, "PY_RETURN");
    monitor->disable = py.PyObject_GetAttrString(module, "DISABLE");
    return monitor->call && monitor->disable ? 0 : -1;
}
