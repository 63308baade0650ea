/* SPDX-License-Identifier: Apache-2.0
 *
 * threads.h: the threads of this process: each comes with its first event, and
 * goes with its end.  No GIL needed; allocates pages only.
 */
#ifndef CODESNAP_THREADS_H
#define CODESNAP_THREADS_H

#include "agent/track/thread.h"

/* This thread's, attached if need be, with the calls of that interpreter; NULL if
 * nothing is recorded any more. */
struct thread *threads_attach(uint32_t interpreter);
/* Undo threads_attach for this thread, which has recorded nothing. */
void threads_detach(struct thread *thread);

/* Visit all of them; visit must not come or go. */
void threads_for_each(void (*visit)(struct thread *, void *), void *context);

/* Visit the one whose pthread_self() that is, if it is known, while it can't go. */
void threads_find(uint64_t handle, void (*visit)(struct thread *, void *),
                  void *context);

/* Write records of the calling thread, which need not have the GIL, and is in no
 * event of its own; nothing, if it is parked by now. */
void threads_write(struct thread *thread,
                   void (*write)(struct thread *, const void *),
                   const void *context);

/* The recording pauses now: all threads go without thread_current until they
 * come back (gap.h).  With the GIL. */
void threads_park(void);

/* From now on so many calls are recorded around an open one; each thread finds out
 * with its next event.  With the GIL. */
void threads_bound(uint32_t most_calls);

/* All threads are parked, and the spool is given up: let go of its pieces, and
 * of the open calls. */
void threads_let_go(void);

/* In a forked child: unmap what belongs to threads that do not live here. */
void threads_forget_others(void);

#endif
