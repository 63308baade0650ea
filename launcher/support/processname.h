/* SPDX-License-Identifier: Apache-2.0
 *
 * processname.h: what people call a process that runs.
 */
#ifndef CODESNAP_SUPPORT_PROCESSNAME_H
#define CODESNAP_SUPPORT_PROCESSNAME_H

#include <stddef.h>
#include <sys/types.h>

/* The script or the module that it runs, or its executable, on one line; "" if it
 * has gone, or is not to be looked into. */
void processname_of(pid_t pid, char *name, size_t room);

#endif
