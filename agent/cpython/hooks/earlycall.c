/* SPDX-License-Identifier: Apache-2.0
 *
 * earlycall.c: marking them.
 */
#include "agent/cpython/hooks/earlycall.h"

#include "agent/cpython/names/cfunction.h"
#include "agent/track/threads.h"

#define TOLD (1u << 31) /* in kept_from: a profile function was told */

/* == CALLS THAT ARE LEFT OUT ============================================== */

/* Where it is noted from whom the end is kept; NULL: it is not known. */
static uint32_t *
passed_of(const PyObject *callable)
{
    struct passed *passed = thread_own ? &thread_own->left_out : NULL;
    for (unsigned i = 1; passed && i <= THREAD_PASSED; i++) {
        unsigned at = (passed->next - i) % THREAD_PASSED;
        if (passed->calls[at].callable == callable)
            return &passed->calls[at].kept_from;
    }
    return NULL;
}

/* Who is told a begin is to be told its end. */
void
earlycall_tell(const PyObject *callable, int tool)
{
    uint32_t *kept_from = passed_of(callable);
    if (kept_from)
        *kept_from &= ~(1u << tool);
}

bool
earlycall_is_passed_from(const PyObject *callable, int tool)
{
    const uint32_t *kept_from = passed_of(callable);
    return kept_from && *kept_from >> tool & 1;
}

/* == MARKING THEM ========================================================= */

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
    for (unsigned i = 0; thread_own && i < THREAD_PASSED; i++)
        thread_own->left_out.calls[i].kept_from |= tools;
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
    const struct thread *thread = thread_followed();
    coming.place = thread ? thread->top : NULL;
    uint32_t *kept_from = passed_of(callable);
    if (kept_from)
        *kept_from |= TOLD;
}

/* The innermost call, if it is one of callable. */
static struct call *
innermost_of(PyObject *callable)
{
    struct c_callable known = c_callable_of(callable);
    const struct thread *thread = thread_followed();
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
    if (call)
        return !(call->kept_from & TOLD);
    const uint32_t *kept_from = passed_of(callable);
    return kept_from && !(*kept_from & TOLD);
}

void
earlycall_pass(const PyObject *callable)
{
    struct passed *passed = thread_own ? &thread_own->left_out : NULL;
    if (!passed)
        return;
    unsigned at = passed->next++ % THREAD_PASSED;
    passed->calls[at].callable = callable;
    passed->calls[at].kept_from = coming.callable == callable ? TOLD : 0;
}
