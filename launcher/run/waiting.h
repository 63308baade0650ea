/* SPDX-License-Identifier: Apache-2.0
 *
 * waiting.h: --wait: until the last process of the session has ended, or the
 * user has had enough.
 */
#ifndef CODESNAP_WAITING_H
#define CODESNAP_WAITING_H

#include <stdbool.h>

#include "launcher/support/child.h"

/* Wait for all of them, the session still open.  On a terminal a line says for
 * whom, unless quiet; Ctrl-C there reaches the waiting and nobody else. */
void waiting_run(struct child *child, const char *session, bool quiet);

#endif
