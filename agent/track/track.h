/* SPDX-License-Identifier: Apache-2.0
 *
 * track.h: the tracks of one thread, where it has several: one for each
 * interpreter whose code it runs (an own track), one for each greenlet.  The
 * current one lies in struct thread itself, so that the event path knows
 * nothing of all this; the state of the others is kept in a struct track.  A
 * thread with one track needs none.  Its own thread calls these, attached to an
 * interpreter; those of the last block run as thread.h says.  Allocates pages
 * only.
 */
#ifndef CODESNAP_TRACK_H
#define CODESNAP_TRACK_H

#include "agent/track/thread.h"

#define TRACK_NAME_BYTES 96

struct track {
    struct cursor cursor; /* of a track that is not the current one: */
    char calls[offsetof(struct thread, armed) - offsetof(struct thread, top)];
    char
        state[offsetof(struct thread, handle) - offsetof(struct thread, armed)];
    struct track *own;    /* its interpreter's; of an own track itself */
    struct track *active; /* of an own track: its interpreter's current one */
    const void *greenlet; /* NULL: an own track, or of no greenlet now */
    uint32_t interpreter;
    uint64_t number; /* in the spool; 0: none yet */
    bool entered;    /* the thread went on in it */
    bool paused;     /* the recording paused meanwhile: calls may have ended */
    uint64_t pause_ticks;
    struct track *next, **link; /* all of the thread, or those that are free */
    struct track *beside;       /* own tracks, one bucket's, or idle ones */
    uint32_t what; /* a hash of the name of what it runs; 0: of several */
    uint32_t name_bytes;
    char name[TRACK_NAME_BYTES];
};

#define TRACK_BUCKETS 1021

struct tracks {
    struct track *first, *own; /* all, and the own ones */
    struct track *idle; /* of greenlets that ended; see greenlettrack.c */
    struct track *buckets[TRACK_BUCKETS]; /* of greenlets */
};

/* The thread goes on in that track; any other is left as it is. */
void track_switch(struct thread *thread, struct track *track);

/* The own track of an interpreter, made if need be; NULL without memory.  The
 * track to switch to is its active one. */
struct track *track_of_interpreter(struct thread *thread, uint32_t interpreter);

/* For greenlettrack.c.  The thread's only track gets a struct track; 0, or -1. */
int track_prepare(struct thread *thread);
/* One with no call and no record, or NULL; its own must be set. */
struct track *track_make(struct tracks *tracks, uint32_t interpreter);
/* What says what it is, where it starts; of one that is not the current one. */
void track_introduce_by(struct track *track,
                        void (*introduce)(struct thread *));
/* It ends, and its memory serves another one; it is not the current one. */
void track_finish(struct thread *thread, struct track *track);
/* Is no call open in it?  Of one that is not the current one. */
bool track_is_empty(const struct track *track);

/* Did the thread ever go on in it? */
bool track_was_entered(const struct thread *thread, const struct track *track);

/* The interpreter has ended: so do this thread's tracks of it. */
void track_end_interpreter(struct thread *thread, uint32_t interpreter);

/* The number of the thread's own track in an interpreter; 0: it has none. */
uint64_t track_own_number(const struct thread *thread, uint32_t interpreter);

/* The thread ends: so do all its tracks but the current one. */
void track_end_others(struct thread *thread);
/* Of a thread that is gone, or of all: nothing remains. */
void track_drop_all(struct thread *thread);
/* All but the current track lose their place in the spool, as in a forked child;
 * calls_too: and their open calls, as before another spool. */
void track_let_go(struct thread *thread, bool calls_too);
/* The recording pauses; each track finds out when it is the current one again. */
void track_pause(struct thread *thread, uint64_t ticks);

#endif
