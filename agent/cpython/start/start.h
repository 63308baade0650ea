/* SPDX-License-Identifier: Apache-2.0
 *
 * start.h: what library.c tells of the interpreter whose functions py has.  With
 * the GIL.
 */
#ifndef CODESNAP_START_H
#define CODESNAP_START_H

#include <stdbool.h>

/* An interpreter begins its imports: the first one, or one more. */
void start_wake(void);
/* The current interpreter goes on with them. */
void start_arrive(void);
/* One lives and is watched, or recorded. */
bool start_is_awake(void);
/* Another library's interpreters follow: what was measured is void. */
void start_forget_layout(void);

#endif
