/* SPDX-License-Identifier: Apache-2.0
 *
 * threadname.c: reading thread names from threading's own table and from the
 * frame that every Thread starts and ends with.
 */
#include "agent/cpython/names/threadname.h"

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/type.h"
#include "agent/store/entry.h"
#include "agent/track/threads.h"
#include "agent/track/track.h"

/* Thread._name, whatever properties a subclass may have. */
static void
name_track(uint64_t track, PyObject *python_thread)
{
    struct text_holder holder;
    PyObject *value = type_read(python_thread, "_name");
    struct text name = pyobject_text(value, &holder);
    if (name.length)
        entry_append_track_name(track, name);
    pyobject_release_text(&holder);
    pyobject_release(value);
    py.PyErr_Clear();
}

/* threading._active, {ident: Thread}; borrowed, or NULL. */
static PyObject *
active_threads(void)
{
    PyObject *module = pyobject_item(py.PyImport_GetModuleDict(), "threading");
    if (!module || python_type(module) != py.PyModule_Type)
        return NULL;
    PyObject *active = type_read(module, "_active");
    pyobject_release(active); /* the module keeps it */
    return active;
}

static void
look_up(struct thread *thread, PyObject *active)
{
    PyObject *ident = py.PyLong_FromUnsignedLong(thread->handle);
    PyObject *known = ident ? py.PyDict_GetItemWithError(active, ident) : NULL;
    uint64_t track = track_own_number(thread, interpreter_current()->number);
    if (known && track)
        name_track(track, known);
    else
        py.PyErr_Clear();
    pyobject_release(ident);
}

static void
look_up_each(struct thread *thread, void *active)
{
    look_up(thread, active);
}

static PyObject *
self_of_frame(PyObject *frame)
{
    PyObject *locals =
        frame ? py.PyObject_GetAttrString(frame, "f_locals") : NULL;
    PyObject *self = locals ? py.PyMapping_GetItemString(locals, "self") : NULL;
    pyobject_release(locals);
    return self;
}

static void
name_all(void)
{
    PyObject *active = active_threads();
    py.PyErr_Clear();
    if (active)
        threads_for_each(look_up_each, active);
}

/* Thread._ident is None until _bootstrap_inner has run a little. */
static bool
is_own(PyObject *python_thread, const struct thread *thread)
{
    PyObject *ident = type_read(python_thread, "_ident");
    bool own = ident == py._Py_NoneStruct;
    if (ident && python_type(ident) == py.PyLong_Type)
        own = (uint64_t)py.PyLong_AsLong(ident) == thread->handle;
    py.PyErr_Clear();
    pyobject_release(ident);
    return own;
}

void
threadname_of_frame(struct thread *thread, PyObject *frame)
{
    struct guard guard;
    guard_enter(&guard, thread);
    PyObject *self = self_of_frame(frame);
    py.PyErr_Clear();
    if (self && is_own(self, thread))
        name_track(thread->track_number, self);
    else
        name_all();
    pyobject_release(self);
    guard_leave(&guard, thread);
}

void
threadname_look_up(struct thread *thread)
{
    struct guard guard;
    guard_enter(&guard, thread);
    PyObject *active = active_threads();
    if (active)
        look_up(thread, active);
    guard_leave(&guard, thread);
}
