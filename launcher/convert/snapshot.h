/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.h: what a session holds by now becomes an output, while its processes go
 * on; they notice nothing.
 */
#ifndef CODESNAP_LAUNCHER_SNAPSHOT_H
#define CODESNAP_LAUNCHER_SNAPSHOT_H

#include "launcher/support/options.h"

/* 0; or the status to end with after it has said what is wrong.  Its options are the
 * format and --quiet. */
int snapshot_take(const struct options *options, const char *session,
                  const char *path);

#endif
