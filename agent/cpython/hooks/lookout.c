/* SPDX-License-Identifier: Apache-2.0
 *
 * lookout.c: see lookout.h.  What such a function ended by is noted in its thread
 * when it has, and asked for by the next event, which is that very end; where
 * there is none, since C code called it, the note waits for the next end of the
 * same function, and is written anew before that.
 */
#include "agent/cpython/hooks/lookout.h"

#include "agent/cpython/abi/exception.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/abi/type.h"
#include "agent/cpython/hooks/wrapper.h"
#include "agent/cpython/names/cfunction.h"

/* == THE WRAPPERS ========================================================= */

static PyObject *
note(const struct wrapper *wrapper, PyObject *result)
{
    struct thread *thread = thread_own;
    if (unlikely(!result) && thread)
        thread->over = exception_exit_pending(false) == SPOOL_EXIT_CONTROL
                           ? &wrapper->definition
                           : NULL;
    return result;
}

#define LOOKOUT(name)                                                        \
    static wrapper_function see_##name;                                      \
    static struct wrapper name = {.function = see_##name};                   \
    static PyObject *see_##name(PyObject *self, void *first, void *second,   \
                                void *third)                                 \
    {                                                                        \
        return note(&name, wrapper_pass(&name, self, first, second, third)); \
    }

LOOKOUT(next)
LOOKOUT(leave)
LOOKOUT(generator_send)
LOOKOUT(generator_throw)
LOOKOUT(coroutine_send)
LOOKOUT(coroutine_throw)

/* == PUTTING THEM IN ====================================================== */

static void
put_in_type(struct wrapper *wrapper, PyTypeObject *type, const char *name)
{
    PyObject *method = type ? type_read((PyObject *)type, name) : NULL;
    wrapper_put(wrapper, method);
    pyobject_release(method); /* the type keeps it */
}

void
lookout_open(void)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    wrapper_put(&next, pyobject_item(py.PyEval_GetBuiltins(), "next"));
    wrapper_put(&leave, py.PySys_GetObject("exit"));
    put_in_type(&generator_send, py.PyGen_Type, "send");
    put_in_type(&generator_throw, py.PyGen_Type, "throw");
    put_in_type(&coroutine_send, py.PyCoro_Type, "send");
    put_in_type(&coroutine_throw, py.PyCoro_Type, "throw");
    guard_leave(&guard, NULL);
}

/* == ASKING THEM ========================================================== */

enum spool_kind
lookout_exit(PyObject *callable)
{
    struct thread *thread = thread_own;
    const void *over = thread ? thread->over : NULL;
    return over && over == c_callable_of(callable).definition
               ? SPOOL_EXIT_CONTROL
               : SPOOL_EXIT_EXCEPTION;
}
