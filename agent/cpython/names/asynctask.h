/* SPDX-License-Identifier: Apache-2.0
 *
 * asynctask.h: which task of asyncio or trio runs now, and what it is called.  As
 * these know it, where the program has imported them; nothing is imported for our
 * sake.  With the GIL (or attached, free-threaded).
 */
#ifndef CODESNAP_ASYNCTASK_H
#define CODESNAP_ASYNCTASK_H

#include "agent/cpython/abi/pyobject.h"

/* The task that the calling thread runs a step of, a new reference; NULL: none.
 * Exceptions may be set afterwards.  Between guard_shut_out and guard_let_in. */
PyObject *asynctask_current(void);

/* Its name, as Task.get_name says it, or, of a class in Python, as its _name or name does; a
 * str, a new reference.  NULL, as up to 3.7: it has none.  As type.h. */
PyObject *asynctask_name(PyObject *task);

/* The interpreter was finalized. */
void asynctask_forget(void);

#endif
