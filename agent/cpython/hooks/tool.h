/* SPDX-License-Identifier: Apache-2.0
 *
 * tool.h: the tool ids that we hold in sys.monitoring, as if we held none.  A
 * program that asks for one of them finds it free: we move to another one first,
 * and where there is none the recording pauses until one is given back.
 *
 * There are two, because CPython loses INSTRUCTION events of code that one tool
 * instruments when a second one comes (gh-157900: breakpoint() of 3.13 stops a
 * line late by it): with two of ours in all code from the start nobody is ever
 * the second one.  What they share is PY_YIELD, which the second one disables
 * wherever it comes.  In a pause, which is to cost nothing, it is STOP_ITERATION,
 * which both disable, and the second one listens for orders (sentinel.h).  With the
 * GIL.
 */
#ifndef CODESNAP_TOOL_H
#define CODESNAP_TOOL_H

#include "agent/cpython/abi/interpreter.h"

enum {
    TOOL_EVENTS = 16, /* kinds of event that we may register for */
    TOOL_IDS = 6      /* that programs may use */
};

/* Know the current interpreter's sys.monitoring.  0, or -1. */
int tool_open(struct monitor *monitor);
/* Have the ids.  0; or -1 if none is free. */
int tool_take(struct monitor *monitor);
void tool_give_back(struct monitor *monitor);
/* callback takes the place of the one at the same index.  0, or -1. */
int tool_register(struct monitor *monitor, size_t index, long event,
                  PyObject *callback);
/* There is none at this index any more, nor behind it. */
void tool_unregister_from(struct monitor *monitor, size_t index);
/* What was disabled is told again, unless the program has a tool: 0, or -1. */
int tool_restart(struct monitor *monitor);
/* What the first id is told: 0, or -1. */
int tool_set_events(struct monitor *monitor, long events);
/* In a pause: the first id is told nothing, the second one the event listens, if it is
 * not 0, until tool_set_events. */
void tool_rest(struct monitor *monitor, long listens);
/* The number of an event of that name, or 0. */
long tool_event(const struct monitor *monitor, const char *name);
/* Does a tool of the program's ask for calls, in any code or in this one? */
bool tool_others_see_calls(const struct monitor *monitor, PyObject *code);

#endif
