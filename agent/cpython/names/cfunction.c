/* SPDX-License-Identifier: Apache-2.0
 *
 * cfunction.c: meeting a C function, and the table of those that were met.
 * Readers take no lock: a slot is one pointer to an entry that never changes
 * and is never freed, and a grown table replaces the old one as a whole.
 */
#include "agent/cpython/names/cfunction.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/base/lock.h"
#include "agent/base/process.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/type.h"
#include "agent/cpython/names/intern.h"

#define SLOTS_EACH 4 /* so that most lie where they should */

static const void *const empty_table[2]; /* mask 0, one free slot */
const struct c_function_table *c_functions = (const void *)empty_table;

static struct {
    struct lock lock;
    size_t used;
} table_state;

/* == THE TABLE ============================================================ */

static size_t
find_slot(const struct c_function_table *table,
          const struct c_callable *callable)
{
    size_t at = c_function_hash(callable) & table->mask;
    while (table->slots[at] && !c_function_is(table->slots[at], callable))
        at = (at + 1) & table->mask;
    return at;
}

static struct c_function_table *
grow(void)
{
    const struct c_function_table *old = c_functions;
    size_t room = old->mask ? (old->mask + 1) * 2 : 1024;
    struct c_function_table *table =
        arena_take_pages(sizeof *table + room * sizeof *table->slots);
    if (!table)
        return NULL;
    table->mask = room - 1;
    for (size_t i = 0; i <= old->mask; i++) {
        const struct c_function *entry = old->slots[i];
        if (!entry)
            continue;
        struct c_callable callable = {entry->definition, entry->owner, NULL};
        size_t at = c_function_hash(&callable) & table->mask;
        while (table->slots[at])
            at = (at + 1) & table->mask;
        table->slots[at] = entry;
    }
    __atomic_store_n(&c_functions, table, __ATOMIC_RELEASE);
    return table; /* the old one may still be read: it is left */
}

static void
keep(const struct c_callable *callable, uint32_t word, enum wanted said)
{
    struct c_function *entry = arena_take(sizeof *entry);
    if (!entry)
        return;
    *entry =
        (struct c_function){callable->definition, callable->definition->name,
                            callable->owner, word, said};
    lock_acquire(&table_state.lock);
    struct c_function_table *table = (struct c_function_table *)c_functions;
    if (table_state.used * SLOTS_EACH >= table->mask)
        table = grow();
    if (table) {
        size_t at = find_slot(table, callable);
        if (!table->slots[at])
            table_state.used++;
        __atomic_store_n(&table->slots[at], entry, __ATOMIC_RELEASE);
    }
    lock_release(&table_state.lock);
}

/* == NAMES ================================================================ */

/* The type in type's MRO that defines the method; NULL if none is found. */
static PyTypeObject *
definer(PyTypeObject *type, const struct method_definition *definition)
{
    PyTypeObject *found = NULL;
    PyObject *name = py.PyUnicode_InternFromString(definition->name);
    PyObject *mro = type_mro(type);
    Py_ssize_t count = mro && py._PyType_Lookup ? py.PyTuple_Size(mro) : 0;
    for (Py_ssize_t i = 0; name && i < count && !found; i++) {
        PyTypeObject *base = (PyTypeObject *)py.PyTuple_GetItem(mro, i);
        PyObject *method = py._PyType_Lookup(base, name);
        if (!method || (python_type(method) != py.PyMethodDescr_Type &&
                        python_type(method) != py.PyClassMethodDescr_Type))
            continue;
        struct c_callable callable = c_callable_of(method);
        if (callable.definition == definition)
            found = callable.owner;
    }
    py.PyErr_Clear();
    pyobject_release(mro);
    pyobject_release(name);
    return found;
}

/* The type a bound function belongs to; NULL for a module's function. */
static PyTypeObject *
type_of_method(const struct c_callable *callable)
{
    PyTypeObject *kind = python_type(callable->object);
    if (kind == py.PyMethodDescr_Type || kind == py.PyClassMethodDescr_Type)
        return callable->owner;
    PyObject *self = python_word(callable->object, py.header_bytes + 8);
    if (!self || python_type(self) == py.PyModule_Type)
        return NULL;
    PyTypeObject *found = definer(callable->owner, callable->definition);
    if (!found && callable->owner == py.PyType_Type) /* a class method */
        found = definer((PyTypeObject *)self, callable->definition);
    return found ? found : callable->owner;
}

static struct text
owner_name(const struct c_callable *callable, PyTypeObject *type,
           struct text_holder *holder)
{
    *holder = HELD_BY_NOTHING;
    if (type) {
        PyObject *name = type_qualified_name(type);
        struct text text = pyobject_text(name, holder);
        pyobject_release(name);
        return text;
    }
    return pyobject_text(python_word(callable->object, py.header_bytes + 16),
                         holder);
}

/* As cProfile tells them apart. */
static uint32_t
flags_of(const struct c_callable *callable, const PyTypeObject *type)
{
    if (!type)
        return 0;
    return callable->owner == py.PyType_Type ? SPOOL_C_CLASS_METHOD
                                             : SPOOL_C_METHOD;
}

/* == OURS ================================================================= */

#define TABLES 8

/* Only added to. */
static const struct method_definition *hidden[TABLES];

void
c_function_hide(const struct method_definition *table)
{
    for (size_t i = 0; i < TABLES; i++) {
        const struct method_definition *there = NULL;
        __atomic_compare_exchange_n(&hidden[i], &there, table, false,
                                    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
        if (!there || there == table)
            return;
    }
}

static bool
is_in(const struct method_definition *table,
      const struct method_definition *definition)
{
    while (table->name && table != definition)
        table++;
    return table->name != NULL;
}

static bool
is_hidden(const struct method_definition *definition)
{
    for (size_t i = 0; i < TABLES && hidden[i]; i++)
        if (is_in(hidden[i], definition))
            return true;
    return false;
}

/* == MEETING ONE ========================================================== */

/* What no rule is about goes with what calls it. */
static uint32_t
name(const struct c_callable *callable, const PyTypeObject *type,
     const struct text names[3])
{
    enum wanted said = wanted_ask(names, 0);
    if (said == WANTED_NOT || said == WANTED_NOT_INSIDE) {
        keep(callable, C_FUNCTION_HIDDEN, said);
        return C_FUNCTION_HIDDEN;
    }
    int64_t id =
        intern_function(SPOOL_C_FUNCTION, 0, flags_of(callable, type), names);
    if (id < 0)
        return 0;
    uint32_t word = (uint32_t)id << SPOOL_KIND_BITS | SPOOL_ENTER_C;
    keep(callable, word, said);
    return word;
}

enum wanted
c_function_said(const struct c_callable *callable)
{
    const struct c_function_table *table =
        __atomic_load_n(&c_functions, __ATOMIC_ACQUIRE);
    const struct c_function *known = table->slots[find_slot(table, callable)];
    return known ? known->said : WANTED_UNSAID;
}

void
c_function_throttle(const struct c_callable *callable, bool throttled)
{
    const struct c_function_table *table =
        __atomic_load_n(&c_functions, __ATOMIC_ACQUIRE);
    struct c_function *known = (struct c_function *)(uintptr_t)
                                   table->slots[find_slot(table, callable)];
    if (!known || !C_FUNCTION_RECORD(known->word))
        return;
    uint32_t word = C_FUNCTION_RECORD(known->word);
    __atomic_store_n(&known->word, throttled ? word | C_FUNCTION_HIDDEN : word,
                     __ATOMIC_RELAXED);
}

uint32_t
c_function_meet(const struct c_callable *callable, struct thread *thread)
{
    const struct c_function_table *table =
        __atomic_load_n(&c_functions, __ATOMIC_ACQUIRE);
    const struct c_function *known = table->slots[find_slot(table, callable)];
    if (known)
        return known->word;
    if (process_is_broken())
        thread_close(thread);
    if (process_is_broken() || !callable->definition->name)
        return 0;
    if (is_hidden(callable->definition)) {
        keep(callable, C_FUNCTION_HIDDEN, WANTED_NOT);
        return C_FUNCTION_HIDDEN;
    }

    struct guard guard;
    struct text_holder holder;
    const char *said = callable->definition->name;
    guard_enter(&guard, thread);
    PyTypeObject *type = type_of_method(callable);
    struct text names[3] = {owner_name(callable, type, &holder),
                            {said, (uint32_t)strlen(said)},
                            {"", 0}};
    uint32_t word = name(callable, type, names);
    pyobject_release_text(&holder);
    guard_leave(&guard, thread);
    return word;
}
