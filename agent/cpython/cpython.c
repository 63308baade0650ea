/* SPDX-License-Identifier: Apache-2.0
 *
 * cpython.c: the two ways in: the agent lies in wait for an interpreter, or a
 * program loads it by itself.  Both fill in what the lower rooms call.
 */
#include "agent/cpython/cpython.h"

#include <errno.h>

#include "agent/cpython/abi/library.h"
#include "agent/cpython/abi/python.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/api/module.h"
#include "agent/cpython/follow/gil.h"
#include "agent/cpython/start/command.h"
#include "agent/cpython/start/pause.h"

static const struct upcalls table = {
    .wake = start_wake,
    .arrive = start_arrive,
    .is_awake = start_is_awake,
    .forget_layout = start_forget_layout,
    .program = start_program,
    .join = start_join,
    .is_recording = start_is_recording,
    .pause = pause_begin,
    .resume = pause_end,
    .act = command_act,
    .is_ordered = command_is_due,
    .await = command_await,
    .offer = module_offer,
    .is_offered = module_is_offered,
    .trace_in_python = module_trace_in_python,
    .forget_module = module_forget,
};

int
cpython_await(const struct start_events *events,
              const struct python_options *options)
{
    upcalls_fill(&table);
    command_open();
    start_expect(events, options);
    return library_await();
}

void
cpython_look_at(const void *code)
{
    if (start_is_expected())
        library_look_at(code);
}

void
cpython_look_in(void *handle, const char *symbol)
{
    if (start_is_expected())
        library_look_in(handle, symbol);
}

bool
cpython_waits(const void *condition, const void *code)
{
    if (!gil_is_watched || !thread_own)
        return false;
    int saved = errno;
    bool waits = gil_wait_begin(condition, code);
    errno = saved;
    return waits;
}

void
cpython_has_waited(const void *condition, int result)
{
    int saved = errno;
    gil_wait_end(condition, result);
    errno = saved;
}

bool
cpython_hands_over(const void *condition, const void *code)
{
    if (!gil_is_watched || !thread_own)
        return false;
    int saved = errno;
    bool waits = gil_handing_begin(condition, code);
    errno = saved;
    return waits;
}

void
cpython_has_handed_over(void)
{
    int saved = errno;
    gil_handing_end();
    errno = saved;
}

/* The entry of the extension module. */
__attribute__((visibility("default"))) PyObject *PyInit__codesnap(void);

PyObject *
PyInit__codesnap(void)
{
    upcalls_fill(&table);
    command_open();
    module_need_no_offer();
    return start_attach(__builtin_return_address(0)) < 0 ? NULL : module_make();
}
