/* SPDX-License-Identifier: Apache-2.0
 *
 * arena.h: memory of our own, for the life of the process: the host's
 * allocator is not touched, and its statistics do not show us.  Where there is
 * none the process is broken: what it should have held would be missing.
 */
#ifndef CODESNAP_ARENA_H
#define CODESNAP_ARENA_H

#include <stddef.h>

/* bytes of zeroed memory, aligned to 16; NULL if there is none.  Any thread. */
void *arena_take(size_t bytes);
/* The same in pages of its own, for arena_give_pages. */
void *arena_take_pages(size_t bytes);
void arena_give_pages(void *pages, size_t bytes);
/* A list in such pages, of *room elements of each bytes (NULL and 0 at first), with
 * room for element index: itself, or where it has moved to.  NULL if there is no
 * memory, and then it is as it was. */
void *arena_grow_pages(void *list, size_t *room, size_t each, size_t index);

#endif
