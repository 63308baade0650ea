/* SPDX-License-Identifier: Apache-2.0
 *
 * collector.h: up to 3.11 the making of an object may start a collection, which
 * runs code of the program's in the midst of ours.  It is put off until the
 * program's own next object.  With the GIL.
 */
#ifndef CODESNAP_COLLECTOR_H
#define CODESNAP_COLLECTOR_H

#include <stdbool.h>

/* Find the switch; needs a live thread state. */
void collector_find(void);
/* Turn it off; true if it was on, and start is to follow. */
bool collector_stop(void);
void collector_start(void);

#endif
