/* SPDX-License-Identifier: Apache-2.0
 *
 * fiber.h: the lanes of greenlets: found by the greenlet, named after what it
 * runs.  A greenlet is known by its address and never touched.  As lane.h says
 * of threads.
 */
#ifndef CODESNAP_FIBER_H
#define CODESNAP_FIBER_H

#include "agent/track/lane.h"

/* The lane of a greenlet, or NULL. */
struct lane *fiber_find(struct thread *thread, const void *greenlet);
/* A new one, of the interpreter that is at work, or NULL without memory.  It
 * costs nothing of the spool before its first record.  name is the program's own
 * or "", what the function that it runs. */
struct lane *fiber_make(struct thread *thread, const void *greenlet,
                        struct text name, struct text what);
/* The lane at work is that greenlet's. */
void fiber_claim(struct thread *thread, const void *greenlet);
/* The greenlet has ended, and another lane is at work. */
void fiber_end(struct thread *thread, struct lane *lane);

/* The track at work begins: if it is a greenlet's, what must be told of it, and
 * room for it. */
void fiber_introduce(struct thread *thread);
/* The room kept for windows is the parent's, or of the spool before. */
void fiber_forget_slab(void);

#endif
