/* SPDX-License-Identifier: Apache-2.0
 *
 * span.h: the type `codesnap.trace`: a named span as a context manager and as a
 * decorator.  With the GIL.
 */
#ifndef CODESNAP_SPAN_H
#define CODESNAP_SPAN_H

#include "agent/cpython/abi/python.h"

/* A new reference to the type, or NULL with an exception. */
PyObject *span_make_type(void);

/* The interpreter was finalized. */
void span_forget(void);

#endif
