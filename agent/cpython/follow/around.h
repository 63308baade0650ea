/* SPDX-License-Identifier: Apache-2.0
 *
 * around.h: the named span that @trace puts around each call of a function.  With
 * the GIL (or attached, free-threaded); in the slow path only.
 */
#ifndef CODESNAP_AROUND_H
#define CODESNAP_AROUND_H

#include "agent/cpython/abi/python.h"
#include "agent/cpython/names/spanobject.h"
#include "agent/track/thread.h"

/* The word of a span, named at its first sight; 0 if it can't be named. */
uint32_t around_word(struct spanobject *span, struct thread *thread);

/* A call of such a function, or a step, starts and has ended. */
void around_enter(struct thread *thread, PyObject *code, uint32_t kind);
void around_exit(struct thread *thread, PyObject *code, enum spool_kind kind);

#endif
