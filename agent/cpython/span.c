/* SPDX-License-Identifier: Apache-2.0
 *
 * span.c: a span object holds its name and, once it was recorded, its word.  It
 * has no state besides: entering twice makes two spans, and leaving one that is
 * not open does nothing.
 */
#include "agent/cpython/span.h"

#include <stddef.h>

#include "agent/cpython/annotation.h"
#include "agent/cpython/module.h"
#include "agent/cpython/pause.h"

/* What follows an object's header. */
struct span {
    PyObject *name;
    uint32_t word; /* 0 until it was entered while recording */
};

static struct span *
span_of(PyObject *self)
{
    return (struct span *)((char *)self + py.header_bytes);
}

/* == ENTERING AND LEAVING ================================================= */

/* Where the tracer in Python is at work. */
static bool
tell_delegate(PyObject *self, int kind)
{
    PyObject *delegate = module_delegate();
    if (!delegate)
        return true;
    PyObject *done = py.PyObject_CallMethod(delegate, "put_span", "Oi",
                                            span_of(self)->name, kind);
    if (done)
        py.Py_DecRef(done);
    return done != NULL;
}

static PyObject *
span_enter(PyObject *self, PyObject *unused)
{
    (void)unused;
    struct span *span = span_of(self);
    struct thread *thread = pause_thread();
    if (thread && !span->word)
        span->word = annotation_word(span->name, thread);
    if (thread && span->word)
        annotation_enter(thread, span->word);
    if (!tell_delegate(self, SPOOL_ENTER_PYTHON))
        return NULL;
    py.Py_IncRef(self);
    return self;
}

static PyObject *
span_exit(PyObject *self, PyObject *arguments)
{
    struct span *span = span_of(self);
    struct thread *thread = pause_thread();
    bool exception = py.PyTuple_Size(arguments) > 0 &&
                     py.PyTuple_GetItem(arguments, 0) != py._Py_NoneStruct;
    if (thread && span->word)
        annotation_exit(thread, span->word, exception);
    if (!tell_delegate(self, exception ? SPOOL_EXIT_EXCEPTION : SPOOL_EXIT))
        return NULL;
    return module_none();
}

/* == MAKING =============================================================== */

/* @trace without a name: the function's own. */
static PyObject *
decorate(PyObject *name, PyObject *function)
{
    pause_mute();
    PyObject *helper = module_helper("_spans", "decorate");
    PyObject *made =
        helper ? py.PyObject_CallFunction(helper, "OO", name, function) : NULL;
    if (helper)
        py.Py_DecRef(helper);
    pause_unmute();
    return made;
}

static PyObject *
span_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"name", NULL};
    PyObject *name;
    if (!py.PyArg_ParseTupleAndKeywords(arguments, keywords, "O:trace",
                                        (char **)names, &name))
        return NULL;
    if (py.PyCallable_Check(name))
        return decorate(py._Py_NoneStruct, name);
    if (!py.PyType_IsSubtype(python_type(name), py.PyUnicode_Type))
        return module_fail(PyExc_TypeError,
                           "trace() wants a name (a str) or a function, not %R",
                           name);
    PyObject *self = py.PyType_GenericAlloc(type, 0);
    if (self) {
        py.Py_IncRef(name);
        span_of(self)->name = name;
    }
    return self;
}

static void
span_free(PyObject *self)
{
    PyTypeObject *type = python_type(self);
    if (span_of(self)->name)
        py.Py_DecRef(span_of(self)->name);
    py.PyObject_Free(self);
    py.Py_DecRef((PyObject *)type);
}

static PyObject *
span_call(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    PyObject *function;
    (void)keywords;
    if (!py.PyArg_ParseTuple(arguments, "O:trace", &function))
        return NULL;
    if (!py.PyCallable_Check(function))
        return module_fail(PyExc_TypeError,
                           "@trace(%R) wants a function, not %R",
                           span_of(self)->name, function);
    return decorate(span_of(self)->name, function);
}

/* == THE TYPE ============================================================= */

static const struct method_definition methods[] = {
    {"__enter__", (void *)span_enter, METHOD_NO_ARGUMENTS, "Begin the span."},
    {"__exit__", (void *)span_exit, METHOD_ARGUMENTS, "End the span."},
    {NULL, NULL, 0, NULL},
};

bool
span_owns(const struct method_definition *definition)
{
    return definition >= methods &&
           definition < methods + sizeof methods / sizeof *methods;
}

static const char documentation[] =
    "trace(name) -> a named span\n"
    "\n"
    "    with codesnap.trace(\"load\"):\n"
    "        ...\n"
    "\n"
    "    @codesnap.trace            # named as the function\n"
    "    def load(): ...\n"
    "\n"
    "    @codesnap.trace(\"load\")\n"
    "    def load(): ...\n"
    "\n"
    "Shows what runs inside as one span of that name on this thread's track.\n"
    "In a generator or coroutine it ends where that is suspended; around one,\n"
    "as a decorator, each step is a span.\n"
    "Costs next to nothing while nothing is recorded.  TypeError: name is no\n"
    "str.";

PyObject *
span_make_type(void)
{
    static struct member_definition members[2];
    members[0] = (struct member_definition){"name", MEMBER_OBJECT,
                                            (Py_ssize_t)py.header_bytes,
                                            MEMBER_READONLY, "the span's name"};
    PyType_Slot slots[] = {
        {SLOT_TP_NEW, (void *)span_new},
        {SLOT_TP_DEALLOC, (void *)span_free},
        {SLOT_TP_CALL, (void *)span_call},
        {SLOT_TP_METHODS, (void *)methods},
        {SLOT_TP_MEMBERS, members},
        {SLOT_TP_DOC, (void *)documentation},
        {0, NULL},
    };
    PyType_Spec spec = {"codesnap.trace",
                        (int)(py.header_bytes + sizeof(struct span)), 0,
                        FLAG_HAVE_VERSION_TAG, slots};
    /* The interpreter copies it. */
    /* cppcheck-suppress returnDanglingLifetime */
    return py.PyType_FromSpec(&spec);
}
