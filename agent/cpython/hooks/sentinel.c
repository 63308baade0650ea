/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel.c: see sentinel.h.
 */
#include "agent/cpython/hooks/sentinel.h"

#include <string.h>

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/interpreter.h"
#include "agent/cpython/abi/upcalls.h"
#include "agent/cpython/hooks/tool.h"
#include "agent/track/thread.h"
#include "formats/spool/clock.h"

#define PERIOD_TICKS (UINT64_C(1) << 26) /* some 20 to 70 ms */
#define TURN_TICKS   (UINT64_C(1) << 34) /* some 5 to 17 s */
#define AFFORDED     500 /* calls in a period: less than 0.2 % of its time */
#define OFTEN        64u /* of one function, at first, where there are more */
#define PLACES       256 /* where functions are counted, by their addresses */

/* Of this period and the one before.  Free-threaded, counts may be lost: they are no
 * more than a guess. */
struct place {
    const PyObject *code;
    uint32_t calls, before;
};

static struct {
    bool surely;
    uint64_t since_ticks, turned_ticks;
    uint32_t calls;
    const PyObject *spared; /* the only one that is told now and then */
    struct place places[PLACES];
} period;

void
sentinel_begin(bool surely)
{
    memset(&period, 0, sizeof period);
    period.surely = surely;
    period.turned_ticks = clock_ticks(spool_clock_kind);
}

/* Begins and ends take turns. */
static void
take_turn(uint64_t ticks)
{
    struct monitor *monitor = &interpreter_current()->monitor;
    struct guard guard;
    period.turned_ticks = ticks;
    if (!monitor->rests || !monitor->listens)
        return;
    guard_enter(&guard, NULL);
    tool_rest(monitor, monitor->listens == monitor->start ? monitor->leave
                                                          : monitor->start);
    guard_leave(&guard, NULL);
}

static void
begin_period(uint64_t ticks)
{
    bool follows = ticks - period.since_ticks < 2 * PERIOD_TICKS;
    period.since_ticks = ticks;
    period.calls = 0;
    period.spared = NULL;
    for (size_t i = 0; i < PLACES; i++) {
        period.places[i].before = follows ? period.places[i].calls : 0;
        period.places[i].calls = 0;
    }
    if (ticks - period.turned_ticks > TURN_TICKS)
        take_turn(ticks);
}

static struct place *
place_of(const PyObject *code)
{
    struct place *place = &period.places[((uintptr_t)code >> 6) % PLACES];
    if (place->code != code)
        *place = (struct place){code, 0, 0};
    return place;
}

/* Is another one told, now as before? */
static bool
has_company(const struct place *own)
{
    for (const struct place *at = period.places; at < period.places + PLACES;
         at++)
        if (at != own && at->calls && at->before)
            return true;
    period.spared = own->code;
    return false;
}

/* The more calls there are altogether, the fewer are too many.  What is told no more
 * costs no more. */
static bool
is_too_often(const PyObject *code)
{
    struct place *own = place_of(code);
    uint32_t over = ++period.calls / AFFORDED;
    if (++own->calls <= OFTEN >> (over < 6 ? over : 6) || !over ||
        code == period.spared || (period.surely && !has_company(own)))
        return false;
    period.calls -= own->calls < period.calls ? own->calls : period.calls;
    own->code = NULL;
    own->calls = own->before = 0;
    return true;
}

enum sentinel
sentinel_look(const PyObject *code)
{
    if (thread_busy)
        return SENTINEL_NOTHING;
    if (upcalls->is_ordered()) {
        upcalls->act();
        return SENTINEL_ACTED;
    }
    uint64_t ticks = clock_ticks(spool_clock_kind);
    if (ticks - period.since_ticks > PERIOD_TICKS)
        begin_period(ticks);
    return is_too_often(code) ? SENTINEL_TOO_OFTEN : SENTINEL_NOTHING;
}
