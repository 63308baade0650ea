/* SPDX-License-Identifier: Apache-2.0
 *
 * gil.h: waits for the GIL.  Who wants it waits on one condition, 5 ms at a time, so
 * several such waits in a row are one; and who gives it away on demand waits on another
 * one until somebody has it.  On the thread that waits, without the GIL,
 * and with the mutex of that condition.
 */
#ifndef CODESNAP_GIL_H
#define CODESNAP_GIL_H

#include <stdbool.h>

/* They are to be recorded.  Before anything else. */
void gil_want(bool recorded);
/* Any wait may be one for the GIL: nothing below has to be called before. */
extern bool gil_is_watched;
/* The interpreter is recorded from now on.  With the GIL. */
void gil_watch(void);
/* After a wait, at the thread's next event: that it is over, and where the GIL says
 * who has it.  With the GIL. */
void gil_learn(void);

/* A wait on a condition begins, called for by that code.  true: it is the GIL's, and
 * its end is to be told, with what the wait returned. */
bool gil_wait_begin(const void *condition, const void *caller);
void gil_wait_end(const void *condition, int result);
/* The same of the wait for somebody who takes the GIL. */
bool gil_handing_begin(const void *condition, const void *caller);
void gil_handing_end(void);

#endif
