/* SPDX-License-Identifier: Apache-2.0
 *
 * priorcalls.h: the calls of a track whose exit is seen but whose entry was
 * not.  The first pass over the track collects them; then they lie in the order
 * in which the second one wants them, segment by segment.
 */
#ifndef CODESNAP_PRIORCALLS_H
#define CODESNAP_PRIORCALLS_H

#include <stdint.h>

/* A call that must have been open when its segment started, since it ends there
 * with level seen calls below it.  Listed in the order of the exits. */
struct priorcall {
    uint32_t segment;
    uint32_t level;
    uint32_t id;
    uint32_t order;
};

/* Where calls can have started unseen: at the track's begin and in each gap.
 * base is the depth then, or for the first one the least depth since. */
struct segment {
    uint32_t number;
    uint32_t base;
};

struct priorcalls {
    struct priorcall *list;
    uint32_t count, room;
    uint32_t at; /* the first one of a segment that is yet to begin */
    struct segment *segments; /* those at whose depth we still are */
    uint32_t segment_count, segment_room, segment_total;
    uint32_t floor; /* base of the last one in segments */
};

/* In either pass.  A segment starts at this depth: 0, or -1 with errno. */
int priorcalls_begin_segment(struct priorcalls *prior, uint32_t depth);
/* The depth fell below the floor. */
void priorcalls_fall(struct priorcalls *prior, uint32_t depth);
/* A call ends that was open before the first segment. */
void priorcalls_return(struct priorcalls *prior);

/* In the first pass: one more, unless there are too many.  0, or -1 with
 * errno. */
int priorcalls_collect(struct priorcalls *prior, uint32_t depth, uint32_t id);

/* Between the passes. */
void priorcalls_rewind(struct priorcalls *prior);

/* In the second pass: where the prior calls of the next segment to begin end in
 * the list; they begin where those of the one before ended. */
uint32_t priorcalls_next_segment(struct priorcalls *prior);

void priorcalls_free(struct priorcalls *prior);

#endif
