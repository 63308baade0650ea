/* SPDX-License-Identifier: Apache-2.0
 *
 * wait.h: that a thread waited, as records of its track.  On that thread, in the
 * slow path.
 */
#ifndef CODESNAP_WAIT_H
#define CODESNAP_WAIT_H

#include "agent/base/text.h"
#include "agent/track/thread.h"

#define WAIT_TEXT_BYTES 256

struct wait {
    enum spool_wait kind;
    uint64_t begin_ticks, end_ticks;
    uint32_t name; /* the id of its name + 1 (SPOOL_WAIT_NAME), or 0 */
    uint32_t holder_function; /* the id of what the holder was in + 1, or 0 */
    uint64_t holder_track;    /* its number + 1, or 0: not known */
    uint64_t amount;          /* bytes, or WAIT_AMOUNT_UNKNOWN */
    struct text text;         /* on what, cut to WAIT_TEXT_BYTES */
};

#define WAIT_AMOUNT_UNKNOWN UINT64_MAX

/* Only off the processor: no more than kind, begin and end count then. */
static inline bool
wait_is_bare(enum spool_wait kind)
{
    return kind == SPOOL_WAIT_BLOCKED || kind == SPOOL_WAIT_PREEMPTED ||
           kind == SPOOL_WAIT_UNSEEN;
}

/* The wait is over.  It is recorded now, whenever it was; a reader puts it where it
 * belongs if it lies behind no more than one window (FORMAT.md). */
void wait_record(struct thread *thread, const struct wait *wait);

#endif
