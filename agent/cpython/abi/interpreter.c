/* SPDX-License-Identifier: Apache-2.0
 *
 * interpreter.c: the table of interpreters.
 */
#include "agent/cpython/abi/interpreter.h"

#include "agent/base/arena.h"
#include "agent/base/lock.h"

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

PyInterpreterState *
interpreter_current_state(void)
{
    if (py.minor >= 9)
        return py.PyInterpreterState_Get();
    return state_of(py._PyThreadState_UncheckedGet());
}

struct interpreter *
interpreter_find(const PyInterpreterState *state)
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
        interpreter_several ? interpreter_find(interpreter_current_state())
                            : NULL;
    return known ? known : &table.main;
}

struct interpreter *
interpreter_of(const void *thread_state)
{
    struct interpreter *known = interpreter_find(state_of(thread_state));
    return known ? known : &table.main;
}

bool
interpreter_is_main(const struct interpreter *interpreter)
{
    return interpreter == &table.main;
}

/* == COMING AND GOING ===================================================== */

struct interpreter *
interpreter_add(PyInterpreterState *state)
{
    interpreter_several = true;
    lock_acquire(&table.lock);
    struct interpreter *entry = table.first;
    while (entry && (entry->state || entry == &table.main))
        entry = entry->next;
    bool fresh = !entry;
    if (fresh)
        entry = arena_take(sizeof *entry);
    if (entry) {
        entry->monitor = MONITOR_NONE;
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

void
interpreter_remove(struct interpreter *interpreter)
{
    __atomic_store_n(&interpreter->state, NULL, __ATOMIC_RELEASE);
}

struct interpreter *
interpreter_open(void)
{
    table.main.monitor = MONITOR_NONE;
    measure();
    table.main.state = interpreter_current_state();
    table.main.evaluates = NULL;
    if (!table.first)
        table.first = &table.main;
    return &table.main;
}

void
interpreter_forget(void)
{
    for (struct interpreter *at = table.first; at; at = at->next) {
        at->monitor = MONITOR_NONE;
        at->state = NULL;
    }
    interpreter_several = false;
}
