/* SPDX-License-Identifier: Apache-2.0
 *
 * whom.h: the session that a word on the command line means: its folder, the output
 * that it is for, or the pid of one of its processes.
 */
#ifndef CODESNAP_WHOM_H
#define CODESNAP_WHOM_H

#include <limits.h>

/* The folder, PATH_MAX bytes.  0, or -1 after it has said what is wrong. */
int whom_find(const char *word, char folder[PATH_MAX]);

#endif
