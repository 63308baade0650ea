/* SPDX-License-Identifier: Apache-2.0
 *
 * earlycall.c: marking them.
 */
#include "agent/cpython/hooks/earlycall.h"

#include "agent/cpython/names/cfunction.h"
#include "agent/track/threads.h"

#define TOLD (1u << 31) /* in kept_from: a profile function was told */

/* == CALLS THAT ARE LEFT OUT ============================================== */

#define PASSED 8 /* the latest ones */

/* Of this thread; some may be over. */
struct passed {
    const PyObject *callable;
    uint32_t kept_from;
};
static __thread struct {
    struct passed calls[PASSED];
    unsigned next;
} passed __attribute__((tls_model("initial-exec")));

static struct passed *
passed_of(const PyObject *callable)
{
    for (unsigned i = 1; i <= PASSED; i++) {
        struct passed *call = &passed.calls[(passed.next - i) % PASSED];
        if (call->callable == callable)
            return call;
    }
    return NULL;
}

/* Their ends are the tools' again: who is told a begin is to be told its end. */
static void
forget_passed(const PyObject *callable, uint32_t tools)
{
    struct passed *call = passed_of(callable);
    if (call && tools == ~0u)
        call->callable = NULL;
    else if (call)
        call->kept_from &= ~tools;
}

void
earlycall_tell(const PyObject *callable, int tool)
{
    forget_passed(callable, 1u << tool);
}

bool
earlycall_is_passed_from(const PyObject *callable, int tool)
{
    const struct passed *call = passed_of(callable);
    return call && call->kept_from >> tool & 1;
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
    for (unsigned i = 0; i < PASSED; i++)
        passed.calls[i].kept_from |= tools;
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
    forget_passed(callable, ~0u);
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
    const struct passed *known = passed_of(callable);
    return known && !(known->kept_from & TOLD);
}

void
earlycall_pass(const PyObject *callable)
{
    bool told = coming.callable == callable;
    passed.calls[passed.next++ % PASSED] =
        (struct passed){callable, told ? TOLD : 0};
}
