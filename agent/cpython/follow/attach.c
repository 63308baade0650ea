/* SPDX-License-Identifier: Apache-2.0
 *
 * attach.c: a thread comes, comes back, or goes on in another interpreter.
 */
#include "agent/cpython/follow/attach.h"

#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/follow/gap.h"
#include "agent/cpython/names/threadname.h"
#include "agent/track/threads.h"
#include "agent/track/tick.h"
#include "agent/track/track.h"

uint32_t
attach_to_interpreter(uint32_t number)
{
    struct thread *thread = thread_own;
    if (!thread || thread->interpreter == number)
        return number;
    uint32_t before = thread->interpreter;
    struct track *track = track_of_interpreter(thread, number);
    if (!track)
        return before;
    bool first = !track_was_entered(thread, track->active);
    track_switch(thread, track->active);
    gap_catch_up(thread);
    if (first && thread_current)
        threadname_look_up(thread);
    return before;
}

/* What a look found to be done.  It may pause the recording. */
static void
act(struct thread *thread)
{
    if (thread->unrecorded)
        tick_pass(thread);
    if (thread->bounds)
        thread_set_limit(thread);
    if (!thread->due)
        return;
    thread->due = false;
    upcalls->act();
}

struct thread *
attach_slowly(void)
{
    struct thread *thread = thread_own;
    if (thread_busy)
        return NULL;
    uint32_t interpreter = interpreter_current()->number;
    attach_to_interpreter(interpreter);
    if (thread)
        act(thread);
    if (thread)
        return thread_current ? thread : gap_come_back(thread);
    if (gap_is_open())
        return NULL;
    thread = threads_attach(interpreter);
    if (thread) /* it may have lived long before the recording */
        threadname_look_up(thread);
    return thread;
}
