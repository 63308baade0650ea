/* SPDX-License-Identifier: Apache-2.0
 *
 * pause.c: a pause costs the event path nothing.  The hooks are taken out, and
 * every thread loses its thread_current, so that its first event afterwards
 * takes the slow path: there the thread sees to what the pause left open (gap.c).
 */
#include "agent/cpython/start/pause.h"

#include "agent/base/process.h"
#include "agent/cpython/abi/python.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/follow/gap.h"
#include "agent/cpython/hooks/evalframe.h"
#include "agent/cpython/hooks/monitoring.h"
#include "agent/cpython/names/loaded.h"
#include "agent/cpython/start/start.h"
#include "agent/track/threads.h"

/* == ALL THREADS ========================================================== */

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
    if (gap_is_open() || !start_is_recording())
        return false;
    gap_open();
    take_hooks_out();
    threads_park();
    return true;
}

void
pause_stay(void)
{
    pause_begin();
    gap_open();
}

void
pause_forget(void)
{
    gap_close();
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
    if (process_is_broken() || (start_is_recording() && !gap_is_open()))
        return start_is_recording() && !process_is_broken();
    learn_names();
    gap_close();
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
    return gap_is_open() || !start_is_recording() ? NULL : attach_thread();
}
