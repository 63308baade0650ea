/* SPDX-License-Identifier: Apache-2.0
 *
 * monitoring.h: seeing calls by sys.monitoring (PEP 669), from 3.12 on.  With the
 * GIL (or attached, free-threaded).
 */
#ifndef CODESNAP_MONITORING_H
#define CODESNAP_MONITORING_H

#include <stdbool.h>

struct monitor;

/* First of all: make what is registered.  0, or -1. */
int monitoring_open(void);
/* Give the tool ids back. */
void monitoring_close(void);
/* Watch for the program's own first frame; nothing is recorded yet.  0, or -1. */
int monitoring_watch(void);
/* Record from here on: every thread; after a rest, too.  0, or -1. */
int monitoring_begin(bool c_calls);
/* Everything out, for a pause.  Who listens: calls, now and then, ask whether it is to
 * end; surely: as in sentinel.h. */
enum listening {
    LISTENING_NOT,
    LISTENING,
    LISTENING_SURELY
};
void monitoring_rest(enum listening listening);
/* Do what throttle.h wants. */
void monitoring_throttle(void);
/* What hook_knows_all says is another thing by now; up to 3.11 it can't be. */
void monitoring_choose_hooks(void);
/* Another interpreter comes, and is the current one: it is opened.  0, or -1. */
int monitoring_arrive(void);
/* It is about to go. */
void monitoring_forget(struct monitor *monitor);

#endif
