/* SPDX-License-Identifier: Apache-2.0
 *
 * track.c: a switch copies the state of the current track out of struct thread
 * and that of the next one in, some 200 bytes: it costs little, and the event
 * path nothing.
 */
#include "agent/track/track.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/base/lock.h"
#include "agent/base/process.h"
#include "agent/track/offcpu.h"
#include "agent/track/record.h"
#include "agent/track/window.h"

/* Tracks that no thread has; they keep their shadow stacks. */
static struct {
    struct lock lock;
    struct track *first;
} spare;

/* A member of struct thread in a track that is not the current one. */
#define PARKED(track, member)                                            \
    ((__typeof__(((struct thread *)0)->member)                           \
          *)(void *)((track)->calls + (offsetof(struct thread, member) - \
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

/* The state belongs to the interpreter's thread state: all its tracks have it. */
static void
save(struct thread *thread, struct track *track)
{
    track->cursor = thread->cursor;
    memcpy(track->calls, calls_of(thread), sizeof track->calls);
    memcpy(track->own->state, state_of(thread), sizeof track->state);
    track->number = thread->track_number;
}

static void
load(struct thread *thread, struct track *track)
{
    thread->cursor = track->cursor;
    memcpy(calls_of(thread), track->calls, sizeof track->calls);
    memcpy(state_of(thread), track->own->state, sizeof track->state);
    thread->track = track;
    thread_set_limit(thread);
}

void
track_switch(struct thread *thread, struct track *track)
{
    struct track *from = thread->track;
    process_adopt();
    track->own->active = track;
    if (from == track)
        return;
    offcpu_leave_track(thread);
    save(thread, from);
    load(thread, track);
    track->entered = true;
    *thread->home = thread_may_speak(thread) ? thread : NULL;
}

/* == MAKING =============================================================== */

static struct track *
take_spare(void)
{
    lock_acquire(&spare.lock);
    struct track *track = spare.first;
    if (track)
        spare.first = track->next;
    lock_release(&spare.lock);
    return track;
}

static void
give_spare(struct track *track)
{
    lock_acquire(&spare.lock);
    track->next = spare.first;
    spare.first = track;
    lock_release(&spare.lock);
}

static void
enlist(struct tracks *tracks, struct track *track)
{
    track->next = tracks->first;
    track->link = &tracks->first;
    if (track->next)
        track->next->link = &track->next;
    tracks->first = track;
}

static void
delist(struct track *track)
{
    *track->link = track->next;
    if (track->next)
        track->next->link = track->link;
}

/* With no call and no record; a spare one has its stack already. */
struct track *
track_make(struct tracks *tracks, uint32_t interpreter)
{
    struct track *track = take_spare();
    struct call *bottom = track ? *PARKED(track, bottom) : NULL;
    struct call *room = track ? *PARKED(track, room) : NULL;
    if (!track)
        track = arena_take(sizeof *track);
    if (!track || (!bottom && !(bottom = thread_map_stack(&room))))
        return NULL;
    memset(track, 0, sizeof *track);
    thread_clear_stack(bottom);
    *PARKED(track, bottom) = *PARKED(track, top) = bottom;
    *PARKED(track, room) = room;
    *PARKED(track, limit) = thread_limit(bottom, room);
    *PARKED(track, interpreter) = track->interpreter = interpreter;
    enlist(tracks, track);
    return track;
}

static void
add_own(struct tracks *tracks, struct track *track)
{
    track->own = track->active = track;
    track->beside = tracks->own;
    __atomic_store_n(&tracks->own, track, __ATOMIC_RELEASE);
}

int
track_prepare(struct thread *thread)
{
    if (thread->tracks)
        return 0;
    struct tracks *tracks = arena_take_pages(sizeof *tracks);
    struct track *track = tracks ? arena_take(sizeof *track) : NULL;
    if (!track) {
        arena_give_pages(tracks, sizeof *tracks);
        return -1;
    }
    track->interpreter = thread->interpreter;
    enlist(tracks, track);
    add_own(tracks, track);
    save(thread, track);
    thread->track = track;
    __atomic_store_n(&thread->tracks, tracks, __ATOMIC_RELEASE);
    return 0;
}

struct track *
track_of_interpreter(struct thread *thread, uint32_t interpreter)
{
    if (track_prepare(thread) < 0)
        return NULL;
    for (struct track *track = thread->tracks->own; track;
         track = track->beside)
        if (track->interpreter == interpreter)
            return track;
    struct track *track = track_make(thread->tracks, interpreter);
    if (track)
        add_own(thread->tracks, track);
    return track;
}

uint64_t
track_own_number(const struct thread *thread, uint32_t interpreter)
{
    const struct tracks *tracks =
        __atomic_load_n(&thread->tracks, __ATOMIC_ACQUIRE);
    if (!tracks)
        return thread->interpreter == interpreter ? thread->track_number : 0;
    for (const struct track *track = tracks->own; track; track = track->beside)
        if (track->interpreter == interpreter)
            return thread->track == track ? thread->track_number
                                          : track->number;
    return 0;
}

/* == ENDING =============================================================== */

/* Of one that is not the current one. */
static void
end_track(struct thread *thread, struct track *track)
{
    struct track *back = thread->track;
    save(thread, back);
    load(thread, track);
    if (track->paused && thread->cursor.end && thread->top > thread->bottom) {
        thread_cut(thread, thread->bottom); /* all ended in it */
        record_gap(thread, clock_ticks(spool_clock_kind), track->pause_ticks,
                   thread_pause_reason, 0);
    }
    record_end_track(thread);
    save(thread, track);
    load(thread, back);
    if (thread == thread_own && !thread_may_speak(thread))
        thread_hush();
}

void
track_introduce_by(struct track *track, void (*introduce)(struct thread *))
{
    *PARKED(track, introduce) = introduce;
}

void
track_finish(struct thread *thread, struct track *track)
{
    end_track(thread, track);
    delist(track);
    give_spare(track);
}

bool
track_is_empty(const struct track *track)
{
    return *PARKED(track, top) == *PARKED(track, bottom);
}

bool
track_was_entered(const struct thread *thread, const struct track *track)
{
    return track == thread->track || track->entered;
}

static void
remove_own(struct tracks *tracks, struct track *track)
{
    struct track **at = &tracks->own;
    while (*at && *at != track)
        at = &(*at)->beside;
    if (*at)
        __atomic_store_n(at, track->beside, __ATOMIC_RELEASE);
}

/* Where the thread goes on when the current interpreter ends. */
static struct track *
another(struct thread *thread, uint32_t interpreter)
{
    for (struct track *track = thread->tracks->own; track;
         track = track->beside)
        if (track->interpreter != interpreter)
            return track->active;
    struct track *track = track_make(thread->tracks, 0);
    if (track)
        add_own(thread->tracks, track);
    return track;
}

void
track_end_interpreter(struct thread *thread, uint32_t interpreter)
{
    struct track *go_on = NULL, *next;
    if (track_prepare(thread) == 0)
        go_on = another(thread, interpreter);
    if (!go_on)
        return;
    if (thread->interpreter == interpreter)
        track_switch(thread, go_on);
    for (struct track *track = thread->tracks->first; track; track = next) {
        next = track->next;
        if (track->interpreter != interpreter)
            continue;
        end_track(thread, track);
        if (track->own == track)
            remove_own(thread->tracks, track);
        delist(track);
        give_spare(track);
    }
}

void
track_end_others(struct thread *thread)
{
    struct track *current = thread->track;
    if (!current)
        return;
    for (struct track *track = thread->tracks->first; track;
         track = track->next)
        if (track != current)
            end_track(thread, track);
}

/* == ALL OF THEM ========================================================== */

static void
let_go(struct thread *thread, struct track *track, bool calls_too)
{
    load(thread, track);
    window_drop(thread);
    memset(&thread->cursor, 0, sizeof thread->cursor);
    thread->track_number = 0;
    if (calls_too) {
        thread_cut(thread, thread->bottom);
        thread->whole = false;
    }
    save(thread, track);
}

void
track_let_go(struct thread *thread, bool calls_too)
{
    struct track *current = thread->track;
    if (!current)
        return;
    save(thread, current);
    for (struct track *track = thread->tracks->first; track;
         track = track->next)
        if (track != current)
            let_go(thread, track, calls_too);
    load(thread, current);
}

void
track_drop_all(struct thread *thread)
{
    struct track *current = thread->track, *next;
    if (!current)
        return;
    save(thread, current);
    for (struct track *track = thread->tracks->first; track; track = next) {
        next = track->next;
        if (track == current)
            continue;
        let_go(thread, track, true);
        give_spare(track);
    }
    load(thread, current);
    *PARKED(current, bottom) = NULL; /* that stack is the thread's */
    give_spare(current);
    arena_give_pages(thread->tracks, sizeof *thread->tracks);
    thread->track = NULL;
    thread->tracks = NULL;
}

void
track_pause(struct thread *thread, uint64_t ticks)
{
    struct track *track = thread->tracks ? thread->tracks->first : NULL;
    for (; track; track = track->next) {
        if (!track->paused && track != thread->track)
            track->pause_ticks = ticks;
        track->paused = track != thread->track;
    }
}
