/* SPDX-License-Identifier: Apache-2.0
 *
 * offcpu.h: when a thread was off the processor, blocked or preempted, exactly: the
 * kernel writes a record into a mapped ring each time the thread leaves it or comes
 * back (perf_event_open: Linux's man page says how), and nothing is done with each
 * call.  The ring is read when the thread looks up (tick.h) and when its window is
 * packed.  Each thread has its own; only that thread touches it.
 */
#ifndef CODESNAP_OFFCPU_H
#define CODESNAP_OFFCPU_H

#include "agent/track/thread.h"

/* "yes", "no", or "auto" (or NULL): where that can do no harm.  Before there is any
 * thread. */
void offcpu_want(const char *wish);

/* What is in the ring becomes records of waits on the thread's track, and so does
 * that all is known up to now.  Does nothing where there is no ring. */
void offcpu_drain(struct thread *thread);
/* The same, but nothing is done where nothing is in it. */
void offcpu_leave_track(struct thread *thread);

/* The thread ends. */
void offcpu_end(struct thread *thread);

#endif
