/* SPDX-License-Identifier: Apache-2.0
 *
 * lane.c: what is at work is copied in and out, some 200 bytes, so that a switch
 * costs little and the event path nothing.
 *
 * A track takes at least a page of the spool, so not every one of a million
 * greenlets gets one: past GREENLET_TRACKS of them, a greenlet goes on in the
 * track of one that ended.
 */
#include "agent/lane.h"

#include <stdio.h>
#include <string.h>

#include "agent/arena.h"
#include "agent/lock.h"
#include "agent/record.h"
#include "agent/window.h"

#define GREENLET_TRACKS 1000
#define BUCKETS         1021
#define WINDOW_BYTES    (16u << 10) /* of a greenlet's track */
#define SLAB_BYTES      (1u << 20)  /* so many of them in one mapping */

struct lanes {
    struct lane *first, *own, *idle;
    struct lane *buckets[BUCKETS];
};

/* Lanes that no thread has; they keep their shadow stacks. */
static struct {
    struct lock lock;
    struct lane *first;
    struct piece slab;
    uint32_t greenlets, tracks; /* numbers given out; atomic */
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
    bool silent = thread->parked || thread->muted;
    *thread->home = silent ? NULL : thread;
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
static struct lane *
make(struct lanes *lanes, uint32_t interpreter)
{
    struct lane *lane = take_spare();
    struct call *bottom = lane ? *PARKED(lane, bottom) : NULL;
    struct call *limit = lane ? *PARKED(lane, limit) : NULL;
    if (!lane)
        lane = arena_take(sizeof *lane);
    if (!lane || (!bottom && !(bottom = thread_map_stack(&limit))))
        return NULL;
    memset(lane, 0, sizeof *lane);
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
static int
prepare(struct thread *thread)
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
    if (prepare(thread) < 0)
        return NULL;
    for (struct lane *lane = thread->lanes->own; lane; lane = lane->beside)
        if (lane->interpreter == interpreter)
            return lane;
    struct lane *lane = make(thread->lanes, interpreter);
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

/* == GREENLETS ============================================================ */

static struct lane **
bucket_of(struct lanes *lanes, const void *greenlet)
{
    return &lanes->buckets[((uintptr_t)greenlet >> 4) % BUCKETS];
}

static void
put_in_bucket(struct lanes *lanes, struct lane *lane, const void *greenlet)
{
    struct lane **bucket = bucket_of(lanes, greenlet);
    lane->greenlet = greenlet;
    lane->beside = *bucket;
    *bucket = lane;
}

static void
take_from_bucket(struct lanes *lanes, struct lane *lane)
{
    struct lane **at = bucket_of(lanes, lane->greenlet);
    while (*at && *at != lane)
        at = &(*at)->beside;
    if (*at)
        *at = lane->beside;
    lane->greenlet = NULL;
}

/* Own lanes lie in no bucket; they are few. */
struct lane *
lane_of_greenlet(struct thread *thread, const void *greenlet)
{
    struct lanes *lanes = thread->lanes;
    struct lane *lane = lanes ? *bucket_of(lanes, greenlet) : NULL;
    while (lane && lane->greenlet != greenlet)
        lane = lane->beside;
    if (lane || !lanes)
        return lane;
    for (lane = lanes->own; lane && lane->greenlet != greenlet;)
        lane = lane->beside;
    return lane;
}

/* "greenlet 3 (work)", or as the program named it. */
static void
set_name(struct lane *lane, struct text name, struct text what)
{
    int room = (int)sizeof lane->name, length;
    uint32_t number = __atomic_add_fetch(&spare.greenlets, 1, __ATOMIC_RELAXED);
    if (name.length)
        length = snprintf(lane->name, sizeof lane->name, "greenlet %.*s",
                          (int)name.length, name.bytes);
    else
        length = snprintf(lane->name, sizeof lane->name, "greenlet %u (%.*s)",
                          number, (int)what.length, what.bytes);
    lane->name_bytes = (uint32_t)(length < room ? length : room - 1);
}

static uint32_t
hash(struct text text)
{
    uint32_t sum = 2166136261u;
    for (uint32_t i = 0; i < text.length; i++)
        sum = (sum ^ (unsigned char)text.bytes[i]) * 16777619u;
    return sum;
}

static void
name_again(struct lane *lane, bool same, struct text what)
{
    char name[LANE_NAME_BYTES];
    int length = 0, room = sizeof name;
    if (same)
        length = snprintf(name, sizeof name, "greenlets (%.*s)",
                          (int)what.length, what.bytes);
    else
        length = snprintf(name, sizeof name, "greenlets");
    length = length < room ? length : room - 1;
    if ((uint32_t)length == lane->name_bytes &&
        memcmp(name, lane->name, lane->name_bytes) == 0)
        return;
    memcpy(lane->name, name, sizeof name);
    lane->name_bytes = (uint32_t)length;
    if (lane->track)
        process_name_track(lane->track, (struct text){lane->name, length});
}

/* The lane of one that ended. */
static struct lane *
take_idle(struct lanes *lanes, struct text what)
{
    struct lane *lane = lanes->idle;
    if (!lane)
        return NULL;
    lanes->idle = lane->beside;
    if (lane->what != hash(what)) {
        name_again(lane, false, what);
        lane->what = 0; /* of several, for ever */
    } else {
        name_again(lane, true, what);
    }
    return lane;
}

struct lane *
lane_make(struct thread *thread, const void *greenlet, struct text name,
          struct text what)
{
    if (prepare(thread) < 0)
        return NULL;
    struct lane *lane = take_idle(thread->lanes, what);
    if (!lane) {
        lane = make(thread->lanes, thread->interpreter);
        if (!lane)
            return NULL;
        set_name(lane, name, what);
        lane->what = hash(what);
    }
    lane->own = thread->lane->own;
    put_in_bucket(thread->lanes, lane, greenlet);
    return lane;
}

void
lane_claim(struct thread *thread, const void *greenlet)
{
    if (prepare(thread) == 0)
        thread->lane->own->greenlet = greenlet;
}

/* == ENDING =============================================================== */

static void
remove_lane(struct thread *thread, struct lane *lane)
{
    if (lane->greenlet && lane->own != lane)
        take_from_bucket(thread->lanes, lane);
    delist(lane);
    give_spare(lane);
}

/* Another one is at work. */
static void
end_track(struct thread *thread, struct lane *lane)
{
    struct lane *back = thread->lane;
    save(thread, back);
    load(thread, lane);
    if (lane->paused && thread->cursor.end && thread->top > thread->bottom) {
        uint64_t payload[3] = {lane->pause_ticks, 2, 0}; /* all ended in it */
        thread->top = thread->bottom;
        record_extended(thread, clock_ticks(spool_clock_kind), SPOOL_EXT_GAP,
                        payload, 3);
    }
    thread_end_track(thread);
    save(thread, lane);
    load(thread, back);
}

/* Something must have kept its calls open where there are any: such a track is
 * no place for another greenlet's. */
void
lane_end(struct thread *thread, struct lane *lane)
{
    bool clean = *PARKED(lane, top) == *PARKED(lane, bottom);
    if (lane == thread->lane || lane->own == lane)
        return;
    if (lane->own->active == lane)
        lane->own->active = lane->own;
    if (clean && lane->cursor.end &&
        __atomic_load_n(&spare.tracks, __ATOMIC_RELAXED) >= GREENLET_TRACKS) {
        take_from_bucket(thread->lanes, lane);
        lane->beside = thread->lanes->idle;
        thread->lanes->idle = lane;
        return;
    }
    end_track(thread, lane);
    remove_lane(thread, lane);
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
    struct lane *lane = make(thread->lanes, 0);
    if (lane)
        add_own(thread->lanes, lane);
    return lane;
}

void
lane_end_interpreter(struct thread *thread, uint32_t interpreter)
{
    struct lane *go_on = NULL, *next;
    if (prepare(thread) == 0)
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
        remove_lane(thread, lane);
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

/* == BEGINNING ============================================================ */

/* Small windows, many in one mapping: a process may have 65,530 of those. */
static void
take_window(struct piece *window)
{
    lock_acquire(&spare.lock);
    struct piece *slab = &spare.slab;
    if (slab->bytes < WINDOW_BYTES && spool_take(slab, SLAB_BYTES) < 0)
        slab->bytes = 0;
    if (slab->bytes >= WINDOW_BYTES) {
        *window = (struct piece){slab->address, slab->offset, WINDOW_BYTES};
        slab->address += WINDOW_BYTES;
        slab->offset += WINDOW_BYTES;
        slab->bytes -= WINDOW_BYTES;
    }
    lock_release(&spare.lock);
}

void
lane_introduce(struct thread *thread)
{
    struct lane *lane = thread->lane;
    if (!lane || lane->own == lane)
        return;
    lane->track = thread->track;
    __atomic_fetch_add(&spare.tracks, 1, __ATOMIC_RELAXED);
    process_tell_greenlet(thread->track);
    process_name_track(thread->track,
                       (struct text){lane->name, lane->name_bytes});
    if (!thread->window.address)
        take_window(&thread->window);
}

/* == ALL OF THEM ========================================================== */

static void
let_go(struct thread *thread, struct lane *lane, bool calls_too)
{
    load(thread, lane);
    window_drop(thread);
    memset(&thread->cursor, 0, sizeof thread->cursor);
    thread->track = 0;
    if (calls_too)
        thread->top = thread->bottom;
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

/* The slab is the parent's, or of the spool before. */
void
lane_forget_slab(void)
{
    spool_release(&spare.slab);
    spare.slab.bytes = 0;
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
