/* SPDX-License-Identifier: Apache-2.0
 *
 * teller.c: finding them, and what stands in front.
 *
 * An interpreter's state has a table of all callbacks, a row for each tool and in
 * it a word for each event; profile functions are tool 6.  Where it lies follows
 * from two callbacks of our own, in two rows:
 *
 *      row of our tool         ours at PY_START  …
 *      row of our second one   …                 ours at PY_YIELD
 *      row 6                   …  CALL  …  C_RETURN  C_RAISE
 *
 * It is looked for in the main interpreter alone, which is a part of _PyRuntime,
 * so nothing is read that is not there.  CPython makes the tellers when the first
 * profile function is set: none is, so we set none, which changes nothing.
 */
#include "agent/cpython/hooks/teller.h"

#include <stdbool.h>

#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/library.h"
#include "agent/cpython/hooks/callback.h"
#include "agent/cpython/hooks/earlycall.h"
#include "agent/cpython/hooks/tool.h"

enum {
    PROFILE_TOOL = 6,
    FEWEST_EVENTS = 15,
    MOST_EVENTS = 32
};

static struct {
    size_t offset;   /* of row 6; 0: not known */
    bool looked_for; /* in the main interpreter */
    vectorcall *real;
} tellers;

/* == IN FRONT ============================================================= */

static PyObject *
on_begin(PyObject *self, PyObject *const *arguments, size_t count,
         PyObject *keywords)
{
    PyObject *callable = arguments[2];
    PyObject *result = tellers.real(self, arguments, count, keywords);
    if (!result)
        return NULL; /* there will be no call */
    callback_ask_told(&interpreter_current()->monitor);
    earlycall_expect_told(callable);
    return result;
}

static PyObject *
on_end(PyObject *self, PyObject *const *arguments, size_t count,
       PyObject *keywords)
{
    if (earlycall_is_untold(arguments[2]) &&
        !tool_others_see_calls(&interpreter_current()->monitor, arguments[0]))
        return py._Py_NoneStruct; /* immortal in all these versions */
    return tellers.real(self, arguments, count, keywords);
}

/* == FINDING ============================================================== */

struct words {
    void *const *begin, *const *end;
};

static bool
runtime(struct words *words)
{
    uintptr_t begin;
    size_t bytes;
    if (!library_extent("_PyRuntime", &begin, &bytes))
        return false;
    words->begin = (void *const *)begin;
    words->end = words->begin + bytes / sizeof(void *);
    return true;
}

static void *const *
place_of(const struct words *words, const void *object)
{
    void *const *at = words->begin;
    while (at < words->end && *at != object)
        at++;
    return at < words->end ? at : NULL;
}

static long
number_of(long event)
{
    return __builtin_ctzl((unsigned long)event);
}

/* Its words are in the table; NULL if this is none. */
static void *const *
row_of_profile(const struct monitor *monitor, const struct words *words)
{
    void *const *one = place_of(words, monitor_callback(monitor, 0));
    void *const *other = place_of(words, monitor->disabling);
    long rows = monitor->second - monitor->tool;
    if (!one || !other || rows == 0)
        return NULL;
    void *const *first = one - number_of(monitor->events[0]);
    long between = other - number_of(monitor->shared) - first;
    long events = between / rows;
    if (between % rows != 0 || events < FEWEST_EVENTS || events > MOST_EVENTS)
        return NULL;
    void *const *row = first + (PROFILE_TOOL - monitor->tool) * events;
    return row > words->begin && row + events <= words->end ? row : NULL;
}

static void
find_row(const struct interpreter *interpreter)
{
    struct words words;
    const char *state = (const char *)interpreter->state;
    if (interpreter->monitor.second < 0)
        return;
    tellers.looked_for = true;
    if (!runtime(&words) || state < (const char *)words.begin ||
        state >= (const char *)words.end)
        return;
    words.begin = (void *const *)(const void *)state;
    void *const *row = row_of_profile(&interpreter->monitor, &words);
    if (row)
        tellers.offset = (size_t)((const char *)row - state);
}

/* == PUTTING IN =========================================================== */

/* An audit hook that forbids it would have it told on stderr. */
static void
have_them_made(void)
{
    if (py.PySys_Audit("sys.setprofile", NULL) == 0)
        py.PyEval_SetProfile(NULL, NULL);
    else
        py.PyErr_Clear();
}

static vectorcall **
function_of(PyObject *teller)
{
    return (vectorcall **)(void *)((char *)teller + py.header_bytes);
}

/* All three call the same function of CPython's. */
static void
stand_in_front(PyObject *begin, PyObject *end, PyObject *raise)
{
    if (!begin || !end || !raise || python_type(begin) != python_type(end) ||
        python_type(end) != python_type(raise))
        return;
    vectorcall *real = *function_of(begin);
    if (real != *function_of(end) || real != *function_of(raise) ||
        (tellers.real && tellers.real != real))
        return;
    tellers.real = real;
    __atomic_store_n(function_of(begin), on_begin, __ATOMIC_RELEASE);
    __atomic_store_n(function_of(end), on_end, __ATOMIC_RELEASE);
    __atomic_store_n(function_of(raise), on_end, __ATOMIC_RELEASE);
}

void
teller_open(struct interpreter *interpreter)
{
    const struct monitor *monitor = &interpreter->monitor;
    if (!tellers.looked_for && interpreter_is_main(interpreter))
        find_row(interpreter);
    if (!tellers.offset)
        return;
    PyObject *const *row =
        (void *)((char *)interpreter->state + tellers.offset);
    if (!row[number_of(monitor->call)])
        have_them_made();
    stand_in_front(row[number_of(monitor->call)],
                   row[number_of(monitor->c_return)],
                   row[number_of(monitor->c_raise)]);
}

void
teller_forget(void)
{
    tellers.offset = 0;
    tellers.looked_for = false;
    tellers.real = NULL;
}
