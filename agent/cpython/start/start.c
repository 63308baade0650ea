/* SPDX-License-Identifier: Apache-2.0
 *
 * start.c: the life of an interpreter, as far as it is recorded.
 */
#include "agent/cpython/start/start.h"

#include "agent/base/process.h"
#include "agent/base/toggle.h"
#include "agent/calls/blocking.h"
#include "agent/cpython/abi/exception.h"
#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/library.h"
#include "agent/cpython/abi/memory.h"
#include "agent/cpython/abi/slot.h"
#include "agent/cpython/abi/type.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/follow/collection.h"
#include "agent/cpython/follow/exceptions.h"
#include "agent/cpython/follow/gil.h"
#include "agent/cpython/follow/greenlet.h"
#include "agent/cpython/follow/sampling.h"
#include "agent/cpython/hooks/evalframe.h"
#include "agent/cpython/hooks/monitoring.h"
#include "agent/cpython/hooks/teller.h"
#include "agent/cpython/hooks/throttle.h"
#include "agent/cpython/names/code.h"
#include "agent/cpython/names/generator.h"
#include "agent/cpython/names/happenings.h"
#include "agent/cpython/names/inspected.h"
#include "agent/cpython/names/intern.h"
#include "agent/cpython/names/program.h"
#include "agent/cpython/names/triggers.h"
#include "agent/cpython/names/wanted.h"
#include "agent/cpython/start/arrival.h"
#include "agent/cpython/start/calibrate.h"
#include "agent/cpython/values/valuewalk.h"
#include "agent/store/entry.h"
#include "agent/store/orders.h"
#include "agent/store/spool.h"
#include "agent/track/lifecycle.h"
#include "agent/track/offcpu.h"
#include "agent/track/shortcall.h"
#include "agent/track/threads.h"
#include "agent/track/tick.h"
#include "formats/spool/clock.h"

static struct {
    const struct start_events *events;
    struct python_options options;
    bool awake;       /* an interpreter lives and is watched */
    bool recording;   /* and recorded */
    uint64_t took_ns; /* of the processor, until the program starts */
} start;

/* == WHAT IS EXPECTED ===================================================== */

void
start_expect(const struct start_events *events,
             const struct python_options *options)
{
    start.options = *options;
    wanted_read(options->rules);
    inspected_read(options->arguments);
    valuewalk_by_repr = options->by_repr;
    triggers_read(options->triggers);
    collection_want(options->collections);
    happenings_want(options->happenings);
    sampling_want(options->counters);
    offcpu_want(options->cpu);
    gil_want(options->gil);
    exceptions_want(options->exceptions);
    blocking_want(options->calls);
    wanted_own = options->own;
    code_tells_tasks = options->tasks;
    throttle_open(options->most_overhead);
    shortcall_open(options->shortest_ns);
    thread_most_calls = options->most_calls;
    __atomic_store_n(&start.events, events, __ATOMIC_RELEASE);
}

bool
start_is_expected(void)
{
    return __atomic_load_n(&start.events, __ATOMIC_ACQUIRE) != NULL;
}

const struct python_options *
start_options(void)
{
    return &start.options;
}

void
start_want_c_calls(bool c_calls)
{
    start.options.c_calls = c_calls;
}

/* == WHEN ================================================================= */

int
start_watch(void)
{
    return py.minor >= 12 ? monitoring_watch() : evalframe_watch();
}

static int
begin_hooks(void)
{
    return py.minor >= 12 ? monitoring_begin(start.options.c_calls)
                          : evalframe_begin(start.options.c_calls);
}

int
start_recording(void)
{
    if (start.recording || !start.awake)
        return -1;
    start.recording = true;
    int begun = begin_hooks();
    if (begun < 0) {
        entry_append_note(SPOOL_NOTE_STOOD_DOWN, 0,
                          "the interpreter did not let the agent in");
        process_break(0);
    }
    greenlet_look();
    gil_watch();
    blocking_begin();
    return begun;
}

int
start_join(void)
{
    if (!start.recording)
        return start_watch();
    return py.minor >= 12 ? monitoring_begin(start.options.c_calls) : 0;
}

bool
start_is_recording(void)
{
    return start.recording;
}

int
start_resume(void)
{
    bool c_calls = start.options.c_calls;
    if (!start.recording) {
        if (start_recording() < 0)
            return -1;
    } else if (py.minor >= 12) {
        return monitoring_begin(c_calls);
    }
    if (py.minor < 12)
        evalframe_resume(c_calls);
    return 0;
}

/* This frame is the outermost one that this thread has. */
static int
begin_at_bottom(void)
{
    int begun = start_recording();
    struct thread *thread = begun == 0 ? attach_thread() : NULL;
    if (thread)
        thread->whole = true;
    return begun;
}

/* The program's first code is about to run. */
static void
tell_startup(uint64_t begin_ns)
{
    if (spool_is_open())
        entry_append_startup(start.took_ns + clock_thread_nanoseconds() -
                             begin_ns);
}

/* What was ordered for all of the session comes before what was asked for at its
 * start. */
static bool
awaits(void)
{
    uint64_t end_ns = orders_known_end_ns(), delay_ns = start.options.delay_ns;
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    if (end_ns && now >= end_ns)
        return true;
    if (orders_wanted() != CONTROL_AS_STARTED)
        return orders_wanted() == CONTROL_PAUSED;
    return start.options.paused ||
           (delay_ns && orders_begin_ns(delay_ns) > now);
}

static void
rest(void)
{
    if (py.minor >= 12)
        monitoring_rest(LISTENING_NOT);
    else
        evalframe_rest(false);
}

static int
begin_program(void)
{
    upcalls->offer();
    collection_watch();
    sampling_begin();
    if (start.events)
        start.events->program();
    if (start.options.signal && !start.options.in_python)
        toggle_open(start.options.signal, start.options.snapshots
                                              ? orders_ask_snapshot
                                              : tick_call_own_attention);
    if (start.options.in_python) {
        rest();
        upcalls->trace_in_python(start.options.c_calls, start.options.paused);
        return -1;
    }
    if (!awaits())
        return begin_at_bottom();
    upcalls->await();
    return -1;
}

int
start_program(void)
{
    uint64_t begin_ns = clock_thread_nanoseconds();
    int begun = begin_program();
    tell_startup(begin_ns);
    return begun;
}

/* == WHERE ================================================================ */

static void
finalized(void)
{
    start.awake = start.recording = false;
    code_forget();
    evalframe_forget();
    upcalls->forget_module();
    interpreter_forget();
    greenlet_forget();
    if (start.events)
        start.events->ended();
    else if (spool_is_open())
        lifecycle_end();
}

static int
measure(void)
{
    if (python_measure() < 0)
        return -1;
    guard_find_collector();
    type_measure();
    exception_measure();
    code_watch_ends();
    return extra_find_index();
}

/* Before the first word is set.  Was the agent there before the program? */
static void
measure_extra(bool first)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    memory_open(first);
    extra_measure(code_compile);
    guard_leave(&guard, NULL);
}

void
start_calibrate(void)
{
    struct guard guard;
    if (thread_current)
        return;
    guard_enter(&guard, NULL);
    if (calibrate_begin() == 0) {
        calibrate_plain();
        guard_let_in();
        struct thread *thread = attach_thread();
        if (thread && start_watch() == 0) {
            if (begin_hooks() == 0)
                calibrate_traced(thread);
            if (py.minor < 12)
                evalframe_end();
        }
        if (thread)
            threads_detach(thread);
        guard_shut_out();
    }
    calibrate_end();
    guard_leave(&guard, NULL);
}

static void
wake(void)
{
    if (measure() < 0 || start.events->begun(py.name) < 0)
        return;
    program_await();
    start.awake = true;
    arrival_begin();
    measure_extra(true);
    bool hooked = py.minor < 12 || monitoring_open() == 0;
    if (hooked && !start.options.in_python)
        start_calibrate();
    if (!hooked || start_watch() < 0) {
        if (spool_is_open())
            entry_append_note(SPOOL_NOTE_STOOD_DOWN, 0,
                              "the interpreter's hooks were not found");
        start.awake = false;
        return;
    }
    py.Py_AtExit(finalized);
    if (start.options.from_start && !start.options.in_python && !awaits())
        start_recording();
}

void
start_wake(void)
{
    uint64_t begin_ns = clock_thread_nanoseconds();
    if (start.awake) {
        arrival_come();
        return;
    }
    wake();
    start.took_ns = clock_thread_nanoseconds() - begin_ns;
}

void
start_arrive(void)
{
    if (start.awake)
        arrival_come();
}

bool
start_is_awake(void)
{
    return start.awake;
}

void
start_forget_layout(void)
{
    code_forget();
    frame_forget();
    slot_forget();
    teller_forget();
    generator_forget();
}

/* == LOADED BY THE PROGRAM ================================================ */

int
start_attach(const void *caller)
{
    if (library_attach(caller) < 0)
        return -1;
    if (start.awake)
        return 0;
    if (measure() < 0)
        return -1;
    arrival_begin();
    measure_extra(false);
    if (py.minor >= 12 && monitoring_open() < 0)
        return -1;
    start.awake = true;
    intern_keep();
    py.Py_AtExit(finalized);
    return 0;
}

bool
start_was_first(void)
{
    return start.awake && start.events;
}

void
start_stop(void)
{
    start.recording = false;
}
