/* SPDX-License-Identifier: Apache-2.0
 *
 * sieve.c: an object in front of the callback of a tool of sys.monitoring.
 */
#include "agent/cpython/hooks/sieve.h"

#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/hooks/earlycall.h"
#include "agent/cpython/hooks/hook.h"
#include "agent/cpython/names/cfunction.h"

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
    const struct thread *thread = thread_followed();
    if (!known.definition || !thread)
        return false;
    const void *marked = earlycall_marked(known.definition);
    const struct call *call = thread->top;
    if (tool > interpreter_current()->monitor.tool)
        call = call > thread->bottom ? call - 1 : NULL;
    else if (call == thread->room)
        call = NULL;
    if (call && earlycall_marked(call->key) == marked)
        return call->key == marked && call->kept_from >> tool & 1;
    return earlycall_is_passed_from(callable, tool);
}

/* What the tool raised ends the call.  A begin that we were told before stays
 * without its end then, and so does one whose end we would be told after. */
static void
close_own(PyObject *callable)
{
    struct c_callable known = c_callable_of(callable);
    const struct thread *thread = thread_followed();
    if (known.definition && thread && thread->top > thread->bottom &&
        earlycall_marked(thread->top[-1].key) ==
            earlycall_marked(known.definition))
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
    if (names_callable(count))
        earlycall_tell(arguments[2], tool);
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
sieve_make(const struct monitor *monitor, int tool, bool starts,
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
        (struct sieve){starts ? on_begin : on_end, callback, tool};
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
