/* SPDX-License-Identifier: Apache-2.0
 *
 * collection.c: see collection.h.
 */
#include "agent/cpython/follow/collection.h"

#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/triggered.h"
#include "agent/cpython/names/cfunction.h"
#include "agent/cpython/names/triggers.h"
#include "formats/base/phrase.h"
#include "formats/spool/clock.h"

static bool are_recorded;
/* One runs at a time. */
static uint64_t begin_ns; /* CLOCK_MONOTONIC; 0: its begin was not seen */
static uint32_t word;     /* of its span */

void
collection_want(bool recorded)
{
    are_recorded = recorded;
}

/* == WHAT IS TOLD ========================================================= */

/* -1: there is no such number. */
static long
number_of(PyObject *information, const char *name)
{
    PyObject *key = py.PyUnicode_InternFromString(name);
    PyObject *value = key ? py.PyDict_GetItemWithError(information, key) : NULL;
    long number = value ? py.PyLong_AsLong(value) : -1;
    pyobject_release(key);
    py.PyErr_Clear();
    return number;
}

static void
begin_span(struct thread *thread, PyObject *information)
{
    char name[48];
    struct phrase phrase = phrase_begin(name, sizeof name);
    phrase_add(&phrase, "gc, generation %ld",
               number_of(information, "generation"));
    word = annotation_word_text(annotation_text(name), thread);
    if (word)
        annotation_enter(thread, word);
}

static void
count_freed(struct thread *thread, PyObject *information)
{
    double collected = (double)number_of(information, "collected");
    static const char series[] = "collected", *const all[] = {series};
    if (collected >= 0)
        annotation_counter_text(thread, "gc", all, &collected, 1);
}

static void
begin(struct thread *thread, PyObject *information)
{
    begin_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    word = 0;
    if (thread && are_recorded)
        begin_span(thread, information);
}

static void
end(struct thread *thread, PyObject *information)
{
    uint64_t began_ns = begin_ns;
    begin_ns = 0;
    if (!thread || !began_ns)
        return;
    if (word)
        annotation_exit(thread, word, SPOOL_EXIT);
    if (are_recorded)
        count_freed(thread, information);
    triggered_collection(thread, began_ns);
}

static PyObject *
on_collection(PyObject *self, PyObject *arguments)
{
    const char *phase;
    PyObject *information;
    (void)self;
    if (!py.PyArg_ParseTuple(arguments, "sO", &phase, &information))
        py.PyErr_Clear();
    else if (strcmp(phase, "start") == 0)
        begin(thread_current, information);
    else
        end(thread_current, information);
    return pyobject_none();
}

/* == WATCHING ============================================================= */

void
collection_watch(void)
{
    static struct method_definition functions[] = {
        {"codesnap", (void *)on_collection, METHOD_ARGUMENTS, NULL},
        {NULL, NULL, 0, NULL}};
    if (!are_recorded && !triggers_have_collections)
        return;
    c_function_hide(functions);
    PyObject *module = py.PyImport_ImportModule("gc");
    PyObject *list =
        module ? py.PyObject_GetAttrString(module, "callbacks") : NULL;
    PyObject *function =
        list ? py.PyCFunction_NewEx((PyMethodDef *)functions, NULL, NULL)
             : NULL;
    if (function)
        pyobject_release(py.PyObject_CallMethod(list, "append", "O", function));
    pyobject_release(function);
    pyobject_release(list);
    pyobject_release(module);
    py.PyErr_Clear();
}
