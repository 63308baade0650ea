/* SPDX-License-Identifier: Apache-2.0
 *
 * lane.c: what is at work is copied in and out, some 200 bytes, so that a switch
 * costs little and the event path nothing.
 */
#include "agent/track/lane.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/base/lock.h"
#include "agent/store/window.h"
#include "agent/track/record.h"

/* Lanes that no thread has; they keep their shadow stacks. */
static struct {
    struct lock lock;
    struct lane *first;
} spare;

/* A member of struct thread in a lane that is not at work. */
#define PARKED(lane, member)                                            \
    ((__typeof__(((struct thread *)0)->member)                          \
          *)(void *)((lane)->calls + (offsetof(struct thread, member) - \
                                      offsetof(struct thread, top))))

/* == SWITCHING ============================================================ */

static char *
calls_of(struct thread *thread)
{
    return (char *)thread + offsetof(struct thread, top);
}

static char *
state_of(struct thread *thread)
{
    return (char *)thread + offsetof(struct thread, armed);
}

/* The state belongs to the interpreter's thread state: all its lanes have it. */
static void
save(struct thread *thread, struct lane *lane)
{
    lane->cursor = thread->cursor;
    memcpy(lane->calls, calls_of(thread), sizeof lane->calls);
    memcpy(lane->own->state, state_of(thread), sizeof lane->state);
    lane->track = thread->track;
}

static void
load(struct thread *thread, struct lane *lane)
{
    thread->cursor = lane->cursor;
    memcpy(calls_of(thread), lane->calls, sizeof lane->calls);
    memcpy(state_of(thread), lane->own->state, sizeof lane->state);
    thread->lane = lane;
}

void
lane_switch(struct thread *thread, struct lane *lane)
{
    struct lane *from = thread->lane;
    if (process_is_new())
        process_adopt();
    lane->own->active = lane;
    if (from == lane)
        return;
    save(thread, from);
    load(thread, lane);
    lane->entered = true;
    *thread->home = thread_is_silent(thread) ? NULL : thread;
}

/* == MAKING =============================================================== */

static struct lane *
take_spare(void)
{
    lock_acquire(&spare.lock);
    struct lane *lane = spare.first;
    if (lane)
        spare.first = lane->next;
    lock_release(&spare.lock);
    return lane;
}

static void
give_spare(struct lane *lane)
{
    lock_acquire(&spare.lock);
    lane->next = spare.first;
    spare.first = lane;
    lock_release(&spare.lock);
}

static void
enlist(struct lanes *lanes, struct lane *lane)
{
    lane->next = lanes->first;
    lane->link = &lanes->first;
    if (lane->next)
        lane->next->link = &lane->next;
    lanes->first = lane;
}

static void
delist(struct lane *lane)
{
    *lane->link = lane->next;
    if (lane->next)
        lane->next->link = lane->link;
}

/* With no call and no record; a spare one has its stack already. */
struct lane *
lane_make(struct lanes *lanes, uint32_t interpreter)
{
    struct lane *lane = take_spare();
    struct call *bottom = lane ? *PARKED(lane, bottom) : NULL;
    struct call *limit = lane ? *PARKED(lane, limit) : NULL;
    if (!lane)
        lane = arena_take(sizeof *lane);
    if (!lane || (!bottom && !(bottom = thread_map_stack(&limit))))
        return NULL;
    memset(lane, 0, sizeof *lane);
    thread_clear_stack(bottom);
    *PARKED(lane, bottom) = *PARKED(lane, top) = bottom;
    *PARKED(lane, limit) = limit;
    *PARKED(lane, interpreter) = lane->interpreter = interpreter;
    enlist(lanes, lane);
    return lane;
}

static void
add_own(struct lanes *lanes, struct lane *lane)
{
    lane->own = lane->active = lane;
    lane->beside = lanes->own;
    __atomic_store_n(&lanes->own, lane, __ATOMIC_RELEASE);
}

/* The thread has one track so far; its lane becomes known. */
int
lane_prepare(struct thread *thread)
{
    if (thread->lanes)
        return 0;
    struct lanes *lanes = arena_take_pages(sizeof *lanes);
    struct lane *lane = lanes ? arena_take(sizeof *lane) : NULL;
    if (!lane) {
        arena_give_pages(lanes, sizeof *lanes);
        return -1;
    }
    lane->interpreter = thread->interpreter;
    enlist(lanes, lane);
    add_own(lanes, lane);
    save(thread, lane);
    thread->lane = lane;
    __atomic_store_n(&thread->lanes, lanes, __ATOMIC_RELEASE);
    return 0;
}

struct lane *
lane_of_interpreter(struct thread *thread, uint32_t interpreter)
{
    if (lane_prepare(thread) < 0)
        return NULL;
    for (struct lane *lane = thread->lanes->own; lane; lane = lane->beside)
        if (lane->interpreter == interpreter)
            return lane;
    struct lane *lane = lane_make(thread->lanes, interpreter);
    if (lane)
        add_own(thread->lanes, lane);
    return lane;
}

uint64_t
lane_own_track(const struct thread *thread, uint32_t interpreter)
{
    const struct lanes *lanes =
        __atomic_load_n(&thread->lanes, __ATOMIC_ACQUIRE);
    if (!lanes)
        return thread->interpreter == interpreter ? thread->track : 0;
    for (const struct lane *lane = lanes->own; lane; lane = lane->beside)
        if (lane->interpreter == interpreter)
            return thread->lane == lane ? thread->track : lane->track;
    return 0;
}

/* == ENDING =============================================================== */

/* Another one is at work. */
static void
end_track(struct thread *thread, struct lane *lane)
{
    struct lane *back = thread->lane;
    save(thread, back);
    load(thread, lane);
    if (lane->paused && thread->cursor.end && thread->top > thread->bottom) {
        thread->top = thread->bottom; /* all ended in it */
        record_gap(thread, clock_ticks(spool_clock_kind), lane->pause_ticks,
                   SPOOL_GAP_PAUSED, 0);
    }
    thread_end_track(thread);
    save(thread, lane);
    load(thread, back);
}

void
lane_finish(struct thread *thread, struct lane *lane)
{
    end_track(thread, lane);
    delist(lane);
    give_spare(lane);
}

bool
lane_is_empty(const struct lane *lane)
{
    return *PARKED(lane, top) == *PARKED(lane, bottom);
}

bool
lane_was_entered(const struct thread *thread, const struct lane *lane)
{
    return lane == thread->lane || lane->entered;
}

static void
remove_own(struct lanes *lanes, struct lane *lane)
{
    struct lane **at = &lanes->own;
    while (*at && *at != lane)
        at = &(*at)->beside;
    if (*at)
        __atomic_store_n(at, lane->beside, __ATOMIC_RELEASE);
}

/* Where the thread goes on when the interpreter at work ends. */
static struct lane *
another(struct thread *thread, uint32_t interpreter)
{
    for (struct lane *lane = thread->lanes->own; lane; lane = lane->beside)
        if (lane->interpreter != interpreter)
            return lane->active;
    struct lane *lane = lane_make(thread->lanes, 0);
    if (lane)
        add_own(thread->lanes, lane);
    return lane;
}

void
lane_end_interpreter(struct thread *thread, uint32_t interpreter)
{
    struct lane *go_on = NULL, *next;
    if (lane_prepare(thread) == 0)
        go_on = another(thread, interpreter);
    if (!go_on)
        return;
    if (thread->interpreter == interpreter)
        lane_switch(thread, go_on);
    for (struct lane *lane = thread->lanes->first; lane; lane = next) {
        next = lane->next;
        if (lane->interpreter != interpreter)
            continue;
        end_track(thread, lane);
        if (lane->own == lane)
            remove_own(thread->lanes, lane);
        delist(lane);
        give_spare(lane);
    }
}

void
lane_end_others(struct thread *thread)
{
    struct lane *at_work = thread->lane;
    if (!at_work)
        return;
    for (struct lane *lane = thread->lanes->first; lane; lane = lane->next)
        if (lane != at_work)
            end_track(thread, lane);
}

/* == ALL OF THEM ========================================================== */

static void
let_go(struct thread *thread, struct lane *lane, bool calls_too)
{
    load(thread, lane);
    window_drop(thread);
    memset(&thread->cursor, 0, sizeof thread->cursor);
    thread->track = 0;
    if (calls_too) {
        thread->top = thread->bottom;
        thread->whole = false;
    }
    save(thread, lane);
}

void
lane_let_go(struct thread *thread, bool calls_too)
{
    struct lane *at_work = thread->lane;
    if (!at_work)
        return;
    save(thread, at_work);
    for (struct lane *lane = thread->lanes->first; lane; lane = lane->next)
        if (lane != at_work)
            let_go(thread, lane, calls_too);
    load(thread, at_work);
}

void
lane_drop_all(struct thread *thread)
{
    struct lane *at_work = thread->lane, *next;
    if (!at_work)
        return;
    save(thread, at_work);
    for (struct lane *lane = thread->lanes->first; lane; lane = next) {
        next = lane->next;
        if (lane == at_work)
            continue;
        let_go(thread, lane, true);
        give_spare(lane);
    }
    load(thread, at_work);
    *PARKED(at_work, bottom) = NULL; /* that stack is the thread's */
    give_spare(at_work);
    arena_give_pages(thread->lanes, sizeof *thread->lanes);
    thread->lane = NULL;
    thread->lanes = NULL;
}

void
lane_pause(struct thread *thread, uint64_t ticks)
{
    struct lane *lane = thread->lanes ? thread->lanes->first : NULL;
    for (; lane; lane = lane->next) {
        if (!lane->paused && lane != thread->lane)
            lane->pause_ticks = ticks;
        lane->paused = lane != thread->lane;
    }
}
