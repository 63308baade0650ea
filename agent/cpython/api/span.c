/* SPDX-License-Identifier: Apache-2.0
 *
 * span.c: a span object holds its name and, once it was recorded, its word.  It
 * has no state besides: entering twice makes two spans, and leaving one that is
 * not open does nothing.
 */
#include "agent/cpython/api/span.h"

#include <stddef.h>
#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/api/module.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/suspended.h"
#include "agent/cpython/start/pause.h"
#include "agent/track/record.h"

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

static uint32_t
word_of(struct span *span, struct thread *thread)
{
    if (!span->word)
        span->word = annotation_word(span->name, thread);
    return span->word;
}

/* The last interpreters that have imported us have one each: by it their objects
 * are known. */
#define TYPES_MAX 16
#define KEPT      64 /* a power of two */
static PyTypeObject *types[TYPES_MAX];
static uint32_t type_count;
static PyObject *kept_spans[TYPES_MAX][KEPT];

static bool
is_span(PyObject *object)
{
    for (uint32_t i = 0; i < TYPES_MAX; i++)
        if (python_type(object) == types[i])
            return true;
    return false;
}

/* What is forgotten may have gone with its interpreter. */
static void
keep_type(PyTypeObject *type)
{
    uint32_t index = 0;
    while (index < TYPES_MAX && types[index] != type)
        index++;
    if (index == TYPES_MAX)
        index =
            __atomic_fetch_add(&type_count, 1, __ATOMIC_RELAXED) % TYPES_MAX;
    memset(kept_spans[index], 0, sizeof kept_spans[index]);
    __atomic_store_n(&types[index], type, __ATOMIC_RELEASE);
}

/* == IN CODE ============================================================== */

PyObject *
span_of_code(PyObject *code)
{
    PyObject *constants = py.PyObject_GetAttrString(code, "co_consts");
    Py_ssize_t count = constants ? py.PyTuple_Size(constants) : 0;
    PyObject *last =
        count > 0 ? py.PyTuple_GetItem(constants, count - 1) : NULL;
    if (!constants)
        py.PyErr_Clear();
    pyobject_release(constants); /* the code keeps it */
    return last && is_span(last) ? last : NULL;
}

void
span_enter_around(struct thread *thread, PyObject *code, uint32_t kind)
{
    PyObject *self = span_of_code(code);
    uint32_t word = self ? word_of(span_of(self), thread) : 0;
    if (word)
        annotation_enter(thread, (word & ~15u) | kind);
}

/* What is open above it was not left, and ends with it. */
void
span_exit_around(struct thread *thread, PyObject *code, enum spool_kind kind)
{
    PyObject *self = span_of_code(code);
    const void *key = self ? ANNOTATION_KEY(span_of(self)->word) : NULL;
    if (self && span_of(self)->word)
        record_exit(thread, key, kind, clock_ticks(spool_clock_kind));
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
    struct thread *thread = pause_thread();
    uint32_t word = thread ? word_of(span_of(self), thread) : 0;
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
leave(PyObject *self, bool exception)
{
    struct span *span = span_of(self);
    struct thread *thread = span->word ? pause_thread() : NULL;
    if (thread)
        annotation_exit(thread, span->word, exception);
    else if (span->word && thread_own && thread_own->parked)
        annotation_forget(thread_own, span->word);
    if (span->word)
        suspended_remove(span->word);
    if (!tell_delegate(self, exception ? SPOOL_EXIT_EXCEPTION : SPOOL_EXIT))
        return NULL;
    return pyobject_none();
}

static PyObject *
span_exit(PyObject *self, PyObject *arguments)
{
    return leave(self,
                 py.PyTuple_Size(arguments) > 0 &&
                     py.PyTuple_GetItem(arguments, 0) != py._Py_NoneStruct);
}

/* The same from 3.7 on, where no tuple is made for it. */
static PyObject *
span_exit_fast(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    return leave(self, count > 0 && arguments[0] != py._Py_NoneStruct);
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
        span_of(self)->name = name;
    }
    return self;
}

/* A span holds no state, so those of one name may be one object: the last ones
 * are kept for each interpreter, by the address of the name.  Not where there is
 * no GIL, and objects have larger headers. */
static PyObject *
find_or_make(PyTypeObject *type, PyObject *name)
{
    uint32_t index = 0;
    while (index < TYPES_MAX && types[index] != type)
        index++;
    if (index == TYPES_MAX || py.header_bytes != 2 * sizeof(void *))
        return make(type, name);
    PyObject **kept = &kept_spans[index][(uintptr_t)name >> 4 & (KEPT - 1)];
    PyObject *old = *kept;
    if (!old || span_of(old)->name != name) {
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
                         "trace() wants a name (a str) or a function, not %R",
                         name);
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
    if (!can_decorate(function))
        return pyobject_fail(PyExc_TypeError,
                             "@trace(%R) wants a function, not %R",
                             span_of(self)->name, function);
    return decorate(span_of(self)->name, function);
}

/* == THE TYPE ============================================================= */

/* What pickle and copy make it of again. */
static PyObject *
span_reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    return py.Py_BuildValue("O(O)", python_type(self), span_of(self)->name);
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
    type_count = 0;
    memset(types, 0, sizeof types);
    memset(kept_spans, 0, sizeof kept_spans);
}

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
    "In a generator or coroutine it is interrupted where that is suspended, "
    "and\n"
    "goes on with it; as a decorator it is around each step.  It ends with "
    "the\n"
    "function that it was entered in, at the latest.\n"
    "Costs next to nothing while nothing is recorded, and a decorated "
    "function\n"
    "costs nothing at all.  TypeError: name is no str.";

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
    PyObject *made = py.PyType_FromSpec(&spec);
    if (made)
        keep_type((PyTypeObject *)made);
    /* The interpreter has copied it. */
    /* cppcheck-suppress returnDanglingLifetime */
    return made;
}
