/* SPDX-License-Identifier: Apache-2.0
 *
 * control.c: turning the recording on and off, and recordings of the program's own.
 */
#include "agent/cpython/api/control.h"

#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/api/delegate.h"
#include "agent/cpython/names/code.h"
#include "agent/cpython/start/ownrecording.h"
#include "agent/cpython/start/pause.h"
#include "agent/cpython/start/start.h"
#include "agent/session/recording.h"
#include "agent/session/snapshot.h"
#include "formats/spool/clock.h"

#define PATH_ROOM 4096

/* == ON AND OFF =========================================================== */

static PyObject *
pause_all(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    if (delegate_object())
        return delegate_ask("pause", NULL, NULL);
    return py.PyBool_FromLong(pause_begin());
}

static PyObject *
resume_all(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    if (delegate_object())
        return delegate_ask("resume", NULL, NULL);
    return py.PyBool_FromLong(pause_end());
}

static PyObject *
is_recording(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    if (delegate_object())
        return delegate_ask("is_recording", NULL, NULL);
    return py.PyBool_FromLong(pause_thread() != NULL);
}

static PyObject *
mute(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    if (delegate_object())
        return delegate_ask("mute", NULL, NULL);
    pause_mute();
    return pyobject_none();
}

static PyObject *
unmute(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    if (delegate_object())
        return delegate_ask("unmute", NULL, NULL);
    pause_unmute();
    return pyobject_none();
}

static PyObject *
hide(PyObject *self, PyObject *code)
{
    (void)self;
    if (python_type(code) != py.PyCode_Type)
        return pyobject_fail(PyExc_TypeError, "hide() needs a code object");
    code_hide(code);
    return pyobject_none();
}

/* Before 3.11: the qualified name of a function whose code was made anew. */
static PyObject *
name_code(PyObject *self, PyObject *arguments)
{
    PyObject *code, *name;
    struct text_holder holder = HELD_BY_NOTHING;
    (void)self;
    if (delegate_object())
        return delegate_ask("name_code", arguments, NULL);
    if (!py.PyArg_ParseTuple(arguments, "OO:name_code", &code, &name))
        return NULL;
    if (py.minor < 11 && python_type(code) == py.PyCode_Type)
        code_mark_made(code, pyobject_text(name, &holder));
    pyobject_release_text(&holder);
    return pyobject_none();
}

static PyObject *
now(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return py.PyLong_FromUnsignedLong(clock_nanoseconds(CLOCK_MONOTONIC));
}

/* == RECORDINGS OF THE PROGRAM'S OWN ====================================== */

static PyObject *
was_first(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return py.PyBool_FromLong(start_was_first());
}

static PyObject *
begin(PyObject *self, PyObject *arguments)
{
    const char *output;
    char folder[PATH_ROOM] = "";
    int c_calls = 1;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "s|p:begin", &output, &c_calls))
        return NULL;
    if (ownrecording_begin(output, c_calls != 0, folder, sizeof folder) < 0)
        return py.PyErr_SetFromErrnoWithFilename(*py.PyExc_OSError, folder);
    return pyobject_of_text((struct text){folder, (uint32_t)strlen(folder)});
}

static PyObject *
end(PyObject *self, PyObject *arguments)
{
    const char *folder;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "s:end", &folder))
        return NULL;
    ownrecording_end(folder);
    return pyobject_none();
}

static PyObject *
folder(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    if (delegate_object())
        return delegate_ask("folder", NULL, NULL);
    const char *path = recording_folder();
    return *path ? pyobject_of_text((struct text){path, (uint32_t)strlen(path)})
                 : pyobject_none();
}

static PyObject *
write_snapshot(PyObject *self, PyObject *arguments)
{
    char error[PATH_ROOM + 512];
    struct snapshot snapshot;
    unsigned long long from, to;
    int own;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "sszKKp:write", &snapshot.folder,
                             &snapshot.path, &snapshot.format, &from, &to,
                             &own))
        return NULL;
    snapshot.from_ns = from;
    snapshot.to_ns = to;
    snapshot.own = own;
    PyThreadState *state = py.PyEval_SaveThread();
    int result = snapshot_write(&snapshot, error, sizeof error);
    py.PyEval_RestoreThread(state);
    return result == 0 ? pyobject_none()
                       : pyobject_fail(PyExc_OSError, "%s", error);
}

static PyObject *
locate(PyObject *self, PyObject *arguments)
{
    char error[PATH_ROOM + 512];
    struct snapshot snapshot = {.own = true};
    unsigned long long from, to;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "sKK:locate", &snapshot.folder, &from,
                             &to))
        return NULL;
    snapshot.from_ns = from;
    snapshot.to_ns = to;
    if (snapshot_locate(&snapshot, &snapshot.from_ns, &snapshot.to_ns, error,
                        sizeof error) < 0)
        return pyobject_fail(PyExc_OSError, "%s", error);
    return py.Py_BuildValue("KK", (unsigned long long)snapshot.from_ns,
                            (unsigned long long)snapshot.to_ns);
}

const struct method_definition control_functions[] = {
    {"pause", (void *)pause_all, METHOD_NO_ARGUMENTS, NULL},
    {"resume", (void *)resume_all, METHOD_NO_ARGUMENTS, NULL},
    {"is_recording", (void *)is_recording, METHOD_NO_ARGUMENTS, NULL},
    {"mute", (void *)mute, METHOD_NO_ARGUMENTS, NULL},
    {"unmute", (void *)unmute, METHOD_NO_ARGUMENTS, NULL},
    {"hide", (void *)hide, METHOD_ONE, NULL},
    {"name_code", (void *)name_code, METHOD_ARGUMENTS, NULL},
    {"now", (void *)now, METHOD_NO_ARGUMENTS, NULL},
    {"was_first", (void *)was_first, METHOD_NO_ARGUMENTS, NULL},
    {"begin", (void *)begin, METHOD_ARGUMENTS, NULL},
    {"end", (void *)end, METHOD_ARGUMENTS, NULL},
    {"folder", (void *)folder, METHOD_NO_ARGUMENTS, NULL},
    {"locate", (void *)locate, METHOD_ARGUMENTS, NULL},
    {"write", (void *)write_snapshot, METHOD_ARGUMENTS, NULL},
    {NULL, NULL, 0, NULL},
};
