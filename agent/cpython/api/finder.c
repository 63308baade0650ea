/* SPDX-License-Identifier: Apache-2.0
 *
 * finder.c: the class is made by calling type, so that it is whatever a program
 * expects of a class: it has a module and a dictionary, can be copied and pickled.
 * Nothing else is made before the program imports something of ours.
 */
#include "agent/cpython/api/finder.h"

#include <string.h>

#include "agent/cpython/abi/codekeep.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/api/package.h"
#include "agent/cpython/names/cfunction.h"

static struct {
    PyObject *(*make_core)(void);
    PyObject *search; /* find_spec of codesnap/_embedded.py, once asked */
} finder;

/* == SEARCHING ============================================================ */

/* codesnap/_embedded.py, which knows what importlib wants of a loader. */
static PyObject *
make_search(PyObject *core)
{
    enum {
        FILE_INPUT = 257
    };
    struct text text = package_source("codesnap/_embedded.py");
    PyObject *string = pyobject_of_text(text);
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
        py.PyDict_SetItemString(globals, "core", core) == 0)
        done = py.PyEval_EvalCode(code, globals, globals);
    PyObject *found =
        done ? py.PyDict_GetItemString(globals, "find_spec") : NULL;
    if (found)
        py.Py_IncRef(found);
    pyobject_release(done);
    pyobject_release(code);
    pyobject_release(bytes);
    pyobject_release(globals);
    pyobject_release(string);
    return found;
}

static bool
is_ours(PyObject *name)
{
    struct text_holder holder;
    struct text text = pyobject_text(name, &holder);
    bool ours = (text.length >= 8 && memcmp(text.bytes, "codesnap", 8) == 0 &&
                 (text.length == 8 || text.bytes[8] == '.')) ||
                (text.length == 9 && memcmp(text.bytes, "_codesnap", 9) == 0);
    pyobject_release_text(&holder);
    return ours;
}

/* The module, with the class in it: there pickle looks for it. */
static PyObject *
make_core(PyObject *class)
{
    PyObject *core = finder.make_core();
    if (core)
        py.PyObject_SetAttrString(core, "Finder", class);
    return core;
}

static PyObject *
search(PyObject *class, PyObject *name)
{
    if (!is_ours(name))
        return pyobject_none();
    if (!finder.search) {
        PyObject *core = make_core(class);
        finder.search = core ? make_search(core) : NULL;
        pyobject_release(core);
    }
    return finder.search ? py.PyObject_CallFunction(finder.search, "O", name)
                         : NULL;
}

/* == THE CLASS ============================================================ */

static PyObject *
find_spec(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *names[] = {"fullname", "path", "target", NULL};
    PyObject *name, *path = NULL, *target = NULL;
    if (!py.PyArg_ParseTupleAndKeywords(arguments, keywords, "O|OO:find_spec",
                                        (char **)names, &name, &path, &target))
        return NULL;
    return search(self, name);
}

/* Up to 3.11. */
static PyObject *
find_module(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *names[] = {"fullname", "path", NULL};
    PyObject *name, *path = NULL;
    if (!py.PyArg_ParseTupleAndKeywords(arguments, keywords, "O|O:find_module",
                                        (char **)names, &name, &path))
        return NULL;
    PyObject *spec = search(self, name);
    if (!spec || spec == py._Py_NoneStruct)
        return spec;
    PyObject *loader = py.PyObject_GetAttrString(spec, "loader");
    py.Py_DecRef(spec);
    return loader;
}

static PyObject *
invalidate_caches(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return pyobject_none();
}

static const struct method_definition finder_functions[] = {
    {"find_spec", (void *)find_spec, METHOD_ARGUMENTS | METHOD_KEYWORDS,
     "Find the package codesnap in the agent."},
    {"invalidate_caches", (void *)invalidate_caches, METHOD_NO_ARGUMENTS,
     "There are none."},
    {"find_module", (void *)find_module, METHOD_ARGUMENTS | METHOD_KEYWORDS,
     "Find the loader of the package codesnap in the agent."},
    {NULL, NULL, 0, NULL},
};

/* As a class method: self is the class. */
static int
add_function(PyObject *class, const struct method_definition *definition,
             PyObject *module)
{
    PyObject *function =
        py.PyCFunction_NewEx((PyMethodDef *)definition, class, module);
    int result =
        function ? py.PyObject_SetAttrString(class, definition->name, function)
                 : -1;
    pyobject_release(function);
    return result;
}

static PyObject *
make_class(PyObject *module)
{
    PyObject *class = py.PyObject_CallFunction(
        (PyObject *)py.PyType_Type, "s(){s:O,s:s}", "Finder", "__module__",
        module, "__doc__", "Finds the package codesnap in the agent.");
    const struct method_definition *function = finder_functions;
    int result = class ? 0 : -1;
    for (; result == 0 && function->name; function++)
        if (py.minor < 12 || function->function != (void *)find_module)
            result = add_function(class, function, module);
    if (result == 0)
        return class;
    pyobject_release(class);
    return NULL;
}

/* It goes with sys, before the interpreter's threads. */
static void
hold_code(PyObject *class)
{
    PyObject *keeper = codekeep_new();
    if (keeper && py.PyObject_SetAttrString(class, "_keeper", keeper) < 0)
        py.PyErr_Clear();
    pyobject_release(keeper);
}

void
finder_offer(PyObject *(*make_the_core)(void))
{
    finder.make_core = make_the_core;
    c_function_hide(finder_functions);
    PyObject *finders = py.PySys_GetObject("meta_path");
    PyObject *module = py.PyUnicode_InternFromString("_codesnap");
    PyObject *class = finders && module ? make_class(module) : NULL;
    if (class)
        pyobject_release(py.PyObject_CallMethod(finders, "append", "O", class));
    if (class && py.minor == 6)
        hold_code(class);
    pyobject_release(class);
    pyobject_release(module);
}

void
finder_forget(void)
{
    finder.search = NULL;
}
