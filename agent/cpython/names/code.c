/* SPDX-License-Identifier: Apache-2.0
 *
 * code.c: meeting a code object for the first time.
 *
 * Before 3.11 a code object does not know its qualified name.  A function can
 * only be made by running its parent's code, so when that is met, each code
 * object among its constants gets a pointer to the prefix of its name.
 * (co_qualname came with 3.11, bpo-44530; the prefixes can go with 3.10.)
 */
#include "agent/cpython/names/code.h"

#include <string.h>

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/names/generator.h"
#include "agent/cpython/names/happenings.h"
#include "agent/cpython/names/inspected.h"
#include "agent/cpython/names/intern.h"
#include "agent/cpython/names/owncode.h"
#include "agent/cpython/names/prefix.h"
#include "agent/cpython/names/sourcefile.h"
#include "agent/cpython/names/spanobject.h"
#include "agent/cpython/names/throttled.h"
#include "agent/cpython/names/triggers.h"
#include "agent/cpython/names/wanted.h"

#define CO_OPTIMIZED 0x1

bool code_tells_tasks;

static uint64_t
word_of_prefix(const struct prefix *prefix, unsigned tag)
{
    return (uint64_t)(uintptr_t)prefix | tag;
}

static const struct prefix *
prefix_of_word(uint64_t word)
{
    unsigned tag = word & CODE_TAG_MASK;
    if (tag != CODE_PENDING && tag != CODE_MARKED)
        return NULL;
    return (const struct prefix *)(uintptr_t)(word & ~(uint64_t)CODE_TAG_MASK);
}

PyObject *
code_compile(const char *source)
{
    enum {
        FILE_INPUT = 257
    }; /* Py_file_input, in all versions */
    return py.Py_CompileString(source, "<codesnap>", FILE_INPUT);
}

PyObject *
code_of_callable(PyObject *callable)
{
    while (python_type(callable) == py.PyMethod_Type) /* im_func, by a load */
        callable = python_word(callable, py.header_bytes);
    return python_type(callable) == py.PyFunction_Type
               ? py.PyFunction_GetCode(callable)
               : NULL;
}

void
code_pretend(PyObject *code)
{
    extra_set(code, (uint64_t)(SPOOL_FUNCTION_LIMIT - 1) << SPOOL_KIND_BITS |
                        CODE_NAMED);
}

static void
ended(uint64_t word)
{
    if ((word & CODE_TAG_MASK) == CODE_NAMED)
        intern_leave((uint32_t)word >> SPOOL_KIND_BITS);
}

void
code_watch_ends(void)
{
    extra_on_end(ended);
}

void
code_watch_steps(PyObject *code, uint64_t word)
{
    extra_set(code, word | CODE_SUSPENDS);
}

static size_t name_offset;

void
code_forget(void)
{
    extra_forget();
    name_offset = 0;
}

/* == THE NAME ============================================================= */

static size_t
find_name(PyObject *code)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    size_t bytes = (size_t)pyobject_attribute_number((PyObject *)py.PyCode_Type,
                                                     "__basicsize__", 0);
    PyObject *name = py.PyObject_GetAttrString(code, "co_name");
    size_t at = py.header_bytes;
    while (name && at < bytes && python_word(code, at) != name)
        at += sizeof(void *);
    pyobject_release(name);
    guard_leave(&guard, NULL);
    return name && at < bytes ? at : 0;
}

PyObject *
code_name(PyObject *code)
{
    if (unlikely(!name_offset))
        name_offset = find_name(code);
    return name_offset ? python_word(code, name_offset) : NULL;
}

/* == QUALIFIED NAMES BEFORE 3.11 ========================================== */

static bool
ends_in(struct text text, struct text end)
{
    return text.length >= end.length &&
           memcmp(text.bytes + text.length - end.length, end.bytes,
                  end.length) == 0;
}

static bool
ends_with(struct text text, const char *end)
{
    return ends_in(text, (struct text){end, (uint32_t)strlen(end)});
}

static bool
is_module(struct text name)
{
    return name.length == 8 && memcmp(name.bytes, "<module>", 8) == 0;
}

static struct text
join(const struct prefix *prefix, struct text name)
{
    if (!prefix || !prefix->length)
        return name;
    const struct prefix *joined =
        prefix_of((struct text){prefix->bytes, prefix->length}, name);
    return joined ? (struct text){joined->bytes, joined->length} : name;
}

/* A comprehension or generator expression: its own scope before 3.12. */
static bool
is_comprehension(struct text qualified)
{
    return ends_with(qualified, "<listcomp>") ||
           ends_with(qualified, "<setcomp>") ||
           ends_with(qualified, "<dictcomp>") ||
           ends_with(qualified, "<genexpr>");
}

/* The names of inner functions begin with nothing in a module, "Class." in a
 * class body or a comprehension, "function.<locals>." else. */
static void
mark_children(PyObject *code, struct text qualified, bool module, long flags)
{
    bool function = flags & CO_OPTIMIZED && !is_comprehension(qualified);
    const char *suffix = module ? "" : function ? ".<locals>." : ".";
    PyObject *constants = py.PyObject_GetAttrString(code, "co_consts");
    Py_ssize_t count = constants ? py.PyTuple_Size(constants) : 0;
    const struct prefix *prefix = NULL;
    if (module)
        qualified.length = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *child = py.PyTuple_GetItem(constants, i);
        if (python_type(child) != py.PyCode_Type || code_word(child))
            continue;
        if (!prefix)
            prefix = prefix_of(qualified,
                               (struct text){suffix, (uint32_t)strlen(suffix)});
        if (prefix)
            extra_set(child, word_of_prefix(prefix, CODE_PENDING));
    }
    pyobject_release(constants);
}

/* Both before 3.11: the qualified name, and its children marked once. */
static struct text
qualify(PyObject *code, struct text name, long flags)
{
    uint64_t word = code_word(code);
    struct text qualified = join(prefix_of_word(word), name);
    if ((word & CODE_TAG_MASK) != CODE_MARKED)
        mark_children(code, qualified, is_module(name), flags);
    return qualified;
}

bool
code_mark(PyObject *code)
{
    struct text_holder holder;
    struct guard guard;
    unsigned tag = code_word(code) & CODE_TAG_MASK;
    if (tag == CODE_MARKED || CODE_IS_MET(code_word(code)))
        return false;
    guard_enter(&guard, NULL);
    struct text name = pyobject_attribute_text(code, "co_name", &holder);
    qualify(code, name, pyobject_attribute_number(code, "co_flags", 0));
    extra_set(code, (code_word(code) & ~(uint64_t)CODE_TAG_MASK) | CODE_MARKED);
    pyobject_release_text(&holder);
    guard_leave(&guard, NULL);
    return true;
}

void
code_mark_made(PyObject *code, struct text qualified_name)
{
    struct text_holder holder;
    if (code_word(code))
        return;
    struct text name = pyobject_attribute_text(code, "co_name", &holder);
    /* A program may have called it something else: namedtuple does. */
    if (ends_in(qualified_name, name)) {
        qualified_name.length -= name.length;
        const struct prefix *prefix =
            prefix_of(qualified_name, (struct text){"", 0});
        if (prefix)
            extra_set(code, word_of_prefix(prefix, CODE_PENDING));
    }
    pyobject_release_text(&holder);
    code_mark(code);
}

void
code_hide(PyObject *code)
{
    PyObject *constants = py.PyObject_GetAttrString(code, "co_consts");
    Py_ssize_t count = constants ? py.PyTuple_Size(constants) : 0;
    extra_set(code, CODE_HIDDEN);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *child = py.PyTuple_GetItem(constants, i);
        if (python_type(child) == py.PyCode_Type)
            code_hide(child);
    }
    pyobject_release(constants);
}

/* == FIRST SIGHT ========================================================== */

/* Thread._bootstrap_inner starts and ends where the thread has its name; where
 * its frame cannot be looked into, _delete is the last that threading knows.
 * Names are set late by the setter of Thread.name. */
static bool
names_thread(PyObject *code, struct text file, struct text name)
{
    if (!ends_with(file, "threading.py"))
        return false;
    if (ends_with(name, "Thread.name"))
        return pyobject_attribute_number(code, "co_argcount", 1) == 2;
    return ends_with(name, "_bootstrap_inner") ||
           ends_with(name, "_shutdown") ||
           (py.minor == 11 && ends_with(name, "Thread._delete"));
}

/* They call a run() of the program's, and report whatever ends it. */
static bool
catches_all(struct text file, struct text name)
{
    return (ends_with(file, "threading.py") &&
            ends_with(name, "Thread._bootstrap_inner")) ||
           (ends_with(file, "multiprocessing/process.py") &&
            ends_with(name, "BaseProcess._bootstrap"));
}

/* When the package's module has run, greenlet is there; up to 0.4.17 it was an
 * extension module alone. */
static bool
imports_greenlet(struct text file, struct text name)
{
    return (is_module(name) && ends_with(file, "greenlet/__init__.py")) ||
           ends_with(name, "ExtensionFileLoader.exec_module");
}

/* They return a task that nobody had before. */
static bool
makes_task(struct text file, struct text name)
{
    return ends_with(name, "create_task") &&
           (ends_with(file, "asyncio/base_events.py") ||
            ends_with(file, "asyncio/tasks.py") ||
            ends_with(file, "asyncio/taskgroups.py"));
}

/* What a function asks for, whether it is recorded or not. */
static uint64_t
word_of_watching(PyObject *code, const struct text names[3])
{
    uint64_t word = 0;
    if (names_thread(code, names[2], names[1]))
        word |= CODE_WATCHED;
    if (imports_greenlet(names[2], names[1]))
        word |= CODE_WATCHED | CODE_GREENLET;
    if (code_tells_tasks && makes_task(names[2], names[1]))
        word |= CODE_WATCHED | CODE_MAKES_TASK;
    return word;
}

/* Does one of its names, of that kind, mean a C function that a rule wants? */
static bool
leads_by(PyObject *code, const char *attribute)
{
    PyObject *names = py.PyObject_GetAttrString(code, attribute);
    Py_ssize_t count = names ? py.PyTuple_Size(names) : 0;
    bool leads = false;
    for (Py_ssize_t i = 0; i < count && !leads; i++) {
        struct text_holder holder;
        leads = wanted_may_mean(
            pyobject_text(py.PyTuple_GetItem(names, i), &holder));
        pyobject_release_text(&holder);
    }
    pyobject_release(names);
    return leads;
}

static uint64_t
hidden_word(PyObject *code)
{
    bool leads = leads_by(code, "co_names") || leads_by(code, "co_varnames") ||
                 leads_by(code, "co_freevars");
    return CODE_HIDDEN | (leads ? CODE_LEADS : 0);
}

/* What names an import in a picture of one's own code: see filter.c. */
static bool
names_import(struct text name)
{
    static const char loads[] = "_find_and_load";
    return is_module(name) || (name.length == sizeof loads - 1 &&
                               memcmp(name.bytes, loads, name.length) == 0);
}

static uint64_t
word_of_owner(uint32_t owner, struct text name)
{
    if (!wanted_own || owner & SPOOL_OWNER_USER)
        return 0;
    return CODE_FOREIGN | (names_import(name) ? CODE_IMPORTS : 0);
}

/* It is called by a library's code: most of those are never recorded.  Before 3.11
 * the word of one that is not named says how it will be. */
static bool
can_wait(const struct text names[3], uint32_t owner,
         const struct thread *thread)
{
    return py.minor >= 11 && word_of_owner(owner, names[1]) == CODE_FOREIGN &&
           thread_is_in_foreign(thread);
}

/* The word that it gets at its first sight, but for what watches it. */
static uint64_t
word_of_name(PyObject *code, const struct text names[3], long flags, long line,
             const struct thread *thread)
{
    uint32_t first = line > 0 ? (uint32_t)line : 0;
    bool spanned = spanobject_in_code(code);
    uint32_t trigger = triggers_for(names, first);
    unsigned inspected = flags & CO_OPTIMIZED ? inspected_for(names, first) : 0;
    enum happening happens =
        flags & CO_OPTIMIZED ? happenings_for(names) : HAPPENING_NONE;
    bool sure = spanned || trigger || inspected || happens;
    enum wanted wanted = sure ? WANTED : wanted_ask_python(names, first);
    if (wanted != WANTED)
        return wanted == WANTED_NOT ? hidden_word(code) : CODE_CLOSED;
    uint32_t owner = owncode_flags(names[0], names[2]);
    if (!sure && !word_of_watching(code, names) &&
        can_wait(names, owner, thread))
        return CODE_ABROAD | CODE_FOREIGN;
    int64_t id = intern_function(SPOOL_PYTHON_FUNCTION, first,
                                 (uint32_t)flags | owner, names);
    if (id < 0)
        return 0;
    if (trigger)
        throttled_exempt((uint32_t)id, true);
    if (py.minor < 12 && flags & CO_ANY_GENERATOR)
        generator_keep(code, (size_t)id);
    return (uint64_t)id << SPOOL_KIND_BITS | CODE_NAMED |
           (spanned ? CODE_SPANNED : 0) | CODE_TRIGGERED(trigger) |
           CODE_INSPECTED(inspected) | CODE_HAPPENING(happens) |
           (sure ? 0 : word_of_owner(owner, names[1])) |
           (catches_all(names[2], names[1]) ? CODE_CATCHES : 0) |
           (code_tells_tasks && flags & CO_ANY_COROUTINE ? CODE_COROUTINE : 0) |
           (py.minor < 12 && flags & CO_ANY_GENERATOR ? CODE_GENERATOR : 0);
}

static struct text
module_name(PyObject *globals, struct text_holder *holder)
{
    return pyobject_text(pyobject_early_item(globals, "__name__"), holder);
}

uint64_t
code_meet(PyObject *code, PyObject *globals, struct thread *thread, bool starts)
{
    struct guard guard;
    struct text_holder holders[3];
    struct text names[3]; /* module, qualified name, file */
    guard_enter(&guard, thread);
    long flags = pyobject_attribute_number(code, "co_flags", 0);
    long line = pyobject_attribute_number(code, "co_firstlineno", 0);
    names[0] = module_name(globals, &holders[0]);
    names[1] = pyobject_attribute_text(
        code, py.minor >= 11 ? "co_qualname" : "co_name", &holders[1]);
    names[2] = pyobject_attribute_text(code, "co_filename", &holders[2]);
    if (py.minor < 11)
        names[1] = qualify(code, names[1], flags);

    uint64_t word = word_of_name(code, names, flags, line, thread);
    if (word) {
        word |= word_of_watching(code, names);
        extra_set(code, word);
        if ((word & CODE_TAG_MASK) == CODE_NAMED)
            sourcefile_meet(names[2], starts && is_module(names[1]));
    }
    for (int i = 0; i < 3; i++)
        pyobject_release_text(&holders[i]);
    guard_leave(&guard, thread);
    return word;
}
