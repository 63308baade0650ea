/* SPDX-License-Identifier: Apache-2.0
 *
 * happening.c: see happening.h.
 */
#include "agent/cpython/follow/happening.h"

#include <string.h>

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/values/account.h"
#include "formats/spool/clock.h"

/* == HOW OFTEN ============================================================ */

static struct {
    uint64_t since_ns; /* a second began */
    uint32_t told;     /* in it */
    uint32_t passed;   /* since one was told */
} counts[HAPPENINGS];

/* Threads that run at once, free-threaded, may lose a count. */
static bool
may_tell(enum happening kind)
{
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    if (now - counts[kind].since_ns > 1000000000u) {
        counts[kind].since_ns = now;
        counts[kind].told = 0;
    }
    if (counts[kind].told < HAPPENING_PER_SECOND) {
        counts[kind].told++;
        return true;
    }
    counts[kind].passed++;
    return false;
}

/* A statement goes from one library to the next below: the outermost call of them
 * tells it. */
static bool
is_inside_another(struct thread *thread, enum happening kind)
{
    struct call *calls = thread->bottom;
    uint32_t depth = (uint32_t)thread_open(thread);
    if (kind != HAPPENING_SQL)
        return false;
    if (thread->statement.depth && thread->statement.depth < depth &&
        calls[thread->statement.depth - 1].key == thread->statement.key)
        return true;
    thread->statement.depth = depth;
    thread->statement.key = thread->top[-1].key;
    return false;
}

/* == TELLING ============================================================== */

static void
tell(struct thread *thread, struct account *account, enum happening kind)
{
    if (counts[kind].passed)
        account_add_number(account, "not_told_before", counts[kind].passed);
    counts[kind].passed = 0;
    annotation_instant_text(thread, annotation_text(account->name),
                            account_end(account));
}

void
happening_tell(struct thread *thread, PyObject *code, enum happening kind,
               void *frame)
{
    struct account account;
    struct guard guard;
    if (thread->unrecorded || is_inside_another(thread, kind) ||
        !may_tell(kind))
        return;
    guard_enter(&guard, thread);
    if (account_read(&account, kind, code, frame) && !thread->parked)
        tell(thread, &account, kind);
    guard_leave(&guard, thread);
}
