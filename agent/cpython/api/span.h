/* SPDX-License-Identifier: Apache-2.0
 *
 * span.h: the type `codesnap.trace`: a named span as a context manager and as a
 * decorator.  With the GIL.
 */
#ifndef CODESNAP_SPAN_H
#define CODESNAP_SPAN_H

#include <stdbool.h>

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* A new reference to the type, or NULL with an exception. */
PyObject *span_make_type(void);

/* The span that @trace put behind a code object's other constants, borrowed
 * from the code; or NULL. */
PyObject *span_of_code(PyObject *code);
/* A call of such a function, or a step, begins and has ended. */
void span_enter_around(struct thread *thread, PyObject *code, uint32_t kind);
void span_exit_around(struct thread *thread, PyObject *code,
                      enum spool_kind kind);
/* The interpreter was finalized. */
void span_forget(void);

bool span_owns(const struct method_definition *definition);

#endif
