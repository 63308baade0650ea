/* SPDX-License-Identifier: Apache-2.0
 *
 * calibrate.c: a loop of calls, timed plain and traced; the difference is what
 * the interpreter's hooks and ours cost together.
 */
#include "agent/cpython/start/calibrate.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/hooks/throttle.h"
#include "agent/cpython/names/code.h"
#include "agent/store/entry.h"
#include "agent/track/tick.h"
#include "formats/spool/clock.h"

#define CALLS         100
#define ROUNDS        5
#define SCRATCH_BYTES (16u << 10) /* more than the records of a round */

/* Two loops of CALLS calls: of a Python function, and of a C function.  Where calls
 * are traced 3.11 looks globals up anew, so that there are few of them. */
static const char source[] = "def call():\n"
                             "    pass\n"
                             "def python():\n"
                             "    for i in calls:\n"
                             "        call()\n"
                             "def c(text=''):\n"
                             "    for i in calls:\n"
                             "        length(text)\n";

enum loop {
    PYTHON,
    C,
    LOOPS
};

static struct {
    PyObject *globals;
    PyObject *functions[LOOPS];
    uint64_t plain_ns[LOOPS];
} calibration;

static int
define(void)
{
    PyObject *builtins = py.PyEval_GetBuiltins();
    PyObject *length =
        builtins ? py.PyDict_GetItemString(builtins, "len") : NULL;
    PyObject *code = code_compile(source);
    PyObject *globals = py.PyDict_New();
    static const char zeros[CALLS];
    PyObject *calls = py.PyBytes_FromStringAndSize(zeros, CALLS);
    PyObject *done = NULL;
    calibration.globals = globals;
    if (length && code && globals && calls &&
        py.PyDict_SetItemString(globals, "__builtins__", builtins) == 0 &&
        py.PyDict_SetItemString(globals, "length", length) == 0 &&
        py.PyDict_SetItemString(globals, "calls", calls) == 0)
        done = py.PyEval_EvalCode(code, globals, globals);
    pyobject_release(done);
    pyobject_release(calls);
    pyobject_release(code);
    return done ? 0 : -1;
}

/* A function that is to be traced, but named in no spool. */
static PyObject *
find_function(const char *name)
{
    PyObject *function = py.PyDict_GetItemString(calibration.globals, name);
    if (function)
        code_pretend(py.PyFunction_GetCode(function));
    return function;
}

int
calibrate_begin(void)
{
    memset(&calibration, 0, sizeof calibration);
    if (define() < 0 || !find_function("call"))
        return -1;
    calibration.functions[PYTHON] = find_function("python");
    calibration.functions[C] = find_function("c");
    return calibration.functions[PYTHON] && calibration.functions[C] ? 0 : -1;
}

/* The shortest would be what a call costs in the warmest of all loops, and half
 * of them may be slowed down by others on a busy machine: the second shortest. */
static uint64_t
typical(uint64_t *times)
{
    for (int i = 1; i < ROUNDS; i++)
        for (int at = i; at > 0 && times[at] < times[at - 1]; at--) {
            uint64_t smaller = times[at];
            times[at] = times[at - 1];
            times[at - 1] = smaller;
        }
    return times[1];
}

static uint64_t
time_loop(enum loop loop)
{
    uint64_t begin = clock_thread_nanoseconds();
    pyobject_release(
        py.PyObject_CallFunction(calibration.functions[loop], NULL));
    return clock_thread_nanoseconds() - begin;
}

void
calibrate_plain(void)
{
    for (int loop = 0; loop < LOOPS; loop++) {
        uint64_t times[ROUNDS];
        for (int i = 0; i < ROUNDS; i++)
            times[i] = time_loop(loop);
        calibration.plain_ns[loop] = typical(times);
    }
}

/* Each call reads the clock twice: it costs no less than half of that, whatever the
 * machine did to the one loop and not to the other.  Half: between other
 * instructions two reads take less than two that follow each other. */
static uint64_t
time_clock(void)
{
    uint64_t begin = clock_thread_nanoseconds();
    volatile uint64_t ticks;
    for (int i = 0; i < CALLS; i++)
        ticks = clock_ticks(spool_clock_kind);
    (void)ticks;
    return clock_thread_nanoseconds() - begin;
}

static uint64_t
time_traced(enum loop loop, struct thread *thread, uint64_t *scratch)
{
    uint64_t times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        thread->cursor.next = scratch;
        thread->cursor.end = scratch + SCRATCH_BYTES / sizeof *scratch;
        thread->cursor.base_ticks = clock_ticks(spool_clock_kind);
        thread->cursor.horizon = TICK_FARTHEST;
        times[i] = time_loop(loop);
    }
    uint64_t traced = typical(times), plain = calibration.plain_ns[loop];
    uint64_t least = time_clock();
    uint64_t added = traced > plain ? traced - plain : 0;
    return (added > least ? added : least) * 1000 / CALLS;
}

void
calibrate_traced(struct thread *thread)
{
    struct cursor kept = thread->cursor;
    uint64_t *scratch = arena_take_pages(SCRATCH_BYTES);
    if (!scratch)
        return;
    uint64_t python_ps = time_traced(PYTHON, thread, scratch);
    uint64_t c_ps = time_traced(C, thread, scratch);
    thread->cursor = kept;
    thread->top = thread->bottom;
    arena_give_pages(scratch, SCRATCH_BYTES);
    entry_append_cost(python_ps, c_ps);
    throttle_set_price(python_ps, c_ps);
}

void
calibrate_end(void)
{
    pyobject_release(calibration.globals);
    calibration.globals = NULL;
}
