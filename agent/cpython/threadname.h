/* SPDX-License-Identifier: Apache-2.0
 *
 * threadname.h: the names that Python's threading has for threads, read without
 * importing anything and without running code of the host.  With the GIL.
 */
#ifndef CODESNAP_THREADNAME_H
#define CODESNAP_THREADNAME_H

#include "agent/cpython/python.h"
#include "agent/thread.h"

/* frame runs Thread._bootstrap_inner (its self is this thread's Thread) or
 * threading._shutdown (then all threads are named).  NULL: look them all up. */
void threadname_of_frame(struct thread *thread, PyObject *frame);

#endif
