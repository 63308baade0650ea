/* SPDX-License-Identifier: Apache-2.0
 *
 * earlycall.c: marking them.
 */
#include "agent/cpython/hooks/earlycall.h"

#include "agent/track/threads.h"

static void
mark(struct thread *thread, void *tools)
{
    for (struct call *call = thread->bottom; call < thread->top; call++) {
        if (!earlycall_is_c(call))
            continue;
        if (call->key != earlycall_marked(call->key))
            call->kept_from = 0;
        call->key = earlycall_marked(call->key);
        call->kept_from |= *(const uint32_t *)tools;
    }
}

/* Others than this thread stand still as long as we have the GIL. */
void
earlycall_keep_from(uint32_t tools)
{
    if (py.header_bytes == 2 * sizeof(void *))
        threads_for_each(mark, &tools);
    else if (thread_own)
        mark(thread_own, &tools);
}

const void *
earlycall_key(const struct thread *thread,
              const struct method_definition *definition)
{
    const void *marked = earlycall_marked(definition);
    return thread->top > thread->bottom && thread->top[-1].key == marked
               ? marked
               : definition;
}
