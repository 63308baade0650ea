/* SPDX-License-Identifier: Apache-2.0
 *
 * entry.h: the META chunks of this process image, and appending to them.  Any
 * thread, with or without the GIL; may map memory, never allocates.
 */
#ifndef CODESNAP_ENTRY_H
#define CODESNAP_ENTRY_H

#include "agent/base/process.h"

/* Append one entry: fixed, of fixed_bytes, and count strings behind it.  Returns
 * where it lies, so that parts of it can be stored later: those of the first
 * chunk stay mapped.  NULL: nothing can be recorded any more. */
char *entry_append(const struct spool_meta *fixed, uint32_t fixed_bytes,
                   const struct text *texts, int count);

/* The same with the id that a new function gets, stored at *id in fixed; that id,
 * or -1. */
int64_t entry_append_function(struct spool_meta_function *fixed,
                              const struct text names[3]);
/* The id that the next function gets. */
uint32_t entry_next_id(void);

/* A forked child: its chunks are still to come, ids go on.  The parent's first
 * chunk stays mapped until the child has one of its own. */
void entry_leave_chunks(void);
void entry_leave_first_chunk(void);
/* The spool is given up: ids begin anew, too. */
void entry_forget(void);

#endif
