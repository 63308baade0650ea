/* SPDX-License-Identifier: Apache-2.0
 *
 * framecall.h: recording by frame evaluation itself, up to 3.11, where C calls
 * are not wanted: several times cheaper than a profile function.
 *
 * In 3.13 it would still cost half of what sys.monitoring does, but misses calls:
 * an __init__ that CALL_ALLOC_AND_ENTER_INIT inlines is not evaluated apart.  In
 * 3.12 it costs as much.
 */
#ifndef CODESNAP_FRAMECALL_H
#define CODESNAP_FRAMECALL_H

#include <stdbool.h>

/* A frame evaluation function: (frame, throw) up to 3.8, (thread state, frame,
 * throw) from then on. */
struct _object;
typedef struct _object *evaluate_36(void *frame, int throwing);
typedef struct _object *evaluate_39(void *state, void *frame, int throwing);

/* The function to put in, see hook_knows_all.  It evaluates with next; aside(true)
 * takes it out for all threads, aside(false) puts it back in (3.11 only). */
void *framecall_begin(void *next, void (*aside)(bool aside));

/* Is it one of those? */
bool framecall_owns(const void *function);

/* The recording starts or goes on: true where, in 3.11, a thread is still so deep
 * that the profile functions have to see to it, and are in place now. */
bool framecall_stays_aside(void);

#endif
