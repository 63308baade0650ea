/* SPDX-License-Identifier: Apache-2.0
 *
 * library.c: the way into an interpreter, wherever it comes from.
 *
 * The table of built-in modules is swapped for a copy in which the initializer
 * of posix is ours.  It runs early in the import bootstrap, with a live thread
 * state and the allocators configured, on every build and under every option.
 *
 * What is linked is there when we are loaded.  What comes by dlopen calls
 * setlocale before all else, which leads through us unless it was loaded with
 * RTLD_DEEPBIND; and who loads it looks its functions up by dlsym, which does in
 * any case.
 */
#include "agent/cpython/abi/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "agent/base/arena.h"
#include "agent/base/complaint.h"
#include "agent/base/lock.h"
#include "agent/base/object.h"
#include "agent/base/realsym.h"
#include "agent/cpython/abi/python.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/store/entry.h"
#include "formats/base/text.h"

enum {
    LIBRARIES = 4,
    MODULE_EXECUTE = 2, /* Py_mod_exec */
    MODULE_SLOTS = 16
};

typedef PyObject *initializer(void);

struct built_in { /* struct _inittab */
    const char *name;
    initializer *initialize;
};

struct module_slot { /* PyModuleDef_Slot */
    int slot;
    void *value;
};

/* Resolved by the dynamic linker; NULL where no Python is linked. */
extern struct built_in *PyImport_Inittab __attribute__((weak));

struct library {
    struct built_in **table; /* its PyImport_Inittab; NULL: nobody's place */
    struct object object;    /* has its symbols, unless it is linked */
    bool linked;             /* they are the global ones */
    initializer *initialize_posix, *initialize_io;
    struct module_slot slots[MODULE_SLOTS];
};

static struct {
    struct lock lock;
    struct library all[LIBRARIES];
    struct library *current; /* whose functions py has */
} libraries;

/* == SYMBOLS ============================================================== */

static void *
find(const void *where, const char *name)
{
    const struct library *library = where;
    return library->linked ? realsym_dlsym(RTLD_DEFAULT, name)
                           : object_find(&library->object, name);
}

bool
library_extent(const char *function, uintptr_t *begin, size_t *bytes)
{
    struct object object = {0};
    const struct library *library = libraries.current;
    if (!library)
        return false;
    if (!library->linked)
        object = library->object;
    else if (!object_defining(function, &object))
        return false;
    const ElfW(Sym) *symbol = object_symbol(&object, function);
    if (!symbol)
        return false;
    *begin = object.base + symbol->st_value;
    *bytes = symbol->st_size;
    return true;
}

/* py gets the functions of this one, unless it has those of another one that
 * lives. */
static bool
take(struct library *library)
{
    if (libraries.current == library)
        return true;
    if (upcalls->is_awake()) {
        entry_append_lasting_note(
            "another Python library of the process was not recorded");
        return false;
    }
    if (libraries.current)
        upcalls->forget_layout();
    bool known = python_resolve(find, library) == 0;
    libraries.current = known ? library : NULL;
    return known;
}

/* == WHAT IT CALLS ======================================================== */

/* From 3.13 on the main interpreter is the current one in what follows, whoever
 * imports posix; what its module definition asks to be run is run in the right
 * one. */
static int
arrive(const struct library *library)
{
    int saved = errno;
    if (libraries.current == library)
        upcalls->arrive();
    errno = saved;
    return 0;
}

/* PyModuleDef is {header, m_init, m_index, m_copy, m_name, m_doc, m_size,
 * m_methods, m_slots} in the stable ABI. */
static void
extend_slots(struct library *library, PyObject *definition, void *execute)
{
    char *at = (char *)definition + py.header_bytes;
    const char *name = *(const char **)(void *)(at + 24);
    struct module_slot **place = (struct module_slot **)(void *)(at + 56);
    const struct module_slot *old = *place;
    size_t count = 0;
    if (old == library->slots || !old || !name || strcmp(name, "posix") != 0)
        return;
    while (count < MODULE_SLOTS - 2 && old[count].slot)
        count++;
    if (old[count].slot)
        return;
    memcpy(library->slots, old, count * sizeof *old);
    library->slots[count] = (struct module_slot){MODULE_EXECUTE, execute};
    library->slots[count + 1] = (struct module_slot){0, NULL};
    *place = library->slots;
}

static PyObject *
initialize_posix(struct library *library, int (*execute)(PyObject *))
{
    int saved = errno;
    bool ours = take(library);
    if (ours) {
        upcalls->wake();
        py.PyErr_Clear();
    }
    errno = saved;
    PyObject *module = library->initialize_posix();
    if (ours && module && python_type(module) == py.PyModuleDef_Type &&
        py.minor >= 13)
        extend_slots(library, module, (void *)execute);
    return module;
}

/* Where posix is initialized once for all interpreters (up to 3.8), _io is for
 * each of them, because it has a state of its own. */
static PyObject *
initialize_io(const struct library *library)
{
    arrive(library);
    return library->initialize_io();
}

/* An initializer is told nothing: each library has its own. */
#define INITIALIZERS(number)                                               \
    static int execute_##number(PyObject *module)                          \
    {                                                                      \
        (void)module;                                                      \
        return arrive(&libraries.all[number]);                             \
    }                                                                      \
    static PyObject *posix_##number(void)                                  \
    {                                                                      \
        return initialize_posix(&libraries.all[number], execute_##number); \
    }                                                                      \
    static PyObject *io_##number(void)                                     \
    {                                                                      \
        return initialize_io(&libraries.all[number]);                      \
    }
INITIALIZERS(0)
INITIALIZERS(1)
INITIALIZERS(2)
INITIALIZERS(3)

static initializer *const posix_of[LIBRARIES] = {posix_0, posix_1, posix_2,
                                                 posix_3};
static initializer *const io_of[LIBRARIES] = {io_0, io_1, io_2, io_3};

/* == LYING IN WAIT ======================================================== */

static struct built_in *
entry_of(struct built_in *table, const char *name)
{
    while (table->name && strcmp(table->name, name) != 0)
        table++;
    return table->name ? table : NULL;
}

/* The program may have made a copy of our table. */
static bool
is_awaited(struct built_in *table)
{
    const struct built_in *posix = entry_of(table, "posix");
    for (int i = 0; posix && i < LIBRARIES; i++)
        if (posix->initialize == posix_of[i])
            return true;
    return false;
}

static int
swap_table(struct library *library, int minor)
{
    size_t number = (size_t)(library - libraries.all), count = 0;
    struct built_in *old = *library->table;
    while (old[count].name)
        count++;
    if (!entry_of(old, "posix"))
        return -1;
    struct built_in *copy = arena_take_pages((count + 1) * sizeof *copy);
    if (!copy)
        return -1;
    memcpy(copy, old, (count + 1) * sizeof *copy);
    struct built_in *posix = entry_of(copy, "posix");
    struct built_in *io = minor < 9 ? entry_of(copy, "_io") : NULL;
    library->initialize_posix = posix->initialize;
    posix->initialize = posix_of[number];
    if (io) {
        library->initialize_io = io->initialize;
        io->initialize = io_of[number];
    }
    *library->table = copy;
    return 0;
}

/* Which one it is; -1 for none that we know, or one that lives already, for
 * which it is too late.  3.6 calls itself initialized before it is anything. */
static int
minor_of(const struct library *library)
{
    const char *(*version)(void);
    void *(*first_interpreter)(void);
    *(void **)&version = find(library, "Py_GetVersion");
    *(void **)&first_interpreter = find(library, "PyInterpreterState_Head");
    if (!version || !first_interpreter || first_interpreter())
        return -1;
    return python_minor(version());
}

/* Its own place, one that nobody has, or one whose library was unloaded. */
static struct library *
place_for(struct built_in **table)
{
    struct object object;
    for (int i = 0; i < LIBRARIES; i++)
        if (libraries.all[i].table == table)
            return &libraries.all[i];
    for (int i = 0; i < LIBRARIES; i++) {
        struct library *library = &libraries.all[i];
        if (!library->table || !object_at(library->table, &object))
            return library;
    }
    return NULL;
}

static int
await(const struct library *found)
{
    int result = -1;
    int minor = *found->table ? minor_of(found) : -1;
    if (minor < 0)
        return -1;
    lock_acquire(&libraries.lock);
    struct library *library =
        is_awaited(*found->table) ? NULL : place_for(found->table);
    if (library && !(library == libraries.current && upcalls->is_awake())) {
        if (library == libraries.current)
            libraries.current = NULL;
        *library = *found;
        result = swap_table(library, minor);
    }
    lock_release(&libraries.lock);
    return result;
}

int
library_await(void)
{
    struct library linked = {.table = &PyImport_Inittab, .linked = true};
    object_find_by(realsym_search("_dl_find_object"));
    return linked.table ? await(&linked) : -1;
}

void
library_look_at(const void *code)
{
    int saved = errno;
    struct library found = {0};
    if (object_at_quickly(code, &found.object)) {
        found.table = object_find(&found.object, "PyImport_Inittab");
        found.linked = found.table == &PyImport_Inittab;
        if (found.table)
            await(&found);
    }
    errno = saved;
}

/* == LOOKED FOR BY THE PROGRAM ============================================ */

/* A library that wants a Python, such as a plugin that embeds one. */
static bool
needs_python(void *handle)
{
    static int (*ask)(void *, int, void *);
    struct link_map *map = NULL;
    struct object object;
    if (handle == RTLD_DEFAULT)
        return false;
    if (!ask)
        *(void **)&ask = realsym_dlsym(RTLD_NEXT, "dlinfo");
    if (!ask || ask(handle, RTLD_DI_LINKMAP, &map) != 0 || !map || !map->l_ld)
        return false;
    object_read(&object, map->l_addr, map->l_ld);
    return object.names && object_needs(&object, "libpython3");
}

/* What dlmopen loads has a libc of its own, and with it other thread-local
 * storage: nothing of ours could work there. */
static void
say_out_of_reach(void)
{
    static bool said;
    if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
        complaint_say("not recorded: a Python that dlmopen loaded has a "
                      "namespace of its own");
}

void
library_look_in(void *handle, const char *symbol)
{
    int saved = errno;
    struct library found = {0};
    bool wanted =
        text_starts_with(symbol, "Py") || text_starts_with(symbol, "_Py");
    if (handle == RTLD_NEXT || upcalls->is_awake() ||
        text_starts_with(symbol, "PyInit_") ||
        !(wanted || needs_python(handle)))
        return;
    found.table = realsym_dlsym(handle, "PyImport_Inittab");
    if (found.table && found.table != &PyImport_Inittab) {
        if (object_at(found.table, &found.object))
            await(&found);
        else
            say_out_of_reach();
    }
    errno = saved;
}

/* == THE AGENT IS LOADED BY IT ============================================ */

int
library_attach(const void *code)
{
    static struct library attached;
    const char *(*own)(void);
    struct library found = {.linked = true};
    void *global = find(&found, "Py_GetVersion");
    *(void **)&own = object_at(code, &found.object)
                         ? object_find(&found.object, "Py_GetVersion")
                         : NULL;
    if (upcalls->is_awake())
        return !own || strcmp(own(), py.Py_GetVersion()) == 0 ? 0 : -1;
    found.linked = !own || (void *)own == global;
    found.table = find(&found, "PyImport_Inittab");
    for (int i = 0; i < LIBRARIES; i++)
        if (found.table && libraries.all[i].table == found.table)
            return take(&libraries.all[i]) ? 0 : -1;
    attached = found;
    return take(&attached) ? 0 : -1;
}
