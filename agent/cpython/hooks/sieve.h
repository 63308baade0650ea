/* SPDX-License-Identifier: Apache-2.0
 *
 * sieve.h: an object in front of the callback of a tool of the program's, which
 * keeps the ends of early calls (earlycall.h) from it.  With the GIL.
 */
#ifndef CODESNAP_SIEVE_H
#define CODESNAP_SIEVE_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/cpython/abi/python.h"

struct monitor;

/* What is registered in the place of a tool's callback for starts or ends, a new
 * reference; NULL with an exception.  None stays what it is.  It closes our own
 * entry, too, of a call that the callback ends by an exception. */
PyTypeObject *sieve_make_type(void);
PyObject *sieve_make(const struct monitor *monitor, int tool, bool starts,
                     PyObject *callback);
/* And the callback again; takes and gives a reference, NULL for NULL. */
PyObject *sieve_unwrap(const struct monitor *monitor, PyObject *callback);

#endif
