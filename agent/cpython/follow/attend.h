/* SPDX-License-Identifier: Apache-2.0
 *
 * attend.h: functions that need attention: met for the first time, or watched.
 * With the GIL (or attached, free-threaded); in the slow path only.
 */
#ifndef CODESNAP_ATTEND_H
#define CODESNAP_ATTEND_H

#include "agent/cpython/names/code.h"

/* The word of a function that is not plain: met first, or watched.  It runs in
 * the current frame, or in the given one (NULL: it has no frame object), and has
 * just started, or did so before. */
uint64_t attend_code(PyObject *code, uint64_t word, struct thread *thread,
                     bool starts);
uint64_t attend_code_in(PyObject *code, uint64_t word, struct thread *thread,
                        PyObject *frame, PyObject *globals, bool starts);

#endif
