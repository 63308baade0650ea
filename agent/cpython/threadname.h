/* SPDX-License-Identifier: Apache-2.0
 *
 * threadname.h: the names that Python's threading has for threads, read without
 * importing anything and without running code of the host.  With the GIL.
 */
#ifndef CODESNAP_THREADNAME_H
#define CODESNAP_THREADNAME_H

#include "agent/cpython/python.h"
#include "agent/thread.h"

/* The running function is Thread._bootstrap_inner (its self is this thread's
 * Thread) or threading._shutdown (then all threads are named). */
void threadname_of_frame(struct thread *thread);
/* Look the thread up among those threading knows. */
void threadname_look_up(struct thread *thread);

#endif
