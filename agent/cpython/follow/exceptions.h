/* SPDX-License-Identifier: Apache-2.0
 *
 * exceptions.h: exceptions as records: where each was raised, with type and message,
 * and what a reader can't know of where it goes from there.  An exception is one
 * however many calls it leaves and however often it is raised again.  Which calls it
 * ends is in their exits.  On the thread, with the GIL; whatever is pending stays so.
 */
#ifndef CODESNAP_EXCEPTIONS_H
#define CODESNAP_EXCEPTIONS_H

#include <stdbool.h>

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* All are to be recorded, not those alone that nobody catches. */
extern bool exceptions_are_wanted;
void exceptions_want(bool all);

/* From 3.12 on, where all are wanted: it is raised in this code, or passes through
 * it. */
void exceptions_raise(struct thread *thread, PyObject *code,
                      PyObject *exception);
/* And this code goes on with a handler, at that offset. */
void exceptions_handle(struct thread *thread, PyObject *code, int offset,
                       PyObject *exception);

/* The innermost call ends by it; uncaught: and so nobody catches it. */
void exceptions_leave(struct thread *thread, PyObject *exception,
                      bool uncaught);
/* The same up to 3.11, by the pending one.  ended: the exit of the call is recorded. */
void exceptions_leave_pending(struct thread *thread, bool ended, bool uncaught);

#endif
