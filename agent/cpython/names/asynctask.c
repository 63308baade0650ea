/* SPDX-License-Identifier: Apache-2.0
 *
 * asynctask.c: asking asyncio.  The C functions of _asyncio are called, its
 * functions in Python are not: what they look into is.
 */
#include "agent/cpython/names/asynctask.h"

#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/type.h"

/* == LOOKING UP =========================================================== */

enum key {
    TASKS,
    EVENTS,
    CURRENT_TASK,
    CURRENT_TASKS,
    RUNNING_LOOP,
    TRIO,
    RUN_CONTEXT,
    KEYS
};

static const char *const names[KEYS] = {
    [TASKS] = "asyncio.tasks",
    [EVENTS] = "asyncio.events",
    [CURRENT_TASK] = "current_task",
    [CURRENT_TASKS] = "_current_tasks",
    [RUNNING_LOOP] = "_get_running_loop",
    [TRIO] = "trio._core._run",
    [RUN_CONTEXT] = "GLOBAL_RUN_CONTEXT",
};
static PyObject *keys[KEYS]; /* of the main interpreter */

/* dictionary[key], borrowed, or NULL. */
static PyObject *
look_up(PyObject *dictionary, enum key key)
{
    if (interpreter_several)
        return py.PyDict_GetItemString(dictionary, names[key]);
    if (!keys[key])
        keys[key] = py.PyUnicode_InternFromString(names[key]);
    return keys[key] ? py.PyDict_GetItemWithError(dictionary, keys[key]) : NULL;
}

/* When the interpreter ends there may be none any more, and older ones abort who asks
 * for it then. */
static PyObject *
modules(void)
{
    if (py.minor >= 10)
        return py.PyImport_GetModuleDict();
    PyObject *found = py.PySys_GetObject("modules");
    return found && python_type(found) == py.PyDict_Type ? found : NULL;
}

/* What that module has under that name, borrowed; NULL: the program has not imported
 * it, or not whole. */
static PyObject *
look_in(enum key module, enum key key)
{
    PyObject *all = modules();
    PyObject *found = all ? look_up(all, module) : NULL;
    return found && python_type(found) == py.PyModule_Type
               ? look_up(py.PyModule_GetDict(found), key)
               : NULL;
}

void
asynctask_forget(void)
{
    for (int i = 0; i < KEYS; i++)
        keys[i] = NULL;
}

/* == THE CURRENT TASK ===================================================== */

static PyObject *
call_c_function(PyObject *function)
{
    return function && python_type(function) == py.PyCFunction_Type
               ? py.PyObject_CallFunction(function, NULL)
               : NULL;
}

static PyObject *
found_in(PyObject *dictionary, PyObject *key)
{
    PyObject *value = py.PyDict_GetItemWithError(dictionary, key);
    if (value)
        py.Py_IncRef(value);
    return value;
}

/* {loop: task} of all threads. */
static PyObject *
current_by_loop(void)
{
    PyObject *list = look_in(TASKS, CURRENT_TASKS);
    PyObject *loop =
        list ? call_c_function(look_in(EVENTS, RUNNING_LOOP)) : NULL;
    PyObject *task =
        loop && loop != py._Py_NoneStruct ? found_in(list, loop) : NULL;
    pyobject_release(loop);
    return task;
}

/* == THE SAME IN 3.6 ====================================================== */

/* What that module has under that name, a new reference, or NULL. */
static PyObject *
attribute_36(const char *module, const char *name)
{
    PyObject *all = modules();
    PyObject *found = all ? py.PyDict_GetItemString(all, module) : NULL;
    return found ? py.PyObject_GetAttrString(found, name) : NULL;
}

/* An object of each thread has it: (loop, pid). */
static PyObject *
running_loop_36(void)
{
    PyObject *local = attribute_36(names[EVENTS], "_running_loop");
    PyObject *pair =
        local ? py.PyObject_GetAttrString(local, "loop_pid") : NULL;
    PyObject *loop =
        pair && py.PyTuple_Size(pair) == 2 ? py.PyTuple_GetItem(pair, 0) : NULL;
    if (loop)
        py.Py_IncRef(loop);
    pyobject_release(pair);
    pyobject_release(local);
    return loop;
}

/* A class in C has a method, one in Python a dictionary. */
static PyObject *
current_of_class_36(const char *class_name, PyObject *loop)
{
    PyObject *class = attribute_36(names[TASKS], class_name);
    PyObject *list =
        class ? py.PyObject_GetAttrString(class, "_current_tasks") : NULL;
    PyObject *task = list ? found_in(list, loop) : NULL;
    py.PyErr_Clear();
    PyObject *method =
        class && !list ? py.PyObject_GetAttrString(class, names[CURRENT_TASK])
                       : NULL;
    if (method && python_type(method) == py.PyCFunction_Type)
        task = py.PyObject_CallFunction(method, "O", loop);
    pyobject_release(method);
    pyobject_release(list);
    pyobject_release(class);
    return task;
}

static PyObject *
current_36(void)
{
    PyObject *loop = running_loop_36();
    bool runs = loop && loop != py._Py_NoneStruct;
    PyObject *task = runs ? current_of_class_36("Task", loop) : NULL;
    if (runs && (!task || task == py._Py_NoneStruct)) {
        pyobject_release(task);
        task = current_of_class_36("_PyTask", loop);
    }
    pyobject_release(loop);
    return task;
}

/* == IN ANY VERSION ======================================================= */

/* NULL for None. */
static PyObject *
unless_none(PyObject *object)
{
    if (object != py._Py_NoneStruct)
        return object;
    pyobject_release(object);
    return NULL;
}

/* trio has it in an object of each thread. */
static PyObject *
current_of_trio(void)
{
    PyObject *context = look_in(TRIO, RUN_CONTEXT);
    return context ? unless_none(py.PyObject_GetAttrString(context, "task"))
                   : NULL;
}

/* From 3.12 on a C function says it; from 3.14 on of tasks in C alone. */
PyObject *
asynctask_current(void)
{
    PyObject *task = NULL;
    if (py.minor >= 12)
        task = unless_none(call_c_function(look_in(TASKS, CURRENT_TASK)));
    py.PyErr_Clear();
    if (!task)
        task = unless_none(py.minor == 6 ? current_36() : current_by_loop());
    return task ? task : current_of_trio();
}

/* == ITS NAME ============================================================= */

/* By the method of the C class, whatever the task's own class answers. */
static PyObject *
name_of_c_task(PyObject *task)
{
    PyObject *module = pyobject_item(modules(), "_asyncio");
    PyObject *class = module ? py.PyObject_GetAttrString(module, "Task") : NULL;
    PyObject *method =
        class ? py.PyObject_GetAttrString(class, "get_name") : NULL;
    PyObject *name = method && python_type(method) == py.PyMethodDescr_Type
                         ? py.PyObject_CallFunction(method, "O", task)
                         : NULL;
    pyobject_release(method);
    pyobject_release(class);
    py.PyErr_Clear(); /* it is none of that class */
    return name;
}

PyObject *
asynctask_name(PyObject *task)
{
    PyObject *name = py.minor < 8 ? NULL : name_of_c_task(task);
    if (!name && py.minor >= 8)
        name = type_read(task, "_name");
    return name ? name : type_read(task, "name"); /* trio's */
}
