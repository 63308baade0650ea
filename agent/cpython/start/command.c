/* SPDX-License-Identifier: Apache-2.0
 *
 * command.c: see command.h.
 */
#include "agent/cpython/start/command.h"

#include "agent/base/process.h"
#include "agent/base/toggle.h"
#include "agent/cpython/abi/guard.h"
#include "agent/cpython/follow/gil.h"
#include "agent/cpython/follow/sampling.h"
#include "agent/cpython/hooks/monitoring.h"
#include "agent/cpython/start/pause.h"
#include "agent/cpython/start/setting.h"
#include "agent/cpython/start/start.h"
#include "agent/store/entry.h"
#include "agent/store/orders.h"
#include "agent/store/spool.h"
#include "agent/track/tick.h"
#include "formats/base/amount.h"
#include "formats/base/phrase.h"
#include "formats/spool/clock.h"

static struct {
    bool awaits; /* the recording has not begun yet */
    uint64_t
        begin_ns;     /* CLOCK_MONOTONIC: it does then; 0: when it is ordered */
    uint64_t end_ns;  /* it ends; 0: not known yet */
    uint32_t toggles; /* signals that were acted upon */
    uint32_t answered;    /* the process that has said what it does */
    uint64_t clock_ticks; /* before that the clock is not asked again */
} command;

/* == WHAT IS DUE ========================================================== */

static bool
is_past(uint64_t ns)
{
    return ns && clock_nanoseconds(CLOCK_MONOTONIC) >= ns;
}

/* --duration counts from the first call that is recorded, in any process. */
static bool
is_over(void)
{
    uint64_t duration = start_options()->duration_ns;
    if (duration && !command.end_ns)
        command.end_ns = orders_end_ns(duration);
    return is_past(command.end_ns);
}

static void
look(struct thread *thread, uint64_t ticks)
{
    (void)ticks;
    toggle_keep();
    if (orders_are_new() || command.toggles != toggle_count() ||
        command.answered != process.pid || is_over())
        tick_call_attention(thread);
}

#define CLOCK_TICKS (UINT64_C(1) << 22) /* some 2 ms */

/* In a process that pauses each call asks. */
bool
command_is_due(void)
{
    if (orders_are_new() || command.toggles != toggle_count())
        return true;
    if (!command.begin_ns && !command.end_ns && !start_options()->signal)
        return false;
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (ticks < command.clock_ticks)
        return false;
    command.clock_ticks = ticks + CLOCK_TICKS;
    toggle_keep();
    return (command.awaits && is_past(command.begin_ns)) ||
           (!pause_is_over() && is_past(command.end_ns));
}

/* == WHAT IS DONE ========================================================= */

static void
go_on(void)
{
    command.awaits = false;
    if (pause_pauser() == PAUSER_ORDERS)
        pause_end();
}

/* An even number of signals is none. */
static void
follow_signals(void)
{
    uint32_t count = toggle_count(), more = count - command.toggles;
    command.toggles = count;
    if (more % 2 == 0 || start_options()->snapshots)
        return;
    if (pause_pauser() == PAUSER_NOBODY)
        pause_begin_by(PAUSER_ORDERS);
    else
        go_on();
}

static void
obey(struct orders orders)
{
    setting_take(&orders);
    if (orders.wanted == CONTROL_PAUSED && pause_pauser() == PAUSER_NOBODY)
        pause_begin_by(PAUSER_ORDERS);
    else if (orders.wanted == CONTROL_RECORDING)
        go_on();
}

static void
say_over(void)
{
    static char text[AMOUNT_ROOM + 64];
    struct phrase phrase = phrase_begin(text, sizeof text);
    char time[AMOUNT_ROOM];
    struct amount amount = {.ns = start_options()->duration_ns};
    phrase_add(&phrase, "the recording ended after %s, as asked",
               amount_say(amount, time));
    if (spool_is_open())
        entry_append_lasting_note(text);
}

static void
finish(void)
{
    if (pause_is_over())
        return;
    process_adopt();
    say_over();
    pause_for_good();
}

static void
do_what_is_due(void)
{
    if (orders_are_new())
        obey(orders_take());
    follow_signals();
    if (command.awaits && is_past(command.begin_ns))
        go_on();
    if (is_past(command.end_ns))
        finish();
    command.answered = process.pid;
    pause_answer();
    monitoring_throttle();
    gil_learn();
}

void
command_act(void)
{
    struct guard guard;
    guard_enter(&guard, NULL);
    guard_let_in();
    do_what_is_due();
    guard_shut_out();
    sampling_act();
    guard_leave(&guard, NULL);
}

/* == THE BEGIN ============================================================ */

void
command_open(void)
{
    tick_add(look);
}

void
command_await(void)
{
    uint64_t delay = start_options()->delay_ns;
    command.awaits = true;
    command.begin_ns = delay ? orders_begin_ns(delay) : 0;
    command.end_ns = orders_known_end_ns();
    pause_await(delay);
    command.answered = process.pid;
    pause_answer();
}
