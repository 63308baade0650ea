/* SPDX-License-Identifier: Apache-2.0
 *
 * program.c: where the interpreter's start-up ends and the program starts.
 *
 * Where Py_Main or one of its kind runs the program, that is `<module>` of
 * __main__, or what -m and a zipapp run before it: until then it is at work
 * itself, with importlib, runpy, readline.  A program that has an interpreter
 * inside need never run a __main__.  There it is the first frame once the
 * interpreter is set up, which it does last of all by importing site.
 *
 * The audit events cpython.run_* would tell the first, but not the second, and an
 * audit hook could not be taken back.
 */
#include "agent/cpython/names/program.h"

#include <string.h>
#include <unistd.h>

#include "agent/base/libc.h"
#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/library.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/names/code.h"
#include "agent/track/thread.h"

static const char *const main_functions[] = {"Py_RunMain", "Py_BytesMain",
                                             "Py_Main", "_Py_UnixMain"};

enum {
    MAIN_FUNCTIONS = sizeof main_functions / sizeof *main_functions,
    /* Nothing else lies that near below the stack that the kernel made. */
    MOST_STACK_BYTES = 64 << 20
};

static struct {
    struct {
        uintptr_t begin;
        size_t bytes; /* 0: it has no such function */
    } main[MAIN_FUNCTIONS];
    bool embedded; /* none of them has started the interpreter */
} program;

/* == WHO RUNS IT ========================================================== */

/* Of the process's first thread, from ld.so. */
extern void *__libc_stack_end __attribute__((weak));

static const char *
end_of_stack(const char *here)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t bytes = 0;
    if ((uint32_t)getpid() == thread_tid()) {
        const char *end = &__libc_stack_end ? __libc_stack_end : NULL;
        return end && end - here < MOST_STACK_BYTES ? end : NULL;
    }
    if (!pthread_getattr_np || !pthread_attr_getstack ||
        pthread_getattr_np(pthread_self(), &attributes) != 0)
        return NULL;
    pthread_attr_getstack(&attributes, &low, &bytes);
    if (pthread_attr_destroy)
        pthread_attr_destroy(&attributes);
    return here >= (char *)low ? (char *)low + bytes : NULL;
}

/* A return address lies behind the call. */
static bool
is_in_main(uintptr_t address)
{
    for (int i = 0; i < MAIN_FUNCTIONS; i++)
        if (address - program.main[i].begin - 1 < program.main[i].bytes)
            return true;
    return false;
}

/* One of them is going to be returned to: its address is on this stack. */
static bool
is_run_by_main(void)
{
    const uintptr_t *word = __builtin_frame_address(0);
    const char *end = end_of_stack((const char *)word);
    for (; end && (const char *)(word + 1) <= end; word++)
        if (is_in_main(*word))
            return true;
    return false;
}

void
program_await(void)
{
    memset(&program, 0, sizeof program);
    for (int i = 0; i < MAIN_FUNCTIONS; i++)
        library_extent(main_functions[i], &program.main[i].begin,
                       &program.main[i].bytes);
    program.embedded = !is_run_by_main();
}

/* == RUN BY MAIN ========================================================== */

#define PROGRAM "<module>"
#define RUNNER  "_run_module_as_main"

/* From 3.11 on, where nothing is marked: whether the name is as long as one of
 * the two.  A str is {header, Py_ssize_t length, ...}. */
static bool
may_be_main(PyObject *code)
{
    if (py.minor < 11)
        return code_mark(code);
    PyObject *name = code_name(code);
    if (!name)
        return true;
    size_t length = (size_t)python_word(name, py.header_bytes);
    return length == sizeof PROGRAM - 1 || length == sizeof RUNNER - 1;
}

static bool
is_main(PyObject *code, PyObject *globals)
{
    PyObject *name = py.PyObject_GetAttrString(code, "co_name");
    bool main = pyobject_is_text(name, RUNNER);
    if (globals && pyobject_is_text(name, PROGRAM))
        main = pyobject_is_text(pyobject_item(globals, "__name__"), "__main__");
    pyobject_release(name);
    return main;
}

/* == EMBEDDED ============================================================= */

static PyObject *
module_of(const char *name)
{
    PyObject *modules = py.PySys_GetObject("modules");
    return pyobject_item(modules, name);
}

/* While a module runs, its spec says so. */
static bool
is_imported(PyObject *module)
{
    if (!module || python_type(module) != py.PyModule_Type)
        return module != NULL;
    PyObject *spec = py.PyObject_GetAttrString(module, "__spec__");
    PyObject *busy =
        spec ? py.PyObject_GetAttrString(spec, "_initializing") : NULL;
    bool done = !busy || py.PyObject_IsTrue(busy) == 0;
    py.PyErr_Clear();
    pyobject_release(busy);
    pyobject_release(spec);
    return done;
}

/* 3.6 says that it is initialized before it is, so its streams are asked for,
 * too. */
static bool
is_set_up(void)
{
    if (!py.Py_IsInitialized() || !module_of("__main__") ||
        !py.PySys_GetObject("stdout"))
        return false;
    PyObject *flags = py.PySys_GetObject("flags");
    return (flags && pyobject_attribute_number(flags, "no_site", 0)) ||
           is_imported(module_of("site"));
}

static bool
may_be_first(void)
{
    struct guard guard;
    if (!program.embedded)
        return false;
    guard_enter(&guard, NULL);
    bool ready = is_set_up();
    guard_leave(&guard, NULL);
    return ready;
}

struct bottom {
    PyObject *code;
    bool itself; /* the frame that is looked at is the innermost one */
};

static bool
note_bottom(PyFrameObject *frame, void *context)
{
    struct bottom *bottom = context;
    if (!bottom->itself)
        bottom->code = frame_code_of_object(frame);
    bottom->itself = false;
    return true;
}

/* The code of the outermost frame but this one, borrowed; NULL if this one is the
 * outermost. */
static PyObject *
outermost(void)
{
    struct bottom bottom = {NULL, py.minor >= 12};
    frame_each(note_bottom, &bottom);
    return bottom.code;
}

/* The import of site ends in frames of importlib's. */
static bool
is_import_of_site(PyObject *code)
{
    PyObject *file =
        code ? py.PyObject_GetAttrString(code, "co_filename") : NULL;
    bool own = pyobject_is_text(file, "<frozen importlib._bootstrap>");
    pyobject_release(file);
    return own;
}

/* == THE FIRST FRAME ====================================================== */

bool
program_may_start(PyObject *code)
{
    bool main = may_be_main(code);
    return main || may_be_first();
}

bool
program_starts(PyObject *code, PyObject *globals)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    bool starts = is_main(code, globals) ||
                  (program.embedded && is_set_up() && !is_run_by_main() &&
                   !is_import_of_site(outermost()));
    guard_leave(&guard, NULL);
    return starts;
}

bool
program_has_started(PyObject *code, PyObject *globals)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    bool started = is_main(code, globals) || (program.embedded && is_set_up());
    guard_leave(&guard, NULL);
    return started;
}
