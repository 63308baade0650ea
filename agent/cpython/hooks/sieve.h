/* SPDX-License-Identifier: Apache-2.0
 *
 * sieve.h: what keeps the ends of calls of C functions from those who would not
 * be told of them without us.
 *
 * An instruction that calls tells both the begin and the end of the call, or
 * neither: that is decided before the call.  While we record, all of them tell,
 * so a tool or a profile function that is set during a call (in the least of
 * sys.setprofile itself) would hear of an end without a begin.  The pure-Python
 * module profile takes that for a mistake.  With the GIL.
 */
#ifndef CODESNAP_SIEVE_H
#define CODESNAP_SIEVE_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/cpython/abi/python.h"

struct monitor;
struct thread;

/* Stand in front of sys.setprofile, in the current interpreter.  0, or -1. */
int sieve_open(void);
/* Is a profile function set that came by sys.setprofile?  From 3.12. */
bool sieve_is_profiled(void);

/* The calls of C functions that are open now, on all threads, are to end without
 * these tools, a bit each: they get an odd key. */
void sieve_keep_from(uint32_t tools);
/* What the innermost call of a C function is known by. */
const void *sieve_key(const struct thread *thread,
                      const struct method_definition *definition);

/* What is registered in the place of a tool's callback for begins or ends, a new
 * reference; NULL with an exception.  None stays what it is.  It closes our own
 * entry, too, of a call that the callback ends by an exception. */
PyTypeObject *sieve_make_type(void);
PyObject *sieve_make(const struct monitor *monitor, int tool, bool begins,
                     PyObject *callback);
/* And the callback again; takes and gives a reference, NULL for NULL. */
PyObject *sieve_unwrap(const struct monitor *monitor, PyObject *callback);

#endif
