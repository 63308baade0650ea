/* SPDX-License-Identifier: Apache-2.0
 *
 * exception.h: which exceptions are no errors: the end of an iteration or of a
 * generator, a cancelled task of asyncio, the end of the program in order.  They
 * are told by their types, whose bases are walked: no code of the program's runs,
 * and the pending exception stays as it is.  Nothing is allocated, but for a
 * SystemExit of the program's own.  With the GIL
 * (or attached, free-threaded); for whoever ends by an exception only.
 */
#ifndef CODESNAP_EXCEPTION_H
#define CODESNAP_EXCEPTION_H

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"

/* How a call ends by this exception: SPOOL_EXIT_CONTROL, or where it is an error
 * or nobody knows SPOOL_EXIT_EXCEPTION. */
enum spool_kind exception_exit(PyObject *exception);

/* The same by the pending one, up to 3.11.  Out of a generator no StopIteration
 * comes but as the cause of an error. */
enum spool_kind exception_exit_pending(bool generator);

/* It is no error. */
bool exception_is_control(PyTypeObject *type, PyObject *value);

/* Borrowed, of the pending one; NULL: none is. */
PyTypeObject *exception_type_pending(void);

/* It, or one that it is derived from, is called so: with or without the module. */
bool exception_is_called(PyTypeObject *type, struct text name);
/* It is SystemExit's, or derived from it. */
bool exception_is_type_of_exit(PyTypeObject *type);

/* It is a SystemExit. */
bool exception_is_exit(PyObject *exception);
bool exception_is_exit_pending(void);

/* Learn where types and SystemExit have what is looked at; needs a live thread
 * state. */
void exception_measure(void);

#endif
