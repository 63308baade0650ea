/* SPDX-License-Identifier: Apache-2.0
 *
 * callback.h: the objects that sys.monitoring calls for us, of a type of our own
 * with a vectorcall slot: the shortest way from the interpreter to C that there is.
 * With the GIL (or attached, free-threaded).
 */
#ifndef CODESNAP_CALLBACK_H
#define CODESNAP_CALLBACK_H

#include "agent/cpython/abi/python.h"

struct interpreter;
struct monitor;
struct callback;

typedef PyObject *vectorcall(PyObject *self, PyObject *const *arguments,
                             size_t count, PyObject *keywords);

/* NULL with an exception. */
PyTypeObject *callback_make_type(void);
/* One that calls hook, a new reference which *kept holds, too; NULL with an
 * exception. */
PyObject *callback_make(struct interpreter *interpreter, vectorcall *hook,
                        struct callback **kept);

/* From now on it calls that one, by whatever way it went there. */
void callback_change(struct callback *callback, vectorcall *hook);

/* There are several interpreters from now on: each event is asked whose it is, and
 * then goes its way. */
void callback_ask_whose(struct monitor *monitor);
/* From now on each call that starts is asked whether a profile function was told
 * of it (earlycall_was_told). */
void callback_ask_told(struct monitor *monitor);

#endif
