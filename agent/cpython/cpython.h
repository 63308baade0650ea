/* SPDX-License-Identifier: Apache-2.0
 *
 * cpython.h: the door to the CPython rooms: all that the rest of the agent asks of
 * an interpreter.  What it is told by one is in start.h.
 */
#ifndef CODESNAP_CPYTHON_H
#define CODESNAP_CPYTHON_H

#include "agent/cpython/start/start.h"
#include "agent/session/config.h"

/* Look for an interpreter in this process and lay in wait for its start.
 * Call from the constructor.  0; or -1 where there is none, or none that we
 * know, and then nothing was touched. */
int cpython_await(const struct start_events *events,
                  const struct python_options *options);

/* The same for one that comes later: code at that address calls what each of them
 * calls first; or the program looks a symbol up in what it has loaded.  Any
 * thread; nothing happens before cpython_await. */
void cpython_look_at(const void *code);
void cpython_look_in(void *handle, const char *symbol);

/* A thread is about to wait on a condition, for so long at most, called for by that
 * code: is it for the GIL?  Then the end is to be told, too, with what the wait
 * returned.  Both leave errno as it is. */
bool cpython_waits(const void *condition, const void *code);
void cpython_has_waited(const void *condition, int result);
/* The same of a wait for as long as it takes. */
bool cpython_hands_over(const void *condition, const void *code);
void cpython_has_handed_over(void);

#endif
