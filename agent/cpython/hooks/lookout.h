/* SPDX-License-Identifier: Apache-2.0
 *
 * lookout.h: up to 3.11 a profile function is told that a C function has raised,
 * but the exception is put aside meanwhile.  The few that end so where nothing is
 * wrong, `next`, `send` and the like, and `sys.exit`, are asked themselves, by
 * wrappers.  With the GIL.
 */
#ifndef CODESNAP_LOOKOUT_H
#define CODESNAP_LOOKOUT_H

#include "agent/cpython/abi/python.h"

/* Once for each interpreter.  What can't be wrapped is not asked. */
void lookout_open(void);

/* How the call of a C function, which has raised just now, has ended. */
enum spool_kind lookout_exit(PyObject *callable);

#endif
