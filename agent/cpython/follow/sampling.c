/* SPDX-License-Identifier: Apache-2.0
 *
 * sampling.c: see sampling.h.
 */
#include "agent/cpython/follow/sampling.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/gap.h"
#include "agent/store/orders.h"
#include "agent/track/record.h"
#include "agent/track/tick.h"
#include "formats/spool/clock.h"
#include "formats/spool/meter.h"

/* To count the blocks of a large heap takes long: at most this part of the time. */
#define BLOCKS_SHARE 100

static struct {
    bool is_wanted;
    uint64_t due_ns; /* CLOCK_MONOTONIC */
    uint32_t pid;    /* whose the last sample is; a forked child has none */
    struct load last;
    uint64_t blocks_due_ns;
    PyObject *(*count_blocks)(PyObject *, PyObject *);
} sampling;

void
sampling_want(bool wanted)
{
    sampling.is_wanted = wanted;
}

/* == WHEN ================================================================= */

static bool
is_due(uint64_t now)
{
    return now >= __atomic_load_n(&sampling.due_ns, __ATOMIC_RELAXED) ||
           sampling.pid != process.pid;
}

static void
look(struct thread *thread, uint64_t ticks)
{
    (void)ticks;
    if (is_due(clock_nanoseconds(CLOCK_MONOTONIC)))
        tick_call_attention(thread);
}

/* == WHAT ================================================================= */

static void
record(struct thread *thread, enum load_value first, const double *values,
       int count)
{
    const char *series[LOAD_VALUES];
    for (int i = 0; i < count; i++)
        series[i] = load_series((enum load_value)((int)first + i));
    annotation_counter_text(thread, load_counter(first), series, values, count);
}

/* Series of one counter lie side by side. */
static void
record_load(struct thread *thread, const struct load *now,
            const struct load *before)
{
    double values[LOAD_VALUES];
    for (int i = 0; i < LOAD_VALUES; i++)
        values[i] = load_value(now, before, (enum load_value)i);
    for (int i = 0, end; i < LOAD_VALUES; i = end) {
        const char *counter = load_counter((enum load_value)i);
        for (end = i + 1; end < LOAD_VALUES &&
                          load_counter((enum load_value)end) == counter;)
            end++;
        if (values[i] >= 0)
            record(thread, (enum load_value)i, values + i, end - i);
    }
}

/* Of the interpreter's own allocator; 0 where there is another one. */
static void
record_blocks(struct thread *thread, uint64_t now)
{
    static const char none[] = "", *const series[] = {none};
    if (!sampling.count_blocks || now < sampling.blocks_due_ns)
        return;
    PyObject *number = sampling.count_blocks(NULL, NULL);
    double blocks = number ? (double)py.PyLong_AsLong(number) : 0;
    pyobject_release(number);
    py.PyErr_Clear();
    uint64_t took = clock_nanoseconds(CLOCK_MONOTONIC) - now;
    sampling.blocks_due_ns = now + took * BLOCKS_SHARE;
    if (blocks > 0)
        annotation_counter_text(thread, "Python blocks", series, &blocks, 1);
}

/* What is sampled from outside is not sampled here, but at the very begin. */
static void
take_load(struct thread *thread, bool first)
{
    struct load load = load_now(0);
    record_load(thread, &load,
                first || !sampling.last.at_ns ? NULL : &sampling.last);
    sampling.last = load;
}

static void
take(struct thread *thread, uint64_t now)
{
    bool first = sampling.pid != process.pid;
    sampling.pid = process.pid;
    __atomic_store_n(&sampling.due_ns, now + METER_PERIOD_NS, __ATOMIC_RELAXED);
    if (first || !orders_are_metered(now))
        take_load(thread, first);
    else
        sampling.last.at_ns = 0;
    record_blocks(thread, now);
}

void
sampling_act(void)
{
    struct thread *thread = thread_own;
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    if (!sampling.is_wanted || !is_due(now) || !thread || thread->parked ||
        gap_is_open() || process_is_broken())
        return;
    struct work work = record_begin_work();
    record_attend(thread);
    take(thread, now);
    record_busy(thread, &work);
}

/* == THE BEGIN ============================================================ */

/* The function itself, before the program can put another in its place. */
static void
find_blocks(void)
{
    PyObject *function = py.PySys_GetObject("getallocatedblocks");
    if (!function || python_type(function) != py.PyCFunction_Type)
        return;
    const struct method_definition *method =
        python_word(function, py.header_bytes);
    if (method->flags == METHOD_NO_ARGUMENTS)
        sampling.count_blocks =
            (PyObject * (*)(PyObject *, PyObject *)) method->function;
}

void
sampling_begin(void)
{
    if (!sampling.is_wanted)
        return;
    find_blocks();
    tick_add(look);
}
