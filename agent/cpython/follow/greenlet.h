/* SPDX-License-Identifier: Apache-2.0
 *
 * greenlet.h: the module greenlet lets several stacks of calls take turns in one
 * thread.  Each gets a track of its own.  With the GIL (or attached,
 * free-threaded).
 */
#ifndef CODESNAP_GREENLET_H
#define CODESNAP_GREENLET_H

/* It may have been imported; where it is not, nothing happens. */
void greenlet_look(void);
/* The interpreter was finalized. */
void greenlet_forget(void);

#endif
