/* SPDX-License-Identifier: Apache-2.0
 *
 * pause.h: recording that the program itself turns off and on, for all threads
 * or for one.  With the GIL (or attached, free-threaded).
 */
#ifndef CODESNAP_PAUSE_H
#define CODESNAP_PAUSE_H

#include <stdbool.h>

#include "agent/track/thread.h"

/* Take the hooks out, in all threads.  false: nothing was being recorded. */
bool pause_begin(void);
/* Put them in again, or for the first time.  false: nothing can be recorded. */
bool pause_end(void);
/* A recording ends, and nothing is recorded until another one starts. */
void pause_stay(void);
void pause_forget(void);

/* This thread if its events are to be recorded now, else NULL. */
struct thread *pause_thread(void);

/* This thread's events are dropped between the two, which nest. */
void pause_mute(void);
void pause_unmute(void);

#endif
