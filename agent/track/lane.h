/* SPDX-License-Identifier: Apache-2.0
 *
 * lane.h: the tracks of one thread, where it has several: one for each
 * interpreter that it runs code of (an own lane), one for each greenlet.  The
 * one at work lies in struct thread itself, so that the event path knows
 * nothing of all this; the others lie here.  A thread with one track has no
 * lane at all.  Its own thread calls these, attached to an interpreter; those of
 * the last block run as thread.h says.  Allocates pages only.
 */
#ifndef CODESNAP_LANE_H
#define CODESNAP_LANE_H

#include "agent/track/thread.h"

#define LANE_NAME_BYTES 96

struct lane {
    struct cursor cursor; /* of a lane that is not at work: */
    char calls[offsetof(struct thread, armed) - offsetof(struct thread, top)];
    char
        state[offsetof(struct thread, handle) - offsetof(struct thread, armed)];
    struct lane *own;    /* its interpreter's; of an own lane itself */
    struct lane *active; /* of an own lane: which one of its interpreter's is */
    const void *greenlet; /* NULL: an own lane, or of no greenlet now */
    uint32_t interpreter;
    uint64_t track;
    bool entered; /* the thread went on in it */
    bool paused;  /* the recording paused meanwhile: calls may have ended */
    uint64_t pause_ticks;
    struct lane *next, **link; /* all of the thread, or those that are free */
    struct lane *beside;       /* own lanes, one bucket's, or idle ones */
    uint32_t what; /* a hash of the name of what it runs; 0: of several */
    uint32_t name_bytes;
    char name[LANE_NAME_BYTES];
};

#define LANE_BUCKETS 1021

struct lanes {
    struct lane *first, *own; /* all, and the own ones */
    struct lane *idle;        /* of greenlets that ended; see fiber.c */
    struct lane *buckets[LANE_BUCKETS]; /* of greenlets */
};

/* The thread goes on in that lane; any other is left as it is. */
void lane_switch(struct thread *thread, struct lane *lane);

/* The own lane of an interpreter, made if need be; NULL without memory.  The
 * lane to switch to is its active one. */
struct lane *lane_of_interpreter(struct thread *thread, uint32_t interpreter);

/* For fiber.c.  The thread's one track so far becomes a lane; 0, or -1. */
int lane_prepare(struct thread *thread);
/* One with no call and no record, or NULL; its own must be set. */
struct lane *lane_make(struct lanes *lanes, uint32_t interpreter);
/* Its track ends, and it is no more; another one is at work. */
void lane_finish(struct thread *thread, struct lane *lane);
/* Is no call open in it?  Of one that is not at work. */
bool lane_is_empty(const struct lane *lane);

/* Did the thread ever go on in it? */
bool lane_was_entered(const struct thread *thread, const struct lane *lane);

/* The interpreter has ended: this thread's lanes of it do. */
void lane_end_interpreter(struct thread *thread, uint32_t interpreter);

/* The number of the track that is the thread's own in an interpreter, 0: none. */
uint64_t lane_own_track(const struct thread *thread, uint32_t interpreter);

/* The thread ends: so do all its tracks but the one at work then. */
void lane_end_others(struct thread *thread);
/* Of a thread that is gone, or of all: nothing remains. */
void lane_drop_all(struct thread *thread);
/* The lanes that are not at work keep their calls, but not their place in the
 * spool: a forked child; or neither: another spool. */
void lane_let_go(struct thread *thread, bool calls_too);
/* The recording pauses; lane_switch says so when one of them is at work again. */
void lane_pause(struct thread *thread, uint64_t ticks);

#endif
