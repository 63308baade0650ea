/* SPDX-License-Identifier: Apache-2.0
 *
 * uncaught.c: see uncaught.h.
 */
#include "agent/cpython/hooks/uncaught.h"

#include "agent/cpython/abi/exception.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/exceptions.h"
#include "agent/cpython/follow/triggered.h"
#include "agent/cpython/names/code.h"
#include "agent/cpython/names/triggers.h"
#include "agent/cpython/names/wanted.h"
#include "agent/track/record.h"

/* One past the call that is around them. */
static const struct call *
without_spans(const struct thread *thread, const struct call *caller)
{
    while (caller > thread->bottom && ANNOTATION_IS_SPAN(caller[-1].key))
        caller--;
    return caller;
}

/* Nobody calls it, or who does reports whatever comes.  A thread that was there
 * before the recording may have callers that we do not see, and so has what is
 * called by code that a rule leaves out. */
static bool
is_outermost(const struct thread *thread, const struct call *caller)
{
    caller = without_spans(thread, caller);
    if (caller == thread->bottom)
        return thread->whole && !wanted_leaves_out();
    if ((caller[-1].word & 15) == SPOOL_ENTER_C) /* from 3.14 on Context.run */
        caller = without_spans(thread, caller - 1);
    return caller > thread->bottom &&
           (caller[-1].word & 15) == SPOOL_ENTER_PYTHON &&
           code_word((PyObject *)CODE_OF_KEY(caller[-1].key)) & CODE_CATCHES;
}

/* A generator that is alive at the end is closed from outside of all calls. */
static bool
is_generator(PyObject *code)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    long flags = pyobject_attribute_number(code, "co_flags", 0);
    guard_leave(&guard, NULL);
    return flags & CO_ANY_GENERATOR;
}

void
uncaught_tell(struct thread *thread, PyObject *code, PyObject *exception,
              enum spool_kind kind)
{
    if (!thread || thread->top == thread->bottom ||
        CODE_OF_KEY(thread->top[-1].key) != code)
        return;
    bool uncaught =
        kind == SPOOL_EXIT_EXCEPTION && is_outermost(thread, thread->top - 1);
    if (triggers_have_exceptions)
        triggered_exception(thread, python_type(exception), uncaught);
    if (uncaught || exceptions_are_wanted)
        exceptions_leave(thread, exception, uncaught);
}

void
uncaught_tell_pending(struct thread *thread, const struct call *caller,
                      enum spool_kind kind)
{
    if (caller < thread->bottom)
        return;
    bool uncaught =
        kind == SPOOL_EXIT_EXCEPTION && is_outermost(thread, caller);
    PyTypeObject *type =
        triggers_have_exceptions ? exception_type_pending() : NULL;
    if (type)
        triggered_exception(thread, type, uncaught);
    if (uncaught || exceptions_are_wanted)
        exceptions_leave_pending(thread, caller == thread->top, uncaught);
}

enum spool_kind
uncaught_exit(struct thread *thread, PyObject *code, PyObject *exception)
{
    if (!thread || thread->top == thread->bottom ||
        CODE_OF_KEY(thread->top[-1].key) != code ||
        !is_outermost(thread, thread->top - 1) ||
        exception_is_exit(exception) || is_generator(code))
        return SPOOL_EXIT_CONTROL;
    record_uncaught(thread, thread->cursor.next);
    return SPOOL_EXIT_EXCEPTION;
}

enum spool_kind
uncaught_exit_pending(struct thread *thread, const struct call *caller,
                      uint64_t *last)
{
    if (!is_outermost(thread, caller) || exception_is_exit_pending())
        return SPOOL_EXIT_CONTROL;
    record_uncaught(thread, last);
    return SPOOL_EXIT_EXCEPTION;
}
