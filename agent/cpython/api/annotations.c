/* SPDX-License-Identifier: Apache-2.0
 *
 * annotations.c: their arguments, checked.
 */
#include "agent/cpython/api/annotations.h"

#include <math.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/api/delegate.h"
#include "agent/cpython/api/package.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/triggered.h"
#include "agent/cpython/start/pause.h"
#include "formats/spool/clock.h"

static bool
check_name(const char *function, PyObject *name)
{
    if (py.PyType_IsSubtype(python_type(name), py.PyUnicode_Type))
        return true;
    pyobject_fail(PyExc_TypeError, "%s() needs a name (str), not %R", function,
                  name);
    return false;
}

/* The arguments as JSON; a new reference or NULL. */
static PyObject *
make_json(PyObject *arguments)
{
    pause_mute();
    PyObject *helper = package_function("_spans", "to_json");
    PyObject *json =
        helper ? py.PyObject_CallFunction(helper, "O", arguments) : NULL;
    pyobject_release(helper);
    pause_unmute();
    return json;
}

static PyObject *
instant(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    PyObject *name, *json = NULL;
    struct text_holder holder;
    (void)self;
    if (delegate_object())
        return delegate_ask("instant", arguments, keywords);
    if (!py.PyArg_ParseTuple(arguments, "O:instant", &name) ||
        !check_name("instant", name))
        return NULL;
    if (!pause_thread())
        return pyobject_none();
    if (keywords && !(json = make_json(keywords)))
        return NULL;
    struct text text = pyobject_text(json, &holder);
    struct thread *thread = pause_thread();
    if (thread)
        annotation_instant(thread, name, text);
    pyobject_release_text(&holder);
    pyobject_release(json);
    return pyobject_none();
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
        pyobject_fail(PyExc_TypeError,
                      "counter(%R): %S must be a number, not %R", name, series,
                      value);
        return false;
    }
    if (!isfinite(number)) {
        pyobject_fail(PyExc_ValueError,
                      "counter(%R): %S must be finite, not %R", name, series,
                      value);
        return false;
    }
    if (values->count == ANNOTATION_SERIES) {
        pyobject_fail(PyExc_ValueError,
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
    pyobject_fail(PyExc_TypeError,
                  "counter(%R) needs at least one value, as in counter(%R, 3) "
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
    if (delegate_object())
        return delegate_ask("counter", arguments, keywords);
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
    pyobject_release(series);
    return good ? pyobject_none() : NULL;
}

/* What lasts longer than a clock counts is as good as for ever. */
static uint64_t
began(double seconds)
{
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    double ns = seconds * 1e9;
    return ns >= 0 && ns < (double)now ? now - (uint64_t)ns : 0;
}

static PyObject *
alarm(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    PyObject *name;
    double seconds;
    struct text_holder holder;
    (void)self;
    if (delegate_object())
        return delegate_ask("alarm", arguments, keywords);
    if (!py.PyArg_ParseTuple(arguments, "Od:alarm", &name, &seconds) ||
        !check_name("alarm", name))
        return NULL;
    struct text text = pyobject_text(name, &holder);
    struct thread *thread = pause_thread();
    if (thread)
        triggered_by_program(thread, text, began(seconds));
    pyobject_release_text(&holder);
    return pyobject_none();
}

const struct method_definition annotations_functions[] = {
    {"alarm", (void *)alarm, METHOD_ARGUMENTS | METHOD_KEYWORDS,
     "alarm(name, seconds)\n\n"
     "For codesnap.watch: what has just ended took so long, too long."},
    {"instant", (void *)instant, METHOD_ARGUMENTS | METHOD_KEYWORDS,
     "instant(name, **args)\n\n"
     "Mark this point in time on this thread's track; args are shown with it\n"
     "(as JSON, other values by their repr).  TypeError: name is not a str."},
    {"counter", (void *)counter, METHOD_ARGUMENTS | METHOD_KEYWORDS,
     "counter(name, value) or counter(name, **values)\n\n"
     "Sample a counter: each value is drawn as a line over time.  TypeError:\n"
     "name is not a str, or a value not a number.  ValueError: a value is "
     "not finite."},
    {NULL, NULL, 0, NULL},
};
