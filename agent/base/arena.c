/* SPDX-License-Identifier: Apache-2.0
 *
 * arena.c: a bump allocator over anonymous pages.
 */
#include "agent/base/arena.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/base/lock.h"
#include "agent/base/process.h"

#define BLOCK_BYTES (64u << 10)
#define LEAST_ROOM  512 /* elements of a list that grows */

static struct {
    struct lock lock;
    char *next;
    size_t left;
} arena;

void *
arena_take_pages(size_t bytes)
{
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map != MAP_FAILED)
        return map;
    process_break(errno);
    return NULL;
}

void
arena_give_pages(void *pages, size_t bytes)
{
    if (pages)
        munmap(pages, bytes);
}

void *
arena_grow_pages(void *list, size_t *room, size_t each, size_t index)
{
    size_t wanted = *room ? *room : LEAST_ROOM;
    while (wanted <= index)
        wanted *= 2;
    if (wanted == *room)
        return list;
    void *grown = arena_take_pages(wanted * each);
    if (!grown)
        return NULL;
    if (list)
        memcpy(grown, list, *room * each);
    arena_give_pages(list, *room * each);
    *room = wanted;
    return grown;
}

void *
arena_take(size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > BLOCK_BYTES / 4)
        return arena_take_pages(bytes);
    lock_acquire(&arena.lock);
    if (arena.left < bytes) {
        arena.next = arena_take_pages(BLOCK_BYTES);
        arena.left = arena.next ? BLOCK_BYTES : 0;
    }
    void *taken = arena.left ? arena.next : NULL;
    if (taken) {
        arena.next += bytes;
        arena.left -= bytes;
    }
    lock_release(&arena.lock);
    return taken;
}
