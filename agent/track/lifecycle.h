/* SPDX-License-Identifier: Apache-2.0
 *
 * lifecycle.h: a process image comes, forks and goes, as the spool is told.  Any
 * thread, with or without the GIL; may map memory, never allocates.
 */
#ifndef CODESNAP_LIFECYCLE_H
#define CODESNAP_LIFECYCLE_H

#include "formats/spool/spool.h"

/* Announce the first image in the spool.  interpreter is "CPython 3.11.7";
 * origin is who started it, or NULL.  0, or -1. */
int lifecycle_begin(const char *interpreter,
                    const struct spool_meta_origin *origin);
/* From here on forked children record nothing. */
void lifecycle_leave_children(void);
/* The interpreter ends in order. */
void lifecycle_end(void);
/* The spool is given up; lifecycle_begin may follow, with another one. */
void lifecycle_forget(void);

#endif
