/* SPDX-License-Identifier: Apache-2.0
 *
 * waiting.h: --wait: until the last process of the session has ended, or the
 * user has had enough.
 */
#ifndef CODESNAP_WAITING_H
#define CODESNAP_WAITING_H

#include <stdbool.h>
#include <stddef.h>

#include "launcher/child.h"
#include "launcher/member.h"

/* How many processes of the session run, by their signs (MEMBER_...) or by what
 * they recorded; the latter counts those that we may not look into. */
size_t waiting_count(struct members *members, const char *session,
                     unsigned signs);

/* Wait for all of them, the session still open.  On a terminal a line says for
 * whom, unless quiet; Ctrl-C there reaches the waiting and nobody else. */
void waiting_run(struct child *child, const char *session, bool quiet);

#endif
