/* SPDX-License-Identifier: Apache-2.0
 *
 * preload.h: the agent's path and the LD_PRELOAD that brings it in.
 */
#ifndef CODESNAP_PRELOAD_H
#define CODESNAP_PRELOAD_H

#include <limits.h>
#include <stddef.h>

/* Find the agent (CODESNAP_AGENT, or beside this program) and give a path to
 * it that LD_PRELOAD can hold, PATH_MAX bytes.  0, or -1 after it has said
 * what is missing. */
int preload_find(char *path);

/* The new value of LD_PRELOAD: the agent once, before what is there, but
 * behind a sanitizer's library, which must stay the first.  existing may be
 * NULL.  The caller frees it; NULL when memory is short. */
char *preload_compose(const char *agent, const char *existing);

#endif
