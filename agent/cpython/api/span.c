/* SPDX-License-Identifier: Apache-2.0
 *
 * span.c: a span object holds its name and, once it was recorded, its word.  It
 * has no state besides: entering twice makes two spans, and leaving one that is
 * not open does nothing.
 */
#include "agent/cpython/api/span.h"

#include <stddef.h>
#include <string.h>

#include "agent/cpython/abi/exception.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/api/delegate.h"
#include "agent/cpython/api/package.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/around.h"
#include "agent/cpython/follow/suspended.h"
#include "agent/cpython/names/cfunction.h"
#include "agent/cpython/names/spanobject.h"
#include "agent/cpython/start/pause.h"
#include "agent/track/record.h"

#define KEPT 64 /* a power of two */

static PyObject *kept_spans[SPANOBJECT_TYPES][KEPT];

/* What is forgotten may have gone with its interpreter. */
static void
keep_type(PyTypeObject *type)
{
    uint32_t index = spanobject_index_of(type);
    if (index == SPANOBJECT_TYPES)
        index = spanobject_next_index();
    memset(kept_spans[index], 0, sizeof kept_spans[index]);
    spanobject_keep_type(index, type);
}

/* == ENTERING AND LEAVING ================================================= */

/* Where the tracer in Python is at work. */
static bool
tell_delegate(PyObject *self, int kind)
{
    PyObject *delegate = delegate_object();
    if (!delegate)
        return true;
    PyObject *done = py.PyObject_CallMethod(delegate, "put_span", "Oi",
                                            spanobject_of(self)->name, kind);
    if (done)
        py.Py_DecRef(done);
    return done != NULL;
}

static PyObject *
span_enter(PyObject *self, PyObject *unused)
{
    (void)unused;
    struct thread *thread = pause_thread();
    uint32_t word = thread ? around_word(spanobject_of(self), thread) : 0;
    if (word) {
        annotation_enter(thread, word);
        suspended_add(thread, word);
    }
    if (!tell_delegate(self, SPOOL_ENTER_PYTHON))
        return NULL;
    py.Py_IncRef(self);
    return self;
}

static PyObject *
leave(PyObject *self, enum spool_kind kind)
{
    struct spanobject *span = spanobject_of(self);
    struct thread *thread = span->word ? pause_thread() : NULL;
    if (thread)
        annotation_exit(thread, span->word, kind);
    else if (span->word && thread_own && thread_own->parked)
        annotation_forget(thread_own, span->word);
    if (span->word)
        suspended_remove(span->word);
    if (!tell_delegate(self, (int)kind))
        return NULL;
    return pyobject_none();
}

/* By (type, exception, traceback). */
static enum spool_kind
kind_of_exit(PyObject *const *values, Py_ssize_t count)
{
    if (count == 0 || values[0] == py._Py_NoneStruct)
        return SPOOL_EXIT;
    return count > 1 ? exception_exit(values[1]) : SPOOL_EXIT_EXCEPTION;
}

static PyObject *
span_exit(PyObject *self, PyObject *arguments)
{
    PyObject *values[2] = {NULL, NULL};
    Py_ssize_t count = py.PyTuple_Size(arguments);
    for (Py_ssize_t i = 0; i < count && i < 2; i++)
        values[i] = py.PyTuple_GetItem(arguments, i);
    return leave(self, kind_of_exit(values, count));
}

/* The same from 3.7 on, where no tuple is made for it. */
static PyObject *
span_exit_fast(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    return leave(self, kind_of_exit(arguments, count));
}

/* == MAKING =============================================================== */

/* @trace without a name: the function's own. */
static PyObject *
decorate(PyObject *name, PyObject *function)
{
    pause_mute();
    PyObject *helper = package_function("_spans", "decorate");
    PyObject *made =
        helper ? py.PyObject_CallFunction(helper, "OO", name, function) : NULL;
    if (helper)
        py.Py_DecRef(helper);
    pause_unmute();
    return made;
}

/* Before 3.10 staticmethod objects can't be called. */
static bool
can_decorate(PyObject *object)
{
    PyTypeObject *type = python_type(object);
    return type == py.PyStaticMethod_Type || type == py.PyClassMethod_Type ||
           py.PyCallable_Check(object);
}

static PyObject *
make(PyTypeObject *type, PyObject *name)
{
    PyObject *self = py.PyType_GenericAlloc(type, 0);
    if (self) {
        py.Py_IncRef(name);
        spanobject_of(self)->name = name;
    }
    return self;
}

/* A span holds no state, so those of one name may be one object: the last ones
 * are kept for each interpreter, by the address of the name.  Not where there is
 * no GIL, and objects have larger headers. */
static PyObject *
find_or_make(PyTypeObject *type, PyObject *name)
{
    uint32_t index = spanobject_index_of(type);
    if (index == SPANOBJECT_TYPES || py.header_bytes != 2 * sizeof(void *))
        return make(type, name);
    PyObject **kept = &kept_spans[index][(uintptr_t)name >> 4 & (KEPT - 1)];
    PyObject *old = *kept;
    if (!old || spanobject_of(old)->name != name) {
        *kept = make(type, name);
        pyobject_release(old);
    }
    if (*kept)
        py.Py_IncRef(*kept);
    return *kept;
}

static PyObject *
span_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"name", NULL};
    PyObject *name;
    if (!keywords && py.PyTuple_Size(arguments) == 1 &&
        python_type(name = py.PyTuple_GetItem(arguments, 0)) ==
            py.PyUnicode_Type)
        return find_or_make(type, name);
    if (!py.PyArg_ParseTupleAndKeywords(arguments, keywords, "O:trace",
                                        (char **)names, &name))
        return NULL;
    if (py.PyType_IsSubtype(python_type(name), py.PyUnicode_Type))
        return make(type, name);
    if (can_decorate(name))
        return decorate(py._Py_NoneStruct, name);
    return pyobject_fail(PyExc_TypeError,
                         "trace() needs a name (str) or a function, not %R",
                         name);
}

static void
span_free(PyObject *self)
{
    PyTypeObject *type = python_type(self);
    if (spanobject_of(self)->name)
        py.Py_DecRef(spanobject_of(self)->name);
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
    if (!can_decorate(function))
        return pyobject_fail(PyExc_TypeError,
                             "@trace(%R) needs a function, not %R",
                             spanobject_of(self)->name, function);
    return decorate(spanobject_of(self)->name, function);
}

/* == THE TYPE ============================================================= */

/* What pickle and copy make it of again. */
static PyObject *
span_reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    return py.Py_BuildValue("O(O)", python_type(self),
                            spanobject_of(self)->name);
}

static struct method_definition methods[] = {
    {"__enter__", (void *)span_enter, METHOD_NO_ARGUMENTS, "Begin the span."},
    {"__exit__", (void *)span_exit, METHOD_ARGUMENTS, "End the span."},
    {"__reduce__", (void *)span_reduce, METHOD_NO_ARGUMENTS, NULL},
    {NULL, NULL, 0, NULL},
};

void
span_forget(void)
{
    spanobject_forget();
    memset(kept_spans, 0, sizeof kept_spans);
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
    "In a generator or coroutine it is interrupted where that is suspended, "
    "and\n"
    "goes on with it; as a decorator it is around each step.  It ends with "
    "the\n"
    "function that it was entered in, at the latest.\n"
    "Costs next to nothing while nothing is recorded, and a decorated "
    "function\n"
    "costs nothing at all.  TypeError: name is not a str.";

PyObject *
span_make_type(void)
{
    static struct member_definition members[2];
    members[0] = (struct member_definition){"name", MEMBER_OBJECT,
                                            (Py_ssize_t)py.header_bytes,
                                            MEMBER_READONLY, "the span's name"};
    if (py.minor >= 7) {
        methods[1].function = (void *)span_exit_fast;
        methods[1].flags = METHOD_FAST;
    }
    c_function_hide(methods);
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
                        (int)(py.header_bytes + sizeof(struct spanobject)), 0,
                        FLAG_HAVE_VERSION_TAG, slots};
    PyObject *made = py.PyType_FromSpec(&spec);
    if (made)
        keep_type((PyTypeObject *)made);
    /* The interpreter has copied it. */
    /* cppcheck-suppress returnDanglingLifetime */
    return made;
}
