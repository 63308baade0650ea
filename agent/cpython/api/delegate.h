/* SPDX-License-Identifier: Apache-2.0
 *
 * delegate.h: the tracer in Python while it is at work: what is asked of the agent
 * goes to its function of the same name.  With the GIL.
 */
#ifndef CODESNAP_DELEGATE_H
#define CODESNAP_DELEGATE_H

#include "agent/cpython/abi/python.h"

/* It, borrowed; NULL while it is not at work. */
PyObject *delegate_object(void);
/* It is at work; NULL: no longer. */
void delegate_set(PyObject *object);
/* Call its function; a new reference, or NULL with an exception. */
PyObject *delegate_ask(const char *name, PyObject *arguments,
                       PyObject *keywords);
/* The interpreter was finalized. */
void delegate_forget(void);

#endif
