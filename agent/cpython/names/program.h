/* SPDX-License-Identifier: Apache-2.0
 *
 * program.h: which frame is the first one of the program, and no longer the
 * interpreter's own start-up.  With the GIL.
 */
#ifndef CODESNAP_PROGRAM_H
#define CODESNAP_PROGRAM_H

#include <stdbool.h>

#include "agent/cpython/abi/python.h"

/* An interpreter starts its life on this thread: find out who starts it. */
void program_await(void);
/* Code runs before the recording: false where it cannot be the program's, at
 * the cost of a few loads.  Up to 3.10 it is marked on the way (code.h). */
bool program_may_start(PyObject *code);
/* The program starts with this frame: the current one, or up to 3.11 the one
 * that is about to be evaluated. */
bool program_starts(PyObject *code, PyObject *globals);
/* It has started, where everything is recorded from the first import on. */
bool program_has_started(PyObject *code, PyObject *globals);

#endif
