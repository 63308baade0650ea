/* SPDX-License-Identifier: Apache-2.0
 *
 * interpreter.c: the table of interpreters, and whose calls a thread records.
 */
#include "agent/cpython/start/interpreter.h"

#include "agent/base/arena.h"
#include "agent/base/lock.h"
#include "agent/base/process.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/hooks/hook.h"
#include "agent/cpython/names/threadname.h"
#include "agent/cpython/start/pause.h"
#include "agent/store/entry.h"
#include "agent/track/track.h"

#define MOST_EXTRAS 255 /* co_extra slots that an interpreter gives out */

/* Entries are used again, never freed: readers take no lock. */
static struct {
    struct lock lock;
    struct interpreter *first, main;
    uint32_t last_number; /* 3.6 has no numbers of its own */
    size_t state_offset;  /* up to 3.8: of interp in a thread state */
} table;

bool interpreter_several;

/* == WHICH ================================================================ */

/* Up to 3.8 there is no function for it; the first words of a thread state are
 * pointers, one of them to its interpreter. */
static PyInterpreterState *
state_of(const void *thread_state)
{
    if (!thread_state || !table.state_offset)
        return NULL;
    return python_word(thread_state, table.state_offset);
}

static void
measure(void)
{
    const void *state = py.PyThreadState_Get();
    table.state_offset = 0;
    const void *main = py.minor >= 9 ? py.PyInterpreterState_Get()
                                     : py.PyInterpreterState_Head();
    for (size_t at = 0; py.minor < 12 && at < 8 * sizeof(void *);
         at += sizeof(void *))
        if (!table.state_offset && python_word(state, at) == main)
            table.state_offset = at;
}

static PyInterpreterState *
current_state(void)
{
    if (py.minor >= 9)
        return py.PyInterpreterState_Get();
    return state_of(py._PyThreadState_UncheckedGet());
}

static struct interpreter *
find(const PyInterpreterState *state)
{
    struct interpreter *at = __atomic_load_n(&table.first, __ATOMIC_ACQUIRE);
    while (at && at->state != state)
        at = at->next;
    return at;
}

struct interpreter *
interpreter_first(void)
{
    return __atomic_load_n(&table.first, __ATOMIC_ACQUIRE);
}

struct interpreter *
interpreter_current(void)
{
    struct interpreter *known =
        interpreter_several ? find(current_state()) : NULL;
    return known ? known : &table.main;
}

struct interpreter *
interpreter_of(const void *thread_state)
{
    struct interpreter *known = find(state_of(thread_state));
    return known ? known : &table.main;
}

/* == ON A THREAD ========================================================== */

uint32_t
interpreter_enter(uint32_t number)
{
    struct thread *thread = thread_own;
    if (!thread || thread->interpreter == number)
        return number;
    uint32_t before = thread->interpreter;
    struct track *track = track_of_interpreter(thread, number);
    if (!track)
        return before;
    bool first = !track_was_entered(thread, track->active);
    track_switch(thread, track->active);
    pause_catch_up(thread);
    if (first && thread_current)
        threadname_look_up(thread);
    return before;
}

/* == COMING AND GOING ===================================================== */

static struct interpreter *
add(PyInterpreterState *state)
{
    lock_acquire(&table.lock);
    struct interpreter *entry = table.first;
    while (entry && (entry->state || entry == &table.main))
        entry = entry->next;
    bool fresh = !entry;
    if (fresh)
        entry = arena_take(sizeof *entry);
    if (entry) {
        monitoring_forget(&entry->monitor, false);
        entry->number = ++table.last_number;
        if (py.PyInterpreterState_GetID)
            entry->number = (uint32_t)py.PyInterpreterState_GetID(state);
        entry->evaluates = NULL;
        entry->state = state;
    }
    if (entry && fresh) {
        entry->next = table.first;
        __atomic_store_n(&table.first, entry, __ATOMIC_RELEASE);
    }
    lock_release(&table.lock);
    return entry;
}

static void
end(struct interpreter *entry)
{
    if (thread_own && entry->state)
        track_end_interpreter(thread_own, entry->number);
    monitoring_forget(&entry->monitor, true);
    __atomic_store_n(&entry->state, NULL, __ATOMIC_RELEASE);
}

static const char capsule_name[] = "codesnap";

static void
on_end(PyObject *capsule)
{
    struct interpreter *entry = py.PyCapsule_GetPointer(capsule, capsule_name);
    if (entry && entry->state && py.minor < 12)
        evalframe_look(entry);
    if (entry && entry != &table.main)
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
    return py.minor >= 12 ? monitoring_arrive() : evalframe_arrive();
}

void
interpreter_begin(void)
{
    monitoring_forget(&table.main.monitor, false);
    measure();
    table.main.state = current_state();
    table.main.evaluates = NULL;
    if (!table.first)
        table.first = &table.main;
    if (py.minor < 12 && expect_end(&table.main) < 0)
        py.PyErr_Clear();
}

void
interpreter_arrive(void)
{
    struct guard guard;
    PyInterpreterState *state = current_state();
    if (!table.first || !state || find(state) || process_is_broken())
        return;
    guard_enter(&guard, NULL);
    struct interpreter *entry = add(state);
    interpreter_several = true;
    if (!entry || hook_in(entry) < 0) {
        py.PyErr_Clear();
        if (entry)
            entry->state = NULL;
        entry_append_lasting_note(
            "an interpreter was not recorded: it did not let "
            "the agent in");
    }
    guard_leave(&guard, NULL);
}

void
interpreter_forget(void)
{
    for (struct interpreter *at = table.first; at; at = at->next) {
        monitoring_forget(&at->monitor, false);
        at->state = NULL;
    }
    interpreter_several = false;
}
