/* SPDX-License-Identifier: Apache-2.0
 *
 * gap.c: what a pause left open.
 */
#include "agent/cpython/follow/gap.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/triggered.h"
#include "agent/cpython/names/code.h"
#include "agent/cpython/names/threadname.h"
#include "agent/cpython/names/wanted.h"
#include "agent/track/track.h"

static bool is_open;

void
gap_open(enum spool_gap why)
{
    if (!is_open)
        thread_pause_reason = why;
    is_open = true;
}

void
gap_close(void)
{
    is_open = false;
}

bool
gap_is_open(void)
{
    return is_open;
}

/* == WHAT IS STILL OPEN =================================================== */

struct sought {
    const void *code;
    bool found;
};

static bool
is_of_another(PyFrameObject *frame, void *context)
{
    struct sought *sought = context;
    sought->found = frame_code_of_object(frame) == sought->code;
    return !sought->found;
}

/* Is the function still being run?  By the frames that are. */
static bool
is_running(const void *code)
{
    struct sought sought = {code, false};
    frame_each(is_of_another, &sought);
    return sought.found;
}

/* In 3.11 a call may stand for a frame that was left out and has ended unseen: which
 * one it runs in is found anew by its code. */
static void
forget_frames(struct thread *thread)
{
    for (struct call *call = thread->bottom; call < thread->top; call++)
        if ((call->word & 15) != SPOOL_ENTER_C)
            call->frame = 0;
}

/* Named spans stay open as long as the function in which they started does. */
void
gap_drop_stale(struct thread *thread)
{
    struct call *keep = thread->top;
    for (struct call *call = thread->top; call > thread->bottom; call--) {
        const struct call *innermost = call - 1;
        if (ANNOTATION_IS_SPAN(innermost->key))
            continue;
        bool python = (innermost->word & 15) != SPOOL_ENTER_C;
        if (python && is_running(CODE_OF_KEY(innermost->key)))
            break;
        keep = call - 1;
    }
    thread_cut(thread, keep);
    if (py.minor == 11 && wanted_leaves_out())
        forget_frames(thread);
}

/* == COMING BACK ========================================================== */

struct thread *
gap_come_back(struct thread *thread)
{
    struct guard guard;
    if (is_open || thread->muted || process_is_broken())
        return NULL;
    bool parked = thread->parked;
    thread->parked = false;
    thread_speak();
    if (!parked)
        return thread;
    if (thread->track)
        thread->track->paused = false;
    uint64_t since = clock_ticks(spool_clock_kind);
    bool begun = thread->cursor.end && !process_is_new();
    guard_enter(&guard, NULL);
    gap_drop_stale(thread);
    triggered_drop_stale(thread);
    record_attend(thread);
    if (begun && !thread->displaced)
        record_gap(thread, since, thread->gap_ticks, thread_pause_reason,
                   thread_depth(thread));
    guard_leave(&guard, thread);
    if (!begun)
        threadname_look_up(thread);
    return thread;
}

void
gap_catch_up(struct thread *thread)
{
    struct track *track = thread->track;
    struct guard guard;
    if (!track || !track->paused || is_open || thread->parked)
        return;
    track->paused = false;
    if (!thread->cursor.end)
        return;
    guard_enter(&guard, thread);
    gap_drop_stale(thread);
    record_gap(thread, guard.work.since_ticks, track->pause_ticks,
               thread_pause_reason, thread_depth(thread));
    guard_leave(&guard, thread);
}
