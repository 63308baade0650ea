/* SPDX-License-Identifier: Apache-2.0
 *
 * argument.h: arguments and return values of chosen functions, as records behind the
 * entry and before the exit.  With the GIL (or attached, free-threaded); in the slow
 * path only.
 */
#ifndef CODESNAP_ARGUMENT_H
#define CODESNAP_ARGUMENT_H

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* Of one function so many calls a second are looked at, or as many as that takes: the
 * others are recorded without. */
#define ARGUMENT_LOOKS_PER_SECOND 10000u
#define ARGUMENT_NS_PER_SECOND    100000000u

/* The innermost call, of code, has begun; frame as in local.h. */
void argument_enter(struct thread *thread, PyObject *code, void *frame);
/* It is about to return the value. */
void argument_exit(struct thread *thread, PyObject *code, PyObject *value);

#endif
