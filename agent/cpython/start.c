/* SPDX-License-Identifier: Apache-2.0
 *
 * start.c: the way into an interpreter, and the moment to begin.
 *
 * The table of built-in modules is swapped for a copy in which the initializer
 * of posix is ours.  It runs early in the import bootstrap, with a live thread
 * state and the allocators configured, on every build and under every option.
 */
#include <errno.h>
#include <string.h>

#include "agent/arena.h"
#include "agent/cpython.h"
#include "agent/cpython/calibrate.h"
#include "agent/cpython/code.h"
#include "agent/cpython/greenlet.h"
#include "agent/cpython/hook.h"
#include "agent/cpython/interpreter.h"
#include "agent/cpython/label.h"
#include "agent/cpython/module.h"
#include "agent/cpython/pause.h"
#include "agent/process.h"
#include "agent/recording.h"
#include "agent/spool.h"

struct built_in { /* struct _inittab */
    const char *name;
    PyObject *(*initialize)(void);
};

/* Resolved by the dynamic linker; NULL where there is no Python. */
extern struct built_in *PyImport_Inittab __attribute__((weak));

static struct {
    const struct cpython_events *events;
    PyObject *(*initialize_posix)(void);
    PyObject *(*initialize_io)(void);
    struct cpython_options options;
    bool awake;     /* an interpreter lives and is watched */
    bool recording; /* and recorded */
} start;

/* == WHEN ================================================================= */

static int
watch(void)
{
    return py.minor >= 12 ? monitoring_watch() : evalframe_watch();
}

static int
begin_hooks(void)
{
    code_measure();
    return py.minor >= 12 ? monitoring_begin(start.options.c_calls)
                          : evalframe_begin(start.options.c_calls);
}

int
start_recording(void)
{
    if (start.recording || !start.awake)
        return -1;
    start.recording = true;
    int begun = begin_hooks();
    if (begun < 0) {
        process_note(SPOOL_NOTE_STOOD_DOWN, 0,
                     "the interpreter did not let the agent in");
        process_break(0);
    }
    greenlet_look();
    return begun;
}

int
start_join(void)
{
    if (!start.recording)
        return watch();
    return py.minor >= 12 ? monitoring_begin(start.options.c_calls) : 0;
}

bool
start_is_recording(void)
{
    return start.recording;
}

int
start_resume(void)
{
    bool c_calls = start.options.c_calls;
    if (!start.recording) {
        if (start_recording() < 0)
            return -1;
    } else if (py.minor >= 12) {
        return monitoring_begin(c_calls);
    }
    if (py.minor < 12)
        evalframe_resume(c_calls);
    return 0;
}

/* This frame is the outermost one that this thread has. */
static int
begin_at_bottom(void)
{
    int begun = start_recording();
    if (begun == 0 && thread_current)
        thread_current->whole = true;
    return begun;
}

int
start_program(void)
{
    module_offer();
    if (start.events)
        start.events->program();
    if (!start.options.paused && !start.options.in_python)
        return begin_at_bottom();
    if (py.minor >= 12)
        monitoring_rest();
    else
        evalframe_rest();
    if (start.options.in_python)
        module_trace_in_python(start.options.c_calls, start.options.paused);
    return -1;
}

static bool
is_text(PyObject *string, const char *text)
{
    return string && python_type(string) == py.PyUnicode_Type &&
           py.PyUnicode_CompareWithASCIIString(string, text) == 0;
}

#define PROGRAM "<module>"
#define RUNNER  "_run_module_as_main"

/* From 3.11 on, where nothing is marked: whether the name is as long as one of
 * the two.  A str is {header, Py_ssize_t length, ...}. */
bool
start_may_be_program(PyObject *code)
{
    if (py.minor < 11)
        return code_mark(code);
    PyObject *name = code_name(code);
    if (!name)
        return true;
    size_t length = (size_t)python_word(name, py.header_bytes);
    return length == sizeof PROGRAM - 1 || length == sizeof RUNNER - 1;
}

/* `<module>` of __main__, or what -m and a zipapp run before it.  The audit
 * events cpython.run_* would tell as well, but not in an embedder, and an audit
 * hook could not be taken back. */
bool
start_is_program(PyObject *code, PyObject *globals)
{
    struct slow_path path;
    python_enter_slow(&path, NULL);
    PyObject *name = py.PyObject_GetAttrString(code, "co_name");
    bool program = is_text(name, RUNNER);
    if (is_text(name, PROGRAM))
        program =
            is_text(py.PyDict_GetItemString(globals, "__name__"), "__main__");
    label_give_back(name);
    python_leave_slow(&path, NULL);
    return program;
}

/* == WHERE ================================================================ */

static void
finalized(void)
{
    start.awake = start.recording = false;
    code_forget();
    evalframe_forget();
    module_forget();
    interpreter_forget();
    greenlet_forget();
    if (start.events)
        start.events->ended();
    else if (spool_is_open())
        process_end();
}

/* What calls cost here; the hooks are as they were, afterwards.  Not in a later
 * life of the interpreter, on a thread that has records. */
static void
calibrate(void)
{
    struct slow_path path;
    if (thread_current)
        return;
    python_enter_slow(&path, NULL);
    if (calibrate_begin() == 0) {
        calibrate_plain();
        python_let_in();
        struct thread *thread = hook_thread();
        if (thread && watch() == 0) {
            if (begin_hooks() == 0)
                calibrate_traced(thread);
            if (py.minor < 12)
                evalframe_end();
        }
        if (thread)
            thread_detach(thread);
        python_shut_out();
    }
    calibrate_end();
    python_leave_slow(&path, NULL);
}

/* Interpreters after the first one call this too. */
static void
wake(void)
{
    if (start.awake) {
        interpreter_arrive();
        return;
    }
    if (python_measure() < 0 || start.events->begun(py.name) < 0)
        return;
    start.awake = true;
    interpreter_begin();
    bool hooked = py.minor < 12 || monitoring_open() == 0;
    if (hooked && !start.options.in_python)
        calibrate();
    if (!hooked || watch() < 0) {
        if (spool_is_open())
            process_note(SPOOL_NOTE_STOOD_DOWN, 0,
                         "the interpreter's hooks were not found");
        start.awake = false;
        return;
    }
    py.Py_AtExit(finalized);
    if (start.options.from_start && !start.options.in_python)
        start_recording();
}

/* From 3.13 on the main interpreter is the current one in what follows, whoever
 * imports posix; what its module definition asks to be run is run in the right
 * one.  PyModuleDef is {header, m_init, m_index, m_copy, m_name, m_doc, m_size,
 * m_methods, m_slots} in the stable ABI. */
struct module_slot { /* PyModuleDef_Slot */
    int slot;
    void *value;
};

enum {
    MODULE_EXECUTE = 2, /* Py_mod_exec */
    MODULE_SLOTS = 16
};

static int
execute_posix(PyObject *module)
{
    int saved = errno;
    (void)module;
    if (start.awake)
        interpreter_arrive();
    errno = saved;
    return 0;
}

static void
extend_slots(PyObject *definition)
{
    static struct module_slot slots[MODULE_SLOTS];
    char *at = (char *)definition + py.header_bytes;
    const char *name = *(const char **)(void *)(at + 24);
    struct module_slot **place = (struct module_slot **)(void *)(at + 56);
    const struct module_slot *old = *place;
    size_t count = 0;
    if (old == slots || !old || !name || strcmp(name, "posix") != 0)
        return;
    while (count < MODULE_SLOTS - 2 && old[count].slot)
        count++;
    if (old[count].slot)
        return;
    memcpy(slots, old, count * sizeof *slots);
    slots[count] = (struct module_slot){MODULE_EXECUTE, (void *)execute_posix};
    *place = slots;
}

static PyObject *
initialize_posix(void)
{
    int saved = errno;
    wake();
    py.PyErr_Clear();
    errno = saved;
    PyObject *module = start.initialize_posix();
    if (module && python_type(module) == py.PyModuleDef_Type && py.minor >= 13)
        extend_slots(module);
    return module;
}

/* Where posix is initialized once for all interpreters (up to 3.8), _io is for
 * each of them, because it has a state of its own. */
static PyObject *
initialize_io(void)
{
    int saved = errno;
    if (start.awake)
        interpreter_arrive();
    errno = saved;
    return start.initialize_io();
}

/* == THE PROGRAM'S OWN RECORDINGS ========================================= */

int
start_attach(void)
{
    if (start.awake)
        return 0;
    if (python_resolve() < 0 || python_measure() < 0)
        return -1;
    interpreter_begin();
    if (py.minor >= 12 && monitoring_open() < 0)
        return -1;
    start.awake = true;
    label_keep();
    py.Py_AtExit(finalized);
    return 0;
}

bool
start_was_first(void)
{
    return start.awake && start.events;
}

int
start_begin(const char *output, bool c_calls, char *folder, size_t room)
{
    static bool calibrated;
    if (recording_begin(output, py.name, folder, room) < 0)
        return -1;
    start.options.c_calls = c_calls;
    pause_forget();
    if (!calibrated)
        calibrate();
    calibrated = true;
    if (watch() == 0 && start_resume() == 0)
        return 0;
    start_end(folder);
    errno = ENOTSUP;
    return -1;
}

void
start_end(const char *folder)
{
    pause_stay();
    if (py.minor >= 12)
        monitoring_close();
    recording_end(folder);
    start.recording = false;
}

/* == LYING IN WAIT ======================================================== */

static int
swap_table(void)
{
    size_t count = 0;
    struct built_in *old = PyImport_Inittab, *posix = NULL, *io = NULL;
    while (old[count].name)
        count++;
    struct built_in *copy = arena_take_pages((count + 1) * sizeof *copy);
    if (!copy)
        return -1;
    memcpy(copy, old, (count + 1) * sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(copy[i].name, "posix") == 0)
            posix = &copy[i];
        if (strcmp(copy[i].name, "_io") == 0)
            io = &copy[i];
    }
    if (!posix)
        return -1;
    if (io && py.minor < 9) {
        start.initialize_io = io->initialize;
        io->initialize = initialize_io;
    }
    start.initialize_posix = posix->initialize;
    posix->initialize = initialize_posix;
    PyImport_Inittab = copy;
    return 0;
}

int
cpython_await(const struct cpython_events *events,
              const struct cpython_options *options)
{
    if (&PyImport_Inittab == NULL || !PyImport_Inittab ||
        python_resolve() < 0 || py.Py_IsInitialized())
        return -1;
    start.events = events;
    start.options = *options;
    return swap_table();
}
