/* SPDX-License-Identifier: Apache-2.0
 *
 * setprofile.c: for profile functions one of ours stands in front of theirs, which
 * goes again when the last call is over that it was put in for.
 */
#include "agent/cpython/hooks/setprofile.h"

#include <string.h>

#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/slot.h"
#include "agent/cpython/hooks/earlycall.h"
#include "agent/cpython/hooks/profile.h"
#include "agent/cpython/hooks/tool.h"
#include "agent/cpython/hooks/wrapper.h"

/* == PROFILE FUNCTIONS ==================================================== */

/* Of sys.setprofile's, all threads have the same one: it calls an object. */
static struct {
    Py_tracefunc real;
    uint32_t round; /* a new one for each time that all threads got one */
} profile;

/* Of the calls that were open when it was set, and of those since. */
static __thread struct {
    uint32_t round;
    uint32_t earlier, later;
} ends __attribute__((tls_model("initial-exec")));

static uint32_t
open_c_calls(const struct thread *thread)
{
    uint32_t count = 0;
    for (const struct call *call = thread ? thread->bottom : NULL;
         thread && call < thread->top; call++)
        count += earlycall_is_c(call);
    return count;
}

/* Does this event end a call that started too early to be told of? */
static bool
is_early_end(int what)
{
    if (what == PROFILE_C_CALL)
        ends.later++;
    if (what != PROFILE_C_RETURN && what != PROFILE_C_EXCEPTION)
        return false;
    if (ends.later) {
        ends.later--;
        return false;
    }
    if (ends.earlier)
        ends.earlier--;
    return true;
}

static int
sift(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    Py_tracefunc real = profile.real;
    if (ends.round != profile.round) {
        ends.round = profile.round;
        ends.later = 0;
        ends.earlier = open_c_calls(thread_own);
    }
    bool early = ends.earlier && is_early_end(what);
    if (!ends.earlier)
        slot_exchange(py.PyThreadState_Get(), sift, real);
    return early ? 0 : real(object, frame, what, argument);
}

/* == IN FRONT OF sys.setprofile =========================================== */

static wrapper_function on_set, on_set_all;
static struct wrapper set_one = {.function = on_set};
static struct wrapper set_all = {.function = on_set_all};

/* What the last sys.setprofile asked for stays asked for when its thread ends. */
static void
note_profiled(void)
{
    if (slot_offset && py.minor >= 12)
        interpreter_current()->monitor.profiled = slot_is_any_set();
}

/* Up to 3.11: it takes the place of one of ours, which was told the begin of this
 * very call.  Later: we see calls, and nobody else does. */
static bool
comes_late(const void *before)
{
    const struct monitor *monitor = &interpreter_current()->monitor;
    if (py.minor < 12)
        return profile_is_ours(before);
    return monitor->set & monitor->call && !slot_is_profiled() &&
           !tool_others_see_calls(monitor, NULL);
}

static void
put_sift(bool late)
{
    PyThreadState *state = py.PyThreadState_Get();
    void *now = slot_of(state);
    if (late) {
        uint32_t open = open_c_calls(thread_own);
        ends.round = profile.round;
        ends.later = 0;
        ends.earlier = open ? open : py.minor < 12;
    } else if (ends.round != profile.round) {
        ends.earlier = 0;
    }
    if (!ends.earlier || !now || now == (void *)sift)
        return;
    *(void **)(void *)&profile.real = now;
    slot_exchange(state, profile.real, sift);
}

static PyObject *
on_set(PyObject *self, void *first, void *second, void *third)
{
    const void *state = py.PyThreadState_Get();
    void *before[SLOT_WORDS];
    bool known = slot_offset != 0;
    memcpy(before, state, sizeof before);
    bool again = known && slot_of(state) == (void *)sift;
    bool late = !again && comes_late(known ? slot_of(state) : NULL);
    PyObject *result = wrapper_pass(&set_one, self, first, second, third);
    if (!known && result)
        slot_learn(before, first);
    note_profiled();
    if (slot_offset && result && (late || again))
        put_sift(late);
    return result;
}

static PyObject *
on_set_all(PyObject *self, void *first, void *second, void *third)
{
    bool late = slot_offset && comes_late(NULL);
    PyObject *result = wrapper_pass(&set_all, self, first, second, third);
    void *now = slot_offset ? slot_of(py.PyThreadState_Get()) : NULL;
    note_profiled();
    if (!late || !now || now == (void *)sift)
        return result;
    *(void **)(void *)&profile.real = now;
    profile.round++;
    slot_exchange_in_all(profile.real, sift);
    return result;
}

int
setprofile_open(void)
{
    if (py.minor >= 12)
        wrapper_put(&set_all, py.PySys_GetObject("_setprofileallthreads"));
    return wrapper_put(&set_one, py.PySys_GetObject("setprofile"));
}
