/* SPDX-License-Identifier: Apache-2.0
 *
 * blocking.h: calls of libc that block for long are waits of the thread that makes
 * them (--syscalls).
 */
#ifndef CODESNAP_BLOCKING_H
#define CODESNAP_BLOCKING_H

#include <stdbool.h>

extern bool blocking_is_wanted;

/* They are to be recorded.  Before anything else. */
void blocking_want(bool recorded);
/* A recording starts: name the calls in its spool, and stand in front of them. */
void blocking_begin(void);
/* A function was met for the first time: it may be of a library that is new.  With
 * the GIL. */
void blocking_look(void);

#endif
