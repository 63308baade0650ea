/* SPDX-License-Identifier: Apache-2.0
 *
 * sweep.h: of a session that keeps only its last part, the spools that programs left
 * behind which have ended: each new one makes room for itself.  Never changes what
 * a living process may still write.  Allocates.
 */
#ifndef CODESNAP_SWEEP_H
#define CODESNAP_SWEEP_H

#include "formats/base/amount.h"

/* Remove those that are older than that, and the oldest ones until all of them
 * together are no larger; what is 0 does not count.  What fails is not said. */
void sweep_session(const char *folder, struct amount last);

#endif
