/* SPDX-License-Identifier: Apache-2.0
 *
 * uncaught.h: an exception that usually is no error, such as StopIteration, is one
 * where it ends the program, or a thread or process that Python's library started.
 * On the thread, with the GIL; for whoever ends by such an exception only.
 */
#ifndef CODESNAP_UNCAUGHT_H
#define CODESNAP_UNCAUGHT_H

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* The innermost call ends by it, and so: it may be a trigger, or to be recorded. */
void uncaught_tell(struct thread *thread, PyObject *code, PyObject *exception,
                   enum spool_kind kind);
/* The same up to 3.11, by the pending one; caller is one past the call around it. */
void uncaught_tell_pending(struct thread *thread, const struct call *caller,
                           enum spool_kind kind);

/* How the innermost call ends, of this code, by an exception of which
 * exception_exit said EXIT_CONTROL.  If it is an error here, it was one in the calls
 * that it has just ended. */
enum spool_kind uncaught_exit(struct thread *thread, PyObject *code,
                              PyObject *exception);

/* The same up to 3.11, by the pending exception; caller is one past the call around
 * it, and last the record of the end or where it will be. */
enum spool_kind uncaught_exit_pending(struct thread *thread,
                                      const struct call *caller,
                                      uint64_t *last);

#endif
