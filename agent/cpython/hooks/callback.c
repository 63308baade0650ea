/* SPDX-License-Identifier: Apache-2.0
 *
 * callback.c: making them, and what stands between one and its hook.
 */
#include "agent/cpython/hooks/callback.h"

#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/hooks/earlycall.h"
#include "agent/cpython/hooks/tool.h"

/* What lies behind its header. */
struct callback {
    vectorcall *function; /* hook, or one of those below */
    vectorcall *hook;
    uint32_t interpreter;
};

static PyObject *
object_of(struct callback *callback)
{
    return (PyObject *)(void *)((char *)callback - py.header_bytes);
}

/* == BETWEEN ============================================================== */

static PyObject *
on_any(PyObject *self, PyObject *const *arguments, size_t count,
       PyObject *keywords)
{
    const struct callback *callback =
        (const void *)((const char *)self + py.header_bytes);
    const struct thread *thread = thread_current;
    if (thread && unlikely(thread->interpreter != callback->interpreter))
        attach_to_interpreter(callback->interpreter);
    return callback->hook(self, arguments, count, keywords);
}

static PyObject *
on_any_call(PyObject *self, PyObject *const *arguments, size_t count,
            PyObject *keywords)
{
    PyObject *result = on_any(self, arguments, count, keywords);
    earlycall_note_told(arguments[2]);
    return result;
}

static void
go_by(struct callback *callback, vectorcall *function)
{
    __atomic_store_n(&callback->function, function, __ATOMIC_RELEASE);
}

void
callback_change(struct callback *callback, vectorcall *hook)
{
    bool straight = callback->function == callback->hook;
    __atomic_store_n(&callback->hook, hook, __ATOMIC_RELEASE);
    if (straight)
        go_by(callback, hook);
}

void
callback_ask_whose(struct monitor *monitor)
{
    for (size_t i = 0; i < TOOL_EVENTS; i++)
        if (monitor->callbacks[i] &&
            monitor->callbacks[i]->function != on_any_call)
            go_by(monitor->callbacks[i], on_any);
}

void
callback_ask_told(struct monitor *monitor)
{
    for (size_t i = 0; i < TOOL_EVENTS; i++)
        if (monitor->callbacks[i] && monitor->events[i] == monitor->call)
            go_by(monitor->callbacks[i], on_any_call);
}

/* == MAKING =============================================================== */

PyTypeObject *
callback_make_type(void)
{
    static struct member_definition members[2];
    static PyType_Slot slots[3];
    members[0] = (struct member_definition){
        "__vectorcalloffset__", MEMBER_PYSSIZET, (Py_ssize_t)py.header_bytes,
        MEMBER_READONLY, NULL};
    slots[0] = (PyType_Slot){SLOT_TP_CALL, (void *)py.PyVectorcall_Call};
    slots[1] = (PyType_Slot){SLOT_TP_MEMBERS, members};
    PyType_Spec spec = {
        "codesnap.callback", (int)(py.header_bytes + sizeof(struct callback)),
        0, FLAG_DISALLOW_INSTANTIATION | FLAG_HAVE_VECTORCALL, slots};
    return (PyTypeObject *)py.PyType_FromSpec(&spec);
}

/* The table holds it, too: nobody else may let it go. */
static void
keep(struct callback **kept, PyObject *callback)
{
    struct callback *inner = (void *)((char *)callback + py.header_bytes);
    struct callback *old = *kept;
    py.Py_IncRef(callback);
    __atomic_store_n(kept, inner, __ATOMIC_RELEASE);
    if (old)
        py.Py_DecRef(object_of(old));
}

PyObject *
callback_make(struct interpreter *interpreter, vectorcall *hook,
              struct callback **kept)
{
    PyObject *callback =
        py.PyType_GenericAlloc(interpreter->monitor.callback_type, 0);
    if (!callback)
        return NULL;
    *(struct callback *)(void *)((char *)callback + py.header_bytes) =
        (struct callback){interpreter_several ? on_any : hook, hook,
                          interpreter->number};
    keep(kept, callback);
    return callback;
}
