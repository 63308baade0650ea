/* SPDX-License-Identifier: Apache-2.0
 *
 * stale.h: calls on the shadow stack that ended unseen.  With the GIL; in the slow
 * path only.
 */
#ifndef CODESNAP_STALE_H
#define CODESNAP_STALE_H

#include "agent/track/thread.h"

/* Take from the shadow stack what is not being run any more. */
void stale_drop(struct thread *thread);

#endif
