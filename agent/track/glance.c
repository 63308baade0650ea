/* SPDX-License-Identifier: Apache-2.0
 *
 * glance.c: see glance.h.  The other thread goes on meanwhile, but it does not go
 * (threads_find's lock), and neither does its shadow stack (thread_stacks): its top
 * leads to a call at any instant, be it to the one below the bottom, which is none.
 */
#include "agent/track/glance.h"

#include "agent/base/lock.h"
#include "agent/track/record.h"
#include "agent/track/threads.h"

/* The id of the innermost call that is recorded + 1. */
static uint32_t
function_of(const struct thread *thread)
{
    struct call *const *place =
        thread->unrecorded ? &thread->unrecorded : &thread->top;
    const struct call *top = __atomic_load_n(place, __ATOMIC_RELAXED);
    uint32_t word = top ? __atomic_load_n(&top[-1].word, __ATOMIC_RELAXED) : 0;
    return word & 15 ? (RECORD_ID(word) >> SPOOL_KIND_BITS) + 1 : 0;
}

static void
look(struct thread *thread, void *context)
{
    struct glance *glance = context;
    lock_acquire(&thread_stacks);
    glance->function = function_of(thread);
    glance->track = thread->track_number + 1;
    lock_release(&thread_stacks);
}

struct glance
glance_at(uint64_t handle)
{
    struct glance glance = {0};
    threads_find(handle, look, &glance);
    return glance;
}
