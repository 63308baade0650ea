/* SPDX-License-Identifier: Apache-2.0
 *
 * greenlettrack.c: a track takes at least a page of the spool, so not every one
 * of a million greenlets gets one: past OWN_TRACKS of them, a greenlet goes on in
 * the track of one that ended.
 */
#include "agent/track/greenlettrack.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/lock.h"
#include "agent/store/entry.h"
#include "agent/store/ring.h"
#include "agent/track/window.h"
#include "formats/base/hash.h"

#define OWN_TRACKS 1000
#define SLAB_BYTES (1u << 20) /* so many of them in one mapping */

static struct {
    struct lock lock;
    struct piece slab;
    uint32_t numbers, tracks; /* given out; atomic */
} greenlets;

/* == FINDING ============================================================== */

static struct track **
bucket_of(struct tracks *tracks, const void *greenlet)
{
    return &tracks->buckets[((uintptr_t)greenlet >> 4) % TRACK_BUCKETS];
}

static void
put_in_bucket(struct tracks *tracks, struct track *track, const void *greenlet)
{
    struct track **bucket = bucket_of(tracks, greenlet);
    track->greenlet = greenlet;
    track->beside = *bucket;
    *bucket = track;
}

static void
take_from_bucket(struct tracks *tracks, struct track *track)
{
    struct track **at = bucket_of(tracks, track->greenlet);
    while (*at && *at != track)
        at = &(*at)->beside;
    if (*at)
        *at = track->beside;
    track->greenlet = NULL;
}

/* Own tracks lie in no bucket; they are few. */
struct track *
greenlettrack_find(struct thread *thread, const void *greenlet)
{
    struct tracks *tracks = thread->tracks;
    struct track *track = tracks ? *bucket_of(tracks, greenlet) : NULL;
    while (track && track->greenlet != greenlet)
        track = track->beside;
    if (track || !tracks)
        return track;
    for (track = tracks->own; track && track->greenlet != greenlet;)
        track = track->beside;
    return track;
}

/* == STARTING ============================================================= */

/* Its last window was given out; the slot that it lay in has those that live. */
static void
let_slab_go(void)
{
    const struct piece *slab = &greenlets.slab;
    if (ring_is_on() && slab->address)
        ring_let_go(slab->offset - WINDOW_LEAST_BYTES);
}

/* Small windows, many in one mapping: a process may have 65,530 of those. */
static void
take_window(struct piece *window)
{
    lock_acquire(&greenlets.lock);
    struct piece *slab = &greenlets.slab;
    if (slab->bytes < WINDOW_LEAST_BYTES) {
        let_slab_go();
        if (spool_take(slab, SLAB_BYTES) < 0)
            slab->bytes = 0;
    }
    if (slab->bytes >= WINDOW_LEAST_BYTES) {
        if (ring_is_on())
            ring_hold(slab->offset);
        *window =
            (struct piece){slab->address, slab->offset, WINDOW_LEAST_BYTES};
        slab->address += WINDOW_LEAST_BYTES;
        slab->offset += WINDOW_LEAST_BYTES;
        slab->bytes -= WINDOW_LEAST_BYTES;
    }
    lock_release(&greenlets.lock);
}

/* When it starts, or starts again in a forked child. */
static void
introduce(struct thread *thread)
{
    struct track *track = thread->track;
    track->number = thread->track_number;
    __atomic_fetch_add(&greenlets.tracks, 1, __ATOMIC_RELAXED);
    entry_append_greenlet(thread->track_number);
    entry_append_track_name(thread->track_number,
                            (struct text){track->name, track->name_bytes});
    if (!thread->window.address)
        take_window(&thread->window);
}

/* == MAKING =============================================================== */

/* "greenlet 3 (work)", or as the program named it. */
static void
set_name(struct track *track, struct text name, struct text what)
{
    int room = (int)sizeof track->name, length;
    uint32_t number =
        __atomic_add_fetch(&greenlets.numbers, 1, __ATOMIC_RELAXED);
    if (name.length)
        length = snprintf(track->name, sizeof track->name, "greenlet %.*s",
                          (int)name.length, name.bytes);
    else
        length = snprintf(track->name, sizeof track->name, "greenlet %u (%.*s)",
                          number, (int)what.length, what.bytes);
    track->name_bytes = (uint32_t)(length < room ? length : room - 1);
}

static void
name_again(struct track *track, bool same, struct text what)
{
    char name[TRACK_NAME_BYTES];
    int length = 0, room = sizeof name;
    if (same)
        length = snprintf(name, sizeof name, "greenlets (%.*s)",
                          (int)what.length, what.bytes);
    else
        length = snprintf(name, sizeof name, "greenlets");
    length = length < room ? length : room - 1;
    if ((uint32_t)length == track->name_bytes &&
        memcmp(name, track->name, track->name_bytes) == 0)
        return;
    memcpy(track->name, name, sizeof name);
    track->name_bytes = (uint32_t)length;
    if (track->number)
        entry_append_track_name(track->number,
                                (struct text){track->name, length});
}

/* The track of one that ended. */
static struct track *
take_idle(struct tracks *tracks, struct text what)
{
    struct track *track = tracks->idle;
    if (!track)
        return NULL;
    tracks->idle = track->beside;
    if (track->what != hash_of(what.bytes, what.length)) {
        name_again(track, false, what);
        track->what = 0; /* of several, for ever */
    } else {
        name_again(track, true, what);
    }
    return track;
}

struct track *
greenlettrack_make(struct thread *thread, const void *greenlet,
                   struct text name, struct text what)
{
    if (track_prepare(thread) < 0)
        return NULL;
    struct track *track = take_idle(thread->tracks, what);
    if (!track) {
        track = track_make(thread->tracks, thread->interpreter);
        if (!track)
            return NULL;
        set_name(track, name, what);
        track->what = hash_of(what.bytes, what.length);
    }
    track->own = thread->track->own;
    track_introduce_by(track, introduce);
    put_in_bucket(thread->tracks, track, greenlet);
    return track;
}

void
greenlettrack_claim(struct thread *thread, const void *greenlet)
{
    if (track_prepare(thread) == 0)
        thread->track->own->greenlet = greenlet;
}

/* == ENDING =============================================================== */

/* Something must have kept its calls open where there are any: such a track is
 * no place for another greenlet's. */
void
greenlettrack_end(struct thread *thread, struct track *track)
{
    if (track == thread->track || track->own == track)
        return;
    take_from_bucket(thread->tracks, track);
    if (track->own->active == track)
        track->own->active = track->own;
    if (track_is_empty(track) && track->cursor.end &&
        __atomic_load_n(&greenlets.tracks, __ATOMIC_RELAXED) >= OWN_TRACKS) {
        track->beside = thread->tracks->idle;
        thread->tracks->idle = track;
        return;
    }
    track_finish(thread, track);
}

/* The slab is the parent's, or of the spool before. */
void
greenlettrack_forget_slab(void)
{
    spool_release(&greenlets.slab);
    greenlets.slab.bytes = 0;
}
