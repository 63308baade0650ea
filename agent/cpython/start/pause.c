/* SPDX-License-Identifier: Apache-2.0
 *
 * pause.c: a pause costs the event path nothing.  The hooks are taken out, and
 * every thread loses its thread_current, so that its first event afterwards
 * takes the slow path: there the thread finds out which of its open calls are
 * still open, and writes a GAP.
 */
#include "agent/cpython/start/pause.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/hooks/hook.h"
#include "agent/cpython/names/loaded.h"
#include "agent/cpython/names/threadname.h"
#include "agent/track/threads.h"
#include "agent/track/track.h"

static bool paused;

/* == WHAT IS STILL OPEN =================================================== */

struct wanted {
    const void *code;
    bool found;
};

static bool
is_of_another(PyFrameObject *frame, void *context)
{
    struct wanted *wanted = context;
    wanted->found = frame_code_of_object(frame) == wanted->code;
    return !wanted->found;
}

/* Is the function still being run?  By the frames that are. */
static bool
is_running(const void *code)
{
    struct wanted wanted = {code, false};
    frame_each(is_of_another, &wanted);
    return wanted.found;
}

/* Named spans stay open as long as the function in which they began does. */
void
pause_drop_stale(struct thread *thread)
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
    thread->top = keep;
}

/* == ALL THREADS ========================================================== */

bool
pause_is_on(void)
{
    return paused;
}

static void
take_hooks_out(void)
{
    if (py.minor >= 12)
        monitoring_rest();
    else
        evalframe_rest();
}

bool
pause_begin(void)
{
    if (paused || !start_is_recording())
        return false;
    paused = true;
    take_hooks_out();
    threads_park();
    return true;
}

void
pause_stay(void)
{
    pause_begin();
    paused = true;
}

void
pause_forget(void)
{
    paused = false;
}

/* Functions made in the meantime have their qualified names only here. */
static void
learn_names(void)
{
    if (py.minor < 11)
        loaded_mark();
}

bool
pause_end(void)
{
    if (process_is_broken() || (start_is_recording() && !paused))
        return start_is_recording() && !process_is_broken();
    learn_names();
    paused = false;
    return start_resume() == 0;
}

/* == ONE THREAD =========================================================== */

void
pause_mute(void)
{
    struct thread *thread = pause_thread();
    thread = thread ? thread : thread_own;
    if (!thread)
        return;
    thread->muted++;
    thread_hush();
}

void
pause_unmute(void)
{
    struct thread *thread = thread_own;
    if (thread && thread->muted && --thread->muted == 0)
        thread_speak();
}

struct thread *
pause_thread(void)
{
    return paused || !start_is_recording() ? NULL : hook_thread();
}

struct thread *
pause_come_back(struct thread *thread)
{
    struct guard guard;
    if (paused || thread->muted || process_is_broken())
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
    pause_drop_stale(thread);
    record_attend(thread);
    if (begun && !thread->displaced)
        record_gap(thread, since, thread->gap_ticks, SPOOL_GAP_PAUSED,
                   thread_depth(thread));
    guard_leave(&guard, thread);
    if (!begun)
        threadname_look_up(thread);
    return thread;
}

void
pause_catch_up(struct thread *thread)
{
    struct track *track = thread->track;
    struct guard guard;
    if (!track || !track->paused || paused || thread->parked)
        return;
    track->paused = false;
    if (!thread->cursor.end)
        return;
    guard_enter(&guard, thread);
    pause_drop_stale(thread);
    record_gap(thread, guard.work.since_ticks, track->pause_ticks,
               SPOOL_GAP_PAUSED, thread_depth(thread));
    guard_leave(&guard, thread);
}
