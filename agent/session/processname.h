/* SPDX-License-Identifier: Apache-2.0
 *
 * processname.h: what this process is called, and whether it is to be recorded.
 */
#ifndef CODESNAP_PROCESSNAME_H
#define CODESNAP_PROCESSNAME_H

#include <stdbool.h>
#include <stddef.h>

/* The arguments of this process, each with its NUL, as many as there is room for;
 * how many bytes that are. */
size_t processname_arguments(char *bytes, size_t room);

/* By its name, as views show it: the script or module that it runs; or its pid.  A
 * process without a /proc fits.  Allocates; where the interpreter starts. */
bool processname_fits(const char *glob);

#endif
