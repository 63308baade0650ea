/* SPDX-License-Identifier: Apache-2.0
 *
 * processname.h: is this one of the processes that are to be recorded?
 */
#ifndef CODESNAP_PROCESSNAME_H
#define CODESNAP_PROCESSNAME_H

#include <stdbool.h>

/* By its name, as views show it: the script or module that it runs; or its pid.  A
 * process without a /proc fits.  Allocates; where the interpreter starts. */
bool processname_fits(const char *glob);

#endif
