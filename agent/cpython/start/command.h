/* SPDX-License-Identifier: Apache-2.0
 *
 * command.h: what is ordered from outside while the program runs (orders.h), and
 * what is done at a time that was set before: --delay and --duration.  With the GIL
 * (or attached, free-threaded), but for what looks (tick.h).
 */
#ifndef CODESNAP_COMMAND_H
#define CODESNAP_COMMAND_H

#include <stdbool.h>

/* Threads that record look for orders from here on. */
void command_open(void);
/* The program's first code is about to run: nothing of it is recorded before that is
 * ordered. */
void command_await(void);

/* Is anything to be done?  While the recording pauses. */
bool command_is_due(void);
/* Do it.  The recording may pause, go on or end. */
void command_act(void);

#endif
