/* SPDX-License-Identifier: Apache-2.0
 *
 * arrival.c: a later interpreter gets what the main one has.
 */
#include "agent/cpython/start/arrival.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/hooks/evalframe.h"
#include "agent/cpython/hooks/monitoring.h"
#include "agent/store/entry.h"
#include "agent/track/track.h"

#define MOST_EXTRAS 255 /* co_extra slots that an interpreter gives out */

static void
end(struct interpreter *entry)
{
    if (thread_own && entry->state)
        track_end_interpreter(thread_own, entry->number);
    monitoring_forget(&entry->monitor);
    interpreter_remove(entry);
}

static const char capsule_name[] = "codesnap";

static void
on_end(PyObject *capsule)
{
    struct interpreter *entry = py.PyCapsule_GetPointer(capsule, capsule_name);
    if (entry && entry->state && py.minor < 12)
        evalframe_look(entry);
    if (entry && !interpreter_is_main(entry))
        end(entry);
    else
        py.PyErr_Clear();
}

/* What lies in this dictionary goes when the interpreter does, or before 3.8
 * when its first thread state does; no program sees it. */
static int
expect_end(struct interpreter *entry)
{
    PyObject *keep = py.PyInterpreterState_GetDict
                         ? py.PyInterpreterState_GetDict(entry->state)
                         : py.PyThreadState_GetDict();
    PyObject *capsule =
        keep ? py.PyCapsule_New(entry, capsule_name, on_end) : NULL;
    if (!capsule)
        return -1;
    int kept = py.PyDict_SetItemString(keep, capsule_name, capsule);
    py.Py_DecRef(capsule);
    return kept;
}

/* Words of code objects are found by one index everywhere. */
static int
share_extra_index(void)
{
    Py_ssize_t index = -1;
    for (int i = 0; i < MOST_EXTRAS && index < py.extra_index; i++)
        index = py._PyEval_RequestCodeExtraIndex(NULL);
    return index == py.extra_index ? 0 : -1;
}

static int
hook_in(struct interpreter *entry)
{
    if (share_extra_index() < 0 || expect_end(entry) < 0)
        return -1;
    if (py.minor < 12)
        return evalframe_arrive();
    return monitoring_arrive() < 0 ? -1 : upcalls->join();
}

void
arrival_begin(void)
{
    struct interpreter *entry = interpreter_open();
    if (py.minor < 12 && expect_end(entry) < 0)
        py.PyErr_Clear();
}

void
arrival_come(void)
{
    struct guard guard;
    PyInterpreterState *state = interpreter_current_state();
    if (!interpreter_first() || !state || interpreter_find(state) ||
        process_is_broken())
        return;
    guard_enter(&guard, NULL);
    struct interpreter *entry = interpreter_add(state);
    if (!entry || hook_in(entry) < 0) {
        py.PyErr_Clear();
        if (entry)
            interpreter_remove(entry);
        entry_append_lasting_note(
            "an interpreter was not recorded: it did not let "
            "the agent in");
    }
    guard_leave(&guard, NULL);
}
