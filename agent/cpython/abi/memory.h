/* SPDX-License-Identifier: Apache-2.0
 *
 * memory.h: memory of the interpreter's own, of the kind that PyMem_Malloc gives,
 * for what it will free.  Where the agent was there first, it comes from below
 * whatever a program puts around the allocator later on (tracemalloc): such a
 * hook must cope with memory from before it.  With the GIL.
 */
#ifndef CODESNAP_MEMORY_H
#define CODESNAP_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* The interpreter starts: nothing is around its allocator yet; or the agent came
 * late. */
void memory_open(bool first);
bool memory_is_there(void);
/* NULL if there is none. */
void *memory_take(size_t bytes);
void memory_give(void *memory);

#endif
