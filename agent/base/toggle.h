/* SPDX-License-Identifier: Apache-2.0
 *
 * toggle.h: the signal of --signal, the only one for which we have a handler.  It
 * counts, and calls the program's own, which is set and asked for as if ours were
 * not there: where another one was put in its place, ours comes before it again.
 */
#ifndef CODESNAP_TOGGLE_H
#define CODESNAP_TOGGLE_H

#include <stdint.h>

/* From here on it is counted, and heard is called by the handler.  Once; the program's
 * signals are set up. */
void toggle_open(int number, void (*heard)(void));
/* Be in front of whatever is there now.  A system call; any thread. */
void toggle_keep(void);
/* How often it came; 0 before toggle_open. */
uint32_t toggle_count(void);

#endif
