/* SPDX-License-Identifier: Apache-2.0
 *
 * waitqueue.h: the waits of a track, which are recorded when they are known and told
 * where they belong: before the first event that is not earlier.  A block is looked
 * through before it is decoded, and so are the waits that the block behind it begins
 * with (FORMAT.md); memory is bounded by those of two blocks.
 */
#ifndef CODESNAP_WAITQUEUE_H
#define CODESNAP_WAITQUEUE_H

#include "formats/decode/emitter.h"

struct waitqueue {
    struct pending *list; /* in the order of their begin */
    uint32_t first, count, room;
    char *texts;
    size_t text_bytes, text_room;
    uint64_t
        next_ticks; /* when the first one begins; UINT64_MAX: there is none */
    uint64_t begin_ticks; /* of the track */
    uint64_t
        known_ticks; /* until then all is known of the processor; 0: nothing */
    uint64_t ns[WAIT_KINDS]; /* that were told */
    uint64_t damaged_bytes;  /* left out: they make no sense */
    /* The track with that number in the spool, or NULL. */
    const struct track *(*find_track)(const void *context, uint64_t number);
    const void *find_context;
};

/* Whether a record of a wait starts with that word. */
static inline bool
waitqueue_is_wait(uint64_t head)
{
    unsigned type = head >> SPOOL_KIND_BITS & ((1u << SPOOL_EXT_TYPE_BITS) - 1);
    return (head & 15) == SPOOL_EXT && type == SPOOL_EXT_WAIT;
}

void waitqueue_clear(struct waitqueue *waits);
void waitqueue_free(struct waitqueue *waits);

/* Of words, which are whole records, those that are waits; up to the first other
 * record if leading.  Returns how many words it went through, or -1 without memory. */
int64_t waitqueue_collect(struct waitqueue *waits, const uint64_t *words,
                          size_t count, bool leading);

/* Tell those that begin at ticks or before.  0, or EMITTER_FAILED. */
int waitqueue_tell(struct waitqueue *waits, struct emitter *emitter,
                   uint64_t ticks);

/* The track is over: tell all, and what is not known at its end. */
int waitqueue_finish(struct waitqueue *waits, struct emitter *emitter);

#endif
