/* SPDX-License-Identifier: Apache-2.0
 *
 * sieve.c: for tools of sys.monitoring an object in front of their callback, for
 * profile functions one of ours in front of theirs, which goes again when the
 * last call is over that it was put in for.
 */
#include "agent/cpython/hooks/sieve.h"

#include <string.h>

#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/slot.h"
#include "agent/cpython/api/module.h"
#include "agent/cpython/hooks/hook.h"
#include "agent/cpython/hooks/tool.h"
#include "agent/cpython/hooks/wrapper.h"
#include "agent/cpython/names/cfunction.h"
#include "agent/cpython/start/interpreter.h"
#include "agent/track/threads.h"

/* == MARKING ============================================================== */

static const void *
marked_key(const void *definition)
{
    return (const void *)((uintptr_t)definition | 1);
}

static bool
is_c(const struct call *call)
{
    return (call->word & 15) == SPOOL_ENTER_C;
}

static void
mark(struct thread *thread, void *tools)
{
    for (struct call *call = thread->bottom; call < thread->top; call++) {
        if (!is_c(call))
            continue;
        if (call->key != marked_key(call->key))
            call->kept_from = 0;
        call->key = marked_key(call->key);
        call->kept_from |= *(const uint32_t *)tools;
    }
}

/* Others than this thread stand still as long as we have the GIL. */
void
sieve_keep_from(uint32_t tools)
{
    if (py.header_bytes == 2 * sizeof(void *))
        threads_for_each(mark, &tools);
    else if (thread_own)
        mark(thread_own, &tools);
}

const void *
sieve_key(const struct thread *thread,
          const struct method_definition *definition)
{
    const void *marked = marked_key(definition);
    return thread->top > thread->bottom && thread->top[-1].key == marked
               ? marked
               : definition;
}

/* == TOOLS ================================================================ */

typedef PyObject *vectorcall(PyObject *self, PyObject *const *arguments,
                             size_t count, PyObject *keywords);

/* What lies behind its header. */
struct sieve {
    vectorcall *function;
    PyObject *callback;
    int tool;
};

static struct sieve *
inner_of(PyObject *object)
{
    return (struct sieve *)(void *)((char *)object + py.header_bytes);
}

/* Tools are told in the order of their ids, highest first: so this call is on
 * our stack still, or was just taken off. */
static bool
is_kept_from(PyObject *callable, int tool)
{
    struct c_callable known = c_callable_of(callable);
    const struct thread *thread = thread_current;
    if (!known.definition || !thread)
        return false;
    const void *marked = marked_key(known.definition);
    const struct call *call = thread->top;
    if (tool > interpreter_current()->monitor.tool)
        call = call > thread->bottom ? call - 1 : NULL;
    else if (call == thread->limit)
        call = NULL;
    return call && call->key == marked && call->kept_from >> tool & 1;
}

/* What the tool raised ends the call.  A begin that we were told before stays
 * without its end then, and so does one whose end we would be told after. */
static void
close_own(PyObject *callable)
{
    struct c_callable known = c_callable_of(callable);
    const struct thread *thread = thread_current;
    if (known.definition && thread && thread->top > thread->bottom &&
        marked_key(thread->top[-1].key) == marked_key(known.definition))
        hook_exit_c_slowly(callable, SPOOL_EXIT_EXCEPTION);
}

static bool
names_callable(size_t count)
{
    const size_t offset_flag = (size_t)1 << (8 * sizeof(size_t) - 1);
    return (count & ~offset_flag) >= 3;
}

static PyObject *
on_begin(PyObject *self, PyObject *const *arguments, size_t count,
         PyObject *keywords)
{
    const int tool = inner_of(self)->tool; /* it may be gone afterwards */
    PyObject *result = py.PyObject_Vectorcall(inner_of(self)->callback,
                                              arguments, count, keywords);
    if (!result && names_callable(count) &&
        tool < interpreter_current()->monitor.tool)
        close_own(arguments[2]);
    return result;
}

static PyObject *
on_end(PyObject *self, PyObject *const *arguments, size_t count,
       PyObject *keywords)
{
    const int tool = inner_of(self)->tool;
    if (names_callable(count) && is_kept_from(arguments[2], tool))
        return pyobject_none();
    PyObject *result = py.PyObject_Vectorcall(inner_of(self)->callback,
                                              arguments, count, keywords);
    if (!result && names_callable(count) &&
        tool > interpreter_current()->monitor.tool)
        close_own(arguments[2]);
    return result;
}

static void
free_sieve(PyObject *self)
{
    PyTypeObject *type = python_type(self);
    py.Py_DecRef(inner_of(self)->callback);
    py.PyObject_Free(self);
    py.Py_DecRef((PyObject *)type);
}

PyTypeObject *
sieve_make_type(void)
{
    static struct member_definition members[2];
    static PyType_Slot slots[4];
    members[0] = (struct member_definition){
        "__vectorcalloffset__", MEMBER_PYSSIZET, (Py_ssize_t)py.header_bytes,
        MEMBER_READONLY, NULL};
    slots[0] = (PyType_Slot){SLOT_TP_CALL, (void *)py.PyVectorcall_Call};
    slots[1] = (PyType_Slot){SLOT_TP_MEMBERS, members};
    slots[2] = (PyType_Slot){SLOT_TP_DEALLOC, (void *)free_sieve};
    PyType_Spec spec = {
        "codesnap.sieve", (int)(py.header_bytes + sizeof(struct sieve)), 0,
        FLAG_DISALLOW_INSTANTIATION | FLAG_HAVE_VECTORCALL, slots};
    return (PyTypeObject *)py.PyType_FromSpec(&spec);
}

PyObject *
sieve_make(const struct monitor *monitor, int tool, bool begins,
           PyObject *callback)
{
    PyObject *made = callback;
    if (callback == py._Py_NoneStruct || !monitor->sieve_type) {
        py.Py_IncRef(callback);
        return callback;
    }
    made = py.PyType_GenericAlloc(monitor->sieve_type, 0);
    if (!made)
        return NULL;
    py.Py_IncRef(callback);
    *inner_of(made) =
        (struct sieve){begins ? on_begin : on_end, callback, tool};
    return made;
}

PyObject *
sieve_unwrap(const struct monitor *monitor, PyObject *callback)
{
    if (!callback || python_type(callback) != monitor->sieve_type)
        return callback;
    PyObject *inner = inner_of(callback)->callback;
    py.Py_IncRef(inner);
    py.Py_DecRef(callback);
    return inner;
}

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
        count += is_c(call);
    return count;
}

/* Does this event end a call that began too early to be told of? */
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

bool
sieve_is_profiled(void)
{
    return interpreter_current()->monitor.profiled ||
           (slot_offset && slot_is_any_set());
}

/* Up to 3.11: it takes the place of one of ours, which was told the begin of this
 * very call.  Later: we see calls, and nobody else does. */
static bool
comes_late(const void *before)
{
    const struct monitor *monitor = &interpreter_current()->monitor;
    if (py.minor < 12)
        return profile_is_ours(before);
    return monitor->set & monitor->call && !sieve_is_profiled() &&
           !tool_others_see_calls(monitor, NULL);
}

static void
put_sieve(bool late)
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
        put_sieve(late);
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
sieve_open(void)
{
    if (py.minor >= 12)
        wrapper_put(&set_all, py.PySys_GetObject("_setprofileallthreads"));
    return wrapper_put(&set_one, py.PySys_GetObject("setprofile"));
}
