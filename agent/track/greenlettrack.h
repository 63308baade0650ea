/* SPDX-License-Identifier: Apache-2.0
 *
 * greenlettrack.h: the tracks of greenlets: found by the greenlet, named after
 * what it runs.  A greenlet is known by its address and never touched.  As
 * track.h says of threads.
 */
#ifndef CODESNAP_GREENLETTRACK_H
#define CODESNAP_GREENLETTRACK_H

#include "agent/base/text.h"
#include "agent/track/track.h"

/* The track of a greenlet, or NULL. */
struct track *greenlettrack_find(struct thread *thread, const void *greenlet);
/* A new one, of the current interpreter, or NULL without memory.  It
 * costs nothing of the spool before its first record.  name is the program's own
 * or "", what the function that it runs. */
struct track *greenlettrack_make(struct thread *thread, const void *greenlet,
                                 struct text name, struct text what);
/* The current track is that greenlet's. */
void greenlettrack_claim(struct thread *thread, const void *greenlet);
/* The greenlet has ended, and its track is not the current one. */
void greenlettrack_end(struct thread *thread, struct track *track);

/* The room kept for windows is the parent's, or of the spool before. */
void greenlettrack_forget_slab(void);

#endif
