/* SPDX-License-Identifier: Apache-2.0
 *
 * module.c: the functions of `_codesnap`, and the module itself.  Where the
 * agent was there before the program finder.c imports it; where the program loads
 * the agent it is an extension module.
 */
#include "agent/cpython/api/module.h"

#include <string.h>

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/api/annotations.h"
#include "agent/cpython/api/control.h"
#include "agent/cpython/api/delegate.h"
#include "agent/cpython/api/finder.h"
#include "agent/cpython/api/package.h"
#include "agent/cpython/api/span.h"
#include "agent/cpython/follow/suspended.h"
#include "agent/cpython/names/asynctask.h"
#include "agent/cpython/names/cfunction.h"
#include "agent/session/recording.h"
#include "build/version.h"

static bool offered;

/* == IMPORTING ============================================================ */

static PyObject *
source(PyObject *self, PyObject *arguments)
{
    const char *path;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "s:source", &path))
        return NULL;
    struct text text = package_source(path);
    return text.bytes ? pyobject_of_text(text) : pyobject_none();
}

/* == THE MODULE =========================================================== */

static PyObject *
set_delegate(PyObject *self, PyObject *object)
{
    (void)self;
    delegate_set(object == py._Py_NoneStruct ? NULL : object);
    return pyobject_none();
}

static const struct method_definition functions[] = {
    {"source", (void *)source, METHOD_ARGUMENTS, NULL},
    {"delegate", (void *)set_delegate, METHOD_ONE, NULL},
    {NULL, NULL, 0, NULL},
};

/* PyModuleDef behind its object header, as the stable ABI has it. */
struct definition {
    void *initialize;
    Py_ssize_t index;
    void *copy;
    const char *name;
    const char *documentation;
    Py_ssize_t size;
    const struct method_definition *methods;
    void *slots, *traverse, *clear, *release;
};

static PyObject *
add(PyObject *made, const char *name, PyObject *value)
{
    if (value)
        py.PyObject_SetAttrString(made, name, value);
    pyobject_release(value);
    return made;
}

PyObject *
module_make(void)
{
    enum {
        API_VERSION = 1013, /* PYTHON_API_VERSION, of all versions */
        HEADER_ROOM = 64
    };
    static struct {
        _Alignas(16) char room[HEADER_ROOM + sizeof(struct definition)];
    } memory;
    struct definition *rest = (void *)(memory.room + py.header_bytes);
    *(Py_ssize_t *)(void *)memory.room = 1;
    *rest = (struct definition){.name = "_codesnap",
                                .documentation = "The agent of codesnap.",
                                .size = -1,
                                .methods = functions};
    PyObject *made =
        py.PyModule_Create2((PyModuleDef *)(void *)memory.room, API_VERSION);
    if (!made)
        return NULL;
    c_function_hide(functions);
    c_function_hide(annotations_functions);
    c_function_hide(control_functions);
    if (py.PyUnstable_Module_SetGIL)
        py.PyUnstable_Module_SetGIL(made, (void *)1);
    py.PyModule_AddFunctions(made, (PyMethodDef *)annotations_functions);
    py.PyModule_AddFunctions(made, (PyMethodDef *)control_functions);
    add(made, "trace", span_make_type());
    add(made, "version", py.PyUnicode_InternFromString(CODESNAP_VERSION));
    return made;
}

void
module_offer(void)
{
    struct guard guard;
    if (offered)
        return;
    offered = true;
    guard_enter(&guard, NULL);
    finder_offer(module_make);
    guard_leave(&guard, NULL);
}

void
module_trace_in_python(bool c_calls, bool paused)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    PyObject *launch = package_function("_tracer", "launch_for_agent");
    if (launch)
        pyobject_release(py.PyObject_CallFunction(
            launch, "sii", recording_folder(), (int)c_calls, (int)paused));
    if (py.PyErr_Occurred()) /* nothing is recorded: say why */
        py.PyErr_Print();
    pyobject_release(launch);
    guard_leave(&guard, NULL);
}

void
module_need_no_offer(void)
{
    offered = true;
}

bool
module_is_offered(void)
{
    return offered;
}

void
module_forget(void)
{
    offered = false;
    delegate_forget();
    finder_forget();
    span_forget();
    suspended_forget();
    asynctask_forget();
}
