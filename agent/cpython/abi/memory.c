/* SPDX-License-Identifier: Apache-2.0
 *
 * memory.c: the allocator, as the interpreter tells it.
 */
#include "agent/cpython/abi/memory.h"

#include <string.h>

#include "agent/cpython/abi/python.h"

struct allocator { /* PyMemAllocatorEx */
    void *context;
    void *(*take)(void *context, size_t bytes);
    void *(*take_clean)(void *context, size_t count, size_t bytes);
    void *(*resize)(void *context, void *memory, size_t bytes);
    void (*give)(void *context, void *memory);
    void *room[11]; /* for what a later version may add */
};

static struct allocator allocator;

static void *
take_publicly(void *context, size_t bytes)
{
    (void)context;
    return py.PyMem_Malloc(bytes);
}

static void
give_publicly(void *context, void *memory)
{
    (void)context;
    py.PyMem_Free(memory);
}

void
memory_open(bool first)
{
    enum {
        PYMEM_DOMAIN_MEM = 1
    };
    memset(&allocator, 0, sizeof allocator);
    if (first && py.PyMem_GetAllocator)
        py.PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &allocator);
    if (!allocator.take || !allocator.give)
        allocator =
            (struct allocator){.take = take_publicly, .give = give_publicly};
}

bool
memory_is_there(void)
{
    return allocator.take != NULL;
}

void *
memory_take(size_t bytes)
{
    return allocator.take(allocator.context, bytes);
}

void
memory_give(void *memory)
{
    allocator.give(allocator.context, memory);
}
