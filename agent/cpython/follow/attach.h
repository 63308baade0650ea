/* SPDX-License-Identifier: Apache-2.0
 *
 * attach.h: whose track this thread's events go into.  With the GIL (or attached,
 * free-threaded).
 */
#ifndef CODESNAP_ATTACH_H
#define CODESNAP_ATTACH_H

#include "agent/track/record.h"

/* The thread's first event, or its first one after a pause; NULL if nothing is
 * recorded now. */
struct thread *attach_slowly(void);

/* The calling thread, if its events are to be recorded; else NULL. */
static inline struct thread *
attach_thread(void)
{
    struct thread *thread = thread_current;
    return likely(thread != NULL) ? thread : attach_slowly();
}

/* This thread goes on with an interpreter's calls; returns whose it went on with
 * before.  An unattached thread stays so. */
uint32_t attach_to_interpreter(uint32_t number);

#endif
