/* SPDX-License-Identifier: Apache-2.0
 *
 * quota.h: how large all spools of a session may become together: --max-size.  They
 * are counted in the session's page of control.  Allocates nothing.
 */
#ifndef CODESNAP_QUOTA_H
#define CODESNAP_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

/* So many bytes; 0: as many as there are. */
void quota_ask(uint64_t bytes);
/* The session in that folder is as large as it may become. */
bool quota_is_used_up(const char *folder);
/* The spool is there, and the page of control: from here on all that is taken is
 * counted, in forked children, too. */
void quota_begin(void);

#endif
