/* SPDX-License-Identifier: Apache-2.0
 *
 * gap.h: while the recording pauses nothing is recorded; afterwards each thread
 * and each track finds out which of its calls are still open, and writes a GAP.
 * With the GIL (or attached, free-threaded).
 */
#ifndef CODESNAP_GAP_H
#define CODESNAP_GAP_H

#include <stdbool.h>

#include "agent/track/thread.h"

/* The recording pauses for that reason, or goes on. */
void gap_open(enum spool_gap why);
void gap_close(void);
bool gap_is_open(void);

/* Take from the shadow stack what is not being run any more.  In the slow path
 * only. */
void gap_drop_stale(struct thread *thread);
/* A thread that has been here before comes back: NULL while it is muted or
 * everything is paused. */
struct thread *gap_come_back(struct thread *thread);
/* Another track is the current one, which may have been open when a pause started. */
void gap_catch_up(struct thread *thread);

#endif
