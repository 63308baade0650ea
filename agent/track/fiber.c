/* SPDX-License-Identifier: Apache-2.0
 *
 * fiber.c: a track takes at least a page of the spool, so not every one of a
 * million greenlets gets one: past OWN_TRACKS of them, a greenlet goes on in the
 * track of one that ended.
 */
#include "agent/track/fiber.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/lock.h"

#define OWN_TRACKS   1000
#define WINDOW_BYTES (16u << 10) /* of a greenlet's track */
#define SLAB_BYTES   (1u << 20)  /* so many of them in one mapping */

static struct {
    struct lock lock;
    struct piece slab;
    uint32_t numbers, tracks; /* given out; atomic */
} fibers;

/* == FINDING ============================================================== */

static struct lane **
bucket_of(struct lanes *lanes, const void *greenlet)
{
    return &lanes->buckets[((uintptr_t)greenlet >> 4) % LANE_BUCKETS];
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
fiber_find(struct thread *thread, const void *greenlet)
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

/* == MAKING =============================================================== */

/* "greenlet 3 (work)", or as the program named it. */
static void
set_name(struct lane *lane, struct text name, struct text what)
{
    int room = (int)sizeof lane->name, length;
    uint32_t number = __atomic_add_fetch(&fibers.numbers, 1, __ATOMIC_RELAXED);
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
fiber_make(struct thread *thread, const void *greenlet, struct text name,
           struct text what)
{
    if (lane_prepare(thread) < 0)
        return NULL;
    struct lane *lane = take_idle(thread->lanes, what);
    if (!lane) {
        lane = lane_make(thread->lanes, thread->interpreter);
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
fiber_claim(struct thread *thread, const void *greenlet)
{
    if (lane_prepare(thread) == 0)
        thread->lane->own->greenlet = greenlet;
}

/* == ENDING =============================================================== */

/* Something must have kept its calls open where there are any: such a track is
 * no place for another greenlet's. */
void
fiber_end(struct thread *thread, struct lane *lane)
{
    if (lane == thread->lane || lane->own == lane)
        return;
    take_from_bucket(thread->lanes, lane);
    if (lane->own->active == lane)
        lane->own->active = lane->own;
    if (lane_is_empty(lane) && lane->cursor.end &&
        __atomic_load_n(&fibers.tracks, __ATOMIC_RELAXED) >= OWN_TRACKS) {
        lane->beside = thread->lanes->idle;
        thread->lanes->idle = lane;
        return;
    }
    lane_finish(thread, lane);
}

/* == BEGINNING ============================================================ */

/* Small windows, many in one mapping: a process may have 65,530 of those. */
static void
take_window(struct piece *window)
{
    lock_acquire(&fibers.lock);
    struct piece *slab = &fibers.slab;
    if (slab->bytes < WINDOW_BYTES && spool_take(slab, SLAB_BYTES) < 0)
        slab->bytes = 0;
    if (slab->bytes >= WINDOW_BYTES) {
        *window = (struct piece){slab->address, slab->offset, WINDOW_BYTES};
        slab->address += WINDOW_BYTES;
        slab->offset += WINDOW_BYTES;
        slab->bytes -= WINDOW_BYTES;
    }
    lock_release(&fibers.lock);
}

void
fiber_introduce(struct thread *thread)
{
    struct lane *lane = thread->lane;
    if (!lane || lane->own == lane)
        return;
    lane->track = thread->track;
    __atomic_fetch_add(&fibers.tracks, 1, __ATOMIC_RELAXED);
    process_tell_greenlet(thread->track);
    process_name_track(thread->track,
                       (struct text){lane->name, lane->name_bytes});
    if (!thread->window.address)
        take_window(&thread->window);
}

/* The slab is the parent's, or of the spool before. */
void
fiber_forget_slab(void)
{
    spool_release(&fibers.slab);
    fibers.slab.bytes = 0;
}
