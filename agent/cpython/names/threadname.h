/* SPDX-License-Identifier: Apache-2.0
 *
 * threadname.h: the names that Python's threading has for threads, read without
 * importing anything and without running code of the host.  With the GIL.
 */
#ifndef CODESNAP_THREADNAME_H
#define CODESNAP_THREADNAME_H

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* frame runs a method of a Thread (NULL: it can't be looked into): if that is
 * this thread's, its name is noted, else those of all threads. */
void threadname_of_frame(struct thread *thread, PyObject *frame);
/* Look one thread up among those threading knows. */
void threadname_look_up(struct thread *thread);

#endif
