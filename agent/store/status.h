/* SPDX-License-Identifier: Apache-2.0
 *
 * status.h: reports in the spool of how processes end.  Any thread, with or
 * without the GIL; never allocates.
 */
#ifndef CODESNAP_STATUS_H
#define CODESNAP_STATUS_H

#include <stdint.h>

/* Secure the place for this process's own.  0, or -1. */
int status_begin(void);
/* That place is the parent's, or of the spool before. */
void status_forget(void);
/* The process is about to end with that status; in a signal handler, too. */
void status_report_own(int status);
/* It was told how a child of its ended. */
void status_report_child(uint32_t pid, int wait_status);

#endif
