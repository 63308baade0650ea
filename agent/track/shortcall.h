/* SPDX-License-Identifier: Apache-2.0
 *
 * shortcall.h: calls that are too short to be recorded (--min-duration).  A call is
 * recorded when it starts; if nothing was recorded in it and it was short, that
 * record is taken back when it ends, so that its time is its caller's own.  What
 * can't be taken back stays: readers know the limit, too.
 */
#ifndef CODESNAP_SHORTCALL_H
#define CODESNAP_SHORTCALL_H

#include "agent/track/thread.h"

/* Is there a limit?  Then every exit goes by record_exit. */
extern bool shortcall_is_on;

/* Calls that take less are too short; 0: none is. */
void shortcall_open(uint64_t ns);

/* The call with this record word ends.  true: it was too short, and is not there any
 * more. */
bool shortcall_drop(struct thread *thread, uint32_t word, uint64_t ticks);

#endif
