/* SPDX-License-Identifier: Apache-2.0
 *
 * module.c: the functions of `_codesnap`, and the module itself.  It stands in
 * sys.meta_path as a finder, too, where the agent was there before the program;
 * where the program loads the agent it is an extension module.
 */
#include "agent/cpython/module.h"

#include <stdio.h>
#include <string.h>

#include "agent/cpython/annotation.h"
#include "agent/cpython/code.h"
#include "agent/cpython/hook.h"
#include "agent/cpython/label.h"
#include "agent/cpython/package.h"
#include "agent/cpython/pause.h"
#include "agent/cpython/span.h"
#include "agent/part.h"
#include "agent/recording.h"
#include "build/version.h"
#include "formats/clock.h"

#define PATH_ROOM 4096

static struct {
    bool offered;
    PyObject *finder; /* find_spec of codesnap/_embedded.py, once asked */
} module;

PyObject *
module_none(void)
{
    py.Py_IncRef(py._Py_NoneStruct);
    return py._Py_NoneStruct;
}

static PyObject *
truth(bool value)
{
    return py.PyBool_FromLong(value);
}

static PyObject *
text_object(struct text text)
{
    return py.PyUnicode_FromStringAndSize(text.bytes, (Py_ssize_t)text.length);
}

PyObject *
module_helper(const char *name, const char *function)
{
    char path[64];
    snprintf(path, sizeof path, "codesnap.%s", name);
    PyObject *holder = py.PyImport_ImportModule(path);
    PyObject *found =
        holder ? py.PyObject_GetAttrString(holder, function) : NULL;
    label_give_back(holder);
    return found;
}

/* == ANNOTATIONS ========================================================== */

static bool
check_name(const char *function, PyObject *name)
{
    if (py.PyType_IsSubtype(python_type(name), py.PyUnicode_Type))
        return true;
    module_fail(PyExc_TypeError, "%s() wants a name (a str), not %R", function,
                name);
    return false;
}

/* The arguments as JSON; a new reference or NULL. */
static PyObject *
make_json(PyObject *arguments)
{
    pause_mute();
    PyObject *helper = module_helper("_spans", "to_json");
    PyObject *json =
        helper ? py.PyObject_CallFunction(helper, "O", arguments) : NULL;
    label_give_back(helper);
    pause_unmute();
    return json;
}

static PyObject *
instant(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    PyObject *name, *json = NULL, *holder = NULL;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "O:instant", &name) ||
        !check_name("instant", name))
        return NULL;
    if (!pause_thread())
        return module_none();
    if (keywords && !(json = make_json(keywords)))
        return NULL;
    struct text text = label_of(json, &holder);
    struct thread *thread = pause_thread();
    if (thread)
        annotation_instant(thread, name, text);
    label_give_back(holder);
    label_give_back(json);
    return module_none();
}

struct values {
    PyObject *series[ANNOTATION_SERIES];
    double values[ANNOTATION_SERIES];
    int count;
};

static bool
add_value(struct values *values, PyObject *name, PyObject *series,
          PyObject *value)
{
    double number = py.PyFloat_AsDouble(value);
    if (number == -1.0 && py.PyErr_Occurred()) {
        py.PyErr_Clear();
        module_fail(PyExc_TypeError, "counter(%R): %S must be a number, not %R",
                    name, series, value);
        return false;
    }
    if (values->count == ANNOTATION_SERIES) {
        module_fail(PyExc_ValueError,
                    "counter(%R): at most %d values at once; use several "
                    "counters",
                    name, ANNOTATION_SERIES);
        return false;
    }
    values->series[values->count] = series;
    values->values[values->count++] = number;
    return true;
}

static bool
read_values(struct values *values, PyObject *name, PyObject *keywords)
{
    PyObject *series, *value;
    Py_ssize_t at = 0;
    while (keywords && py.PyDict_Next(keywords, &at, &series, &value))
        if (!add_value(values, name, series, value))
            return false;
    if (values->count)
        return true;
    module_fail(PyExc_TypeError,
                "counter(%R) wants at least one value, as in counter(%R, 3) "
                "or counter(%R, used=3)",
                name, name, name);
    return false;
}

static PyObject *
counter(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    PyObject *name, *value = NULL;
    struct values values = {.count = 0};
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "O|O:counter", &name, &value) ||
        !check_name("counter", name))
        return NULL;
    PyObject *series = py.PyUnicode_InternFromString("value");
    bool good = series && (!value || add_value(&values, name, series, value)) &&
                read_values(&values, name, keywords);
    struct thread *thread = good ? pause_thread() : NULL;
    if (thread)
        annotation_counter(thread, name, values.series, values.values,
                           values.count);
    label_give_back(series);
    return good ? module_none() : NULL;
}

/* == THE RECORDING ======================================================== */

static PyObject *
pause_all(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return truth(pause_begin());
}

static PyObject *
resume_all(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return truth(pause_end());
}

static PyObject *
is_recording(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return truth(pause_thread() != NULL);
}

static PyObject *
mute(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    pause_mute();
    return module_none();
}

static PyObject *
unmute(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    pause_unmute();
    return module_none();
}

static PyObject *
hide(PyObject *self, PyObject *code)
{
    (void)self;
    if (python_type(code) != py.PyCode_Type)
        return module_fail(PyExc_TypeError, "hide() wants a code object");
    code_hide(code);
    return module_none();
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
    return truth(start_was_first());
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
    if (start_begin(output, c_calls != 0, folder, sizeof folder) < 0)
        return py.PyErr_SetFromErrnoWithFilename(*py.PyExc_OSError, folder);
    return text_object((struct text){folder, (uint32_t)strlen(folder)});
}

static PyObject *
end(PyObject *self, PyObject *arguments)
{
    const char *folder;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "s:end", &folder))
        return NULL;
    start_end(folder);
    return module_none();
}

static PyObject *
folder(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    const char *path = recording_folder();
    return *path ? text_object((struct text){path, (uint32_t)strlen(path)})
                 : module_none();
}

static PyObject *
write_part(PyObject *self, PyObject *arguments)
{
    char error[PATH_ROOM + 512];
    struct part part;
    unsigned long long from, to;
    int own;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "sszKKp:write", &part.folder,
                             &part.path, &part.format, &from, &to, &own))
        return NULL;
    part.from_ns = from;
    part.to_ns = to;
    part.own = own;
    PyThreadState *state = py.PyEval_SaveThread();
    int result = part_write(&part, error, sizeof error);
    py.PyEval_RestoreThread(state);
    return result == 0 ? module_none()
                       : module_fail(PyExc_OSError, "%s", error);
}

/* == IMPORTING ============================================================ */

static PyObject *
source(PyObject *self, PyObject *arguments)
{
    const char *path;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "s:source", &path))
        return NULL;
    struct text text = package_source(path);
    return text.bytes ? text_object(text) : module_none();
}

/* codesnap/_embedded.py, which knows what importlib wants of a loader. */
static PyObject *
make_finder(PyObject *self)
{
    enum {
        FILE_INPUT = 257
    };
    struct text text = package_source("codesnap/_embedded.py");
    PyObject *string = text_object(text);
    PyObject *globals = py.PyDict_New(), *code = NULL, *done = NULL;
    PyObject *bytes =
        string ? py.PyUnicode_AsEncodedString(string, "utf-8", "strict") : NULL;
    char *source_text;
    Py_ssize_t count;
    if (bytes && globals &&
        py.PyBytes_AsStringAndSize(bytes, &source_text, &count) == 0)
        code = py.Py_CompileString(source_text, "<codesnap>/_embedded.py",
                                   FILE_INPUT);
    if (code &&
        py.PyDict_SetItemString(globals, "__builtins__",
                                py.PyEval_GetBuiltins()) == 0 &&
        py.PyDict_SetItemString(globals, "core", self) == 0)
        done = py.PyEval_EvalCode(code, globals, globals);
    PyObject *found =
        done ? py.PyDict_GetItemString(globals, "find_spec") : NULL;
    if (found)
        py.Py_IncRef(found);
    label_give_back(done);
    label_give_back(code);
    label_give_back(bytes);
    label_give_back(globals);
    label_give_back(string);
    return found;
}

static bool
is_ours(PyObject *name)
{
    PyObject *holder;
    struct text text = label_of(name, &holder);
    bool ours = (text.length >= 8 && memcmp(text.bytes, "codesnap", 8) == 0 &&
                 (text.length == 8 || text.bytes[8] == '.')) ||
                (text.length == 9 && memcmp(text.bytes, "_codesnap", 9) == 0);
    label_give_back(holder);
    return ours;
}

static PyObject *
find_spec(PyObject *self, PyObject *arguments)
{
    PyObject *name, *path = NULL, *target = NULL;
    if (!py.PyArg_ParseTuple(arguments, "O|OO:find_spec", &name, &path,
                             &target))
        return NULL;
    if (!is_ours(name))
        return module_none();
    if (!module.finder && !(module.finder = make_finder(self)))
        return NULL;
    return py.PyObject_CallFunction(module.finder, "O", name);
}

/* == THE MODULE =========================================================== */

enum { /* of the stable ABI */
    METHOD_ARGUMENTS = 1,
    METHOD_KEYWORDS = 2,
    METHOD_NO_ARGUMENTS = 4,
    METHOD_ONE = 8
};

static const struct method_definition functions[] = {
    {"instant", (void *)instant, METHOD_ARGUMENTS | METHOD_KEYWORDS,
     "instant(name, **args)\n\n"
     "Mark this point in time on this thread's track; args are shown with it\n"
     "(as JSON, other values by their repr).  TypeError: name is no str."},
    {"counter", (void *)counter, METHOD_ARGUMENTS | METHOD_KEYWORDS,
     "counter(name, value) or counter(name, **values)\n\n"
     "Sample a counter: each value is drawn as a line over time.  TypeError:\n"
     "name is no str, a value is no number."},
    {"pause", (void *)pause_all, METHOD_NO_ARGUMENTS, NULL},
    {"resume", (void *)resume_all, METHOD_NO_ARGUMENTS, NULL},
    {"is_recording", (void *)is_recording, METHOD_NO_ARGUMENTS, NULL},
    {"mute", (void *)mute, METHOD_NO_ARGUMENTS, NULL},
    {"unmute", (void *)unmute, METHOD_NO_ARGUMENTS, NULL},
    {"hide", (void *)hide, METHOD_ONE, NULL},
    {"now", (void *)now, METHOD_NO_ARGUMENTS, NULL},
    {"was_first", (void *)was_first, METHOD_NO_ARGUMENTS, NULL},
    {"begin", (void *)begin, METHOD_ARGUMENTS, NULL},
    {"end", (void *)end, METHOD_ARGUMENTS, NULL},
    {"folder", (void *)folder, METHOD_NO_ARGUMENTS, NULL},
    {"write", (void *)write_part, METHOD_ARGUMENTS, NULL},
    {"source", (void *)source, METHOD_ARGUMENTS, NULL},
    {"find_spec", (void *)find_spec, METHOD_ARGUMENTS, NULL},
    {NULL, NULL, 0, NULL},
};

bool
module_owns(const struct method_definition *definition)
{
    return (definition >= functions &&
            definition < functions + sizeof functions / sizeof *functions) ||
           span_owns(definition);
}

/* PyModuleDef behind its object header, as the stable ABI has it. */
struct definition {
    void *initialize;
    Py_ssize_t index;
    void *copy;
    const char *name;
    const char *documentation;
    Py_ssize_t size;
    const struct method_definition *methods;
    void *slots, *traverse, *clear, *release;
};

static PyObject *
add(PyObject *made, const char *name, PyObject *value)
{
    if (value)
        py.PyObject_SetAttrString(made, name, value);
    label_give_back(value);
    return made;
}

static PyObject *
make_module(void)
{
    enum {
        API_VERSION = 1013, /* PYTHON_API_VERSION, of all versions */
        HEADER_ROOM = 64
    };
    static struct {
        _Alignas(16) char room[HEADER_ROOM + sizeof(struct definition)];
    } memory;
    struct definition *rest = (void *)(memory.room + py.header_bytes);
    *(Py_ssize_t *)(void *)memory.room = 1;
    *rest = (struct definition){.name = "_codesnap",
                                .documentation = "The agent of codesnap.",
                                .size = -1,
                                .methods = functions};
    PyObject *made =
        py.PyModule_Create2((PyModuleDef *)(void *)memory.room, API_VERSION);
    if (!made)
        return NULL;
    if (py.PyUnstable_Module_SetGIL)
        py.PyUnstable_Module_SetGIL(made, (void *)1);
    add(made, "trace", span_make_type());
    add(made, "version", py.PyUnicode_InternFromString(CODESNAP_VERSION));
    return made;
}

void
module_offer(void)
{
    struct slow_path path;
    if (module.offered)
        return;
    module.offered = true;
    python_enter_slow(&path, NULL);
    PyObject *finders = py.PySys_GetObject("meta_path");
    PyObject *made = finders ? make_module() : NULL;
    if (made)
        label_give_back(py.PyObject_CallMethod(finders, "append", "O", made));
    label_give_back(made);
    python_leave_slow(&path, NULL);
}

/* The entry of the extension module. */
__attribute__((visibility("default"))) PyObject *PyInit__codesnap(void);

PyObject *
PyInit__codesnap(void)
{
    module.offered = true;
    return start_attach() < 0 ? NULL : make_module();
}

bool
module_is_offered(void)
{
    return module.offered;
}

void
module_forget(void)
{
    module.offered = false;
    module.finder = NULL;
}
