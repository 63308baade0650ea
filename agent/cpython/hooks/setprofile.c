/* SPDX-License-Identifier: Apache-2.0
 *
 * setprofile.c: for sys.setprofile's function one of ours stands in front, which
 * goes again when the last call is over that it was put in for.
 */
#include "agent/cpython/hooks/setprofile.h"

#include "agent/cpython/abi/slot.h"
#include "agent/cpython/hooks/earlycall.h"
#include "agent/cpython/hooks/profile.h"
#include "agent/cpython/hooks/wrapper.h"
#include "agent/cpython/names/wanted.h"

/* == PROFILE FUNCTIONS ==================================================== */

/* Of sys.setprofile's, all threads have the same one: it calls an object. */
static Py_tracefunc real;

/* Of the calls that were open when it was set, and of those since. */
static __thread struct {
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
    bool early = ends.earlier && is_early_end(what);
    if (!ends.earlier)
        slot_exchange(py.PyThreadState_Get(), sift, real);
    return early ? 0 : real(object, frame, what, argument);
}

/* == IN FRONT OF sys.setprofile =========================================== */

static wrapper_function on_set;
static struct wrapper set_one = {.function = on_set};

/* With rules there are calls that we know nothing of. */
#define MANY (1u << 31)

/* own: the call of sys.setprofile itself is one of them. */
static void
count_earlier(bool own)
{
    uint32_t open = open_c_calls(thread_own);
    ends.later = 0;
    ends.earlier = wanted_leaves_out() ? MANY : open ? open : own;
}

static void
put_sift(void)
{
    PyThreadState *state = py.PyThreadState_Get();
    void *now = slot_of(state);
    if (!ends.earlier || !now || now == (void *)sift)
        return;
    *(void **)(void *)&real = now;
    slot_exchange(state, real, sift);
}

static PyObject *
on_set(PyObject *self, void *first, void *second, void *third)
{
    const void *before = slot_offset ? slot_of(py.PyThreadState_Get()) : NULL;
    bool again = before == (void *)sift;
    /* it takes the place of one of ours, which was told the begin of this very
     * call */
    bool late = !again && profile_is_ours(before);
    /* ours was there when calls began that are still open */
    bool had_ours = !before && thread_own && thread_own->armed;
    PyObject *result = wrapper_pass(&set_one, self, first, second, third);
    if (!slot_offset || !result || !(late || again || had_ours))
        return result;
    if (!again)
        count_earlier(late);
    put_sift();
    return result;
}

int
setprofile_open(void)
{
    return wrapper_put(&set_one, py.PySys_GetObject("setprofile"));
}
