/* SPDX-License-Identifier: Apache-2.0
 *
 * happening.h: what happens in the program, as instants: a log record, a warning, an
 * SQL statement, an HTTP request, a command.  It is read from the arguments of the
 * call that does it (names/happenings.def).  With the GIL (or attached,
 * free-threaded); in the slow path only.
 */
#ifndef CODESNAP_FOLLOW_HAPPENING_H
#define CODESNAP_FOLLOW_HAPPENING_H

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"
#include "formats/base/happening.h"

/* Of each kind so many a second are told; of the others how many they were. */
#define HAPPENING_PER_SECOND 10000u

/* The innermost call, of code, has begun; frame as in local.h. */
void happening_tell(struct thread *thread, PyObject *code, enum happening kind,
                    void *frame);

#endif
