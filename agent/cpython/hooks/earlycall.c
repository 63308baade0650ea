/* SPDX-License-Identifier: Apache-2.0
 *
 * earlycall.c: marking them.
 */
#include "agent/cpython/hooks/earlycall.h"

#include "agent/cpython/names/cfunction.h"
#include "agent/track/threads.h"

#define TOLD (1u << 31) /* in kept_from: a profile function was told */

static void
mark(struct thread *thread, void *tools)
{
    for (struct call *call = thread->bottom; call < thread->top; call++) {
        if (!earlycall_is_c(call) || call->kept_from & TOLD)
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

/* == TOLD TO PROFILE FUNCTIONS ============================================ */

/* The call that is to come, and where it will lie. */
static __thread struct {
    const PyObject *callable;
    const struct call *place;
} coming __attribute__((tls_model("initial-exec")));

void
earlycall_expect_told(const PyObject *callable)
{
    coming.callable = callable;
    coming.place = thread_current ? thread_current->top : NULL;
}

/* The innermost call, if it is one of callable. */
static struct call *
innermost_of(PyObject *callable)
{
    struct c_callable known = c_callable_of(callable);
    const struct thread *thread = thread_current;
    if (!known.definition || !thread || thread->top == thread->bottom)
        return NULL;
    struct call *call = thread->top - 1;
    return earlycall_is_c(call) && earlycall_marked(call->key) ==
                                       earlycall_marked(known.definition)
               ? call
               : NULL;
}

/* Where other tools stand between, their code ran since. */
void
earlycall_note_told(PyObject *callable)
{
    struct call *call = innermost_of(callable);
    bool told = coming.callable == callable && call == coming.place;
    coming.callable = NULL;
    if (call && told)
        call->kept_from |= TOLD;
    else if (call)
        call->kept_from &= ~TOLD;
}

bool
earlycall_is_untold(PyObject *callable)
{
    const struct call *call = innermost_of(callable);
    return call && !(call->kept_from & TOLD);
}
