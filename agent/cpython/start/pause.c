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
#include "agent/store/orders.h"
#include "agent/track/threads.h"

/* == ALL THREADS ========================================================== */

static enum pauser pauser; /* who paused last, as long as nobody resumed */
static bool over;          /* for good */

/* What looks for orders from outside stays in, where it is they that end it. */
static void
take_hooks_out(bool surely)
{
    bool listens = pauser == PAUSER_ORDERS;
    if (py.minor < 12)
        evalframe_rest(listens);
    else
        monitoring_rest(surely    ? LISTENING_SURELY
                        : listens ? LISTENING
                                  : LISTENING_NOT);
}

bool
pause_begin_by(enum pauser who)
{
    bool pauses = !gap_is_open() && start_is_recording();
    bool changes = pauses || (pauser != PAUSER_NOBODY && pauser != who);
    if (pauses)
        gap_open(who == PAUSER_ORDERS ? SPOOL_GAP_ORDERED : SPOOL_GAP_PAUSED);
    if (changes) {
        pauser = who;
        take_hooks_out(false);
    }
    if (pauses)
        threads_park();
    return pauses;
}

bool
pause_begin(void)
{
    bool pauses = pause_begin_by(PAUSER_PROGRAM);
    pause_answer();
    return pauses;
}

void
pause_for_good(void)
{
    over = true;
    pause_begin_by(PAUSER_PROGRAM);
}

bool
pause_is_over(void)
{
    return over;
}

void
pause_answer(void)
{
    if (over)
        orders_answer(CONTROL_ENDED);
    else if (pauser == PAUSER_PROGRAM)
        orders_answer(CONTROL_PAUSED_BY_PROGRAM);
    else if (pauser == PAUSER_ORDERS)
        orders_answer(CONTROL_PAUSED);
    else if (start_is_recording())
        orders_answer(CONTROL_RECORDING);
}

void
pause_await(bool surely)
{
    pauser = PAUSER_ORDERS;
    take_hooks_out(surely);
}

enum pauser
pause_pauser(void)
{
    return pauser;
}

void
pause_stay(void)
{
    pause_begin_by(PAUSER_PROGRAM);
    gap_open(SPOOL_GAP_PAUSED);
}

void
pause_forget(void)
{
    pauser = PAUSER_NOBODY;
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
    if (process_is_broken() || over)
        return false;
    if (start_is_recording() && !gap_is_open())
        return true;
    learn_names();
    pause_forget();
    bool resumed = start_resume() == 0;
    pause_answer();
    return resumed;
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
