/* SPDX-License-Identifier: Apache-2.0
 *
 * teller.h: what the second walk over a track tells the visitor, and when: the
 * mapping of ticks to strictly increasing nanoseconds.  Inline, because this
 * is done for each record.
 */
#ifndef CODESNAP_TELLER_H
#define CODESNAP_TELLER_H

#include "formats/trace/clockfit.h"
#include "formats/trace/walk.h"

#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
#define always_inline inline __attribute__((always_inline))

/* == TIME =================================================================== */

static always_inline uint64_t
teller_ns(const struct walk *walk, uint64_t ticks)
{
    uint64_t delta = ticks - walk->origin_ticks;
    if (unlikely((int64_t)delta < 0))
        delta = 0;
    return walk->origin_ns + clockfit_scale(delta, walk->scale);
}

/* The time of what happens next: never before, nor at, that of the last. */
static always_inline uint64_t
teller_stamp(struct walk *walk, uint64_t ns)
{
    if (unlikely(ns < walk->next_ns))
        ns = walk->next_ns;
    walk->next_ns = ns + 1;
    return ns;
}

/* == TELLING THE VISITOR ==================================================== */

static always_inline const struct function *
teller_function(const struct walk *walk, uint32_t id)
{
    return likely(id < walk->table_count) ? walk->table[id] : walk->unknown;
}

static always_inline int
teller_open(struct walk *walk, const struct frame *frame)
{
    struct span span;
    if (walk->visitor->open == NULL)
        return 0;
    span.function = frame->function;
    span.start_ns = frame->start_ns;
    span.end_ns = 0;
    span.depth = frame->depth;
    span.opened = frame->opened;
    span.closed = CLOSE_UNFINISHED;
    walk->result = walk->visitor->open(walk->context, &span);
    return unlikely(walk->result != 0) ? WALK_FAILED : 0;
}

static always_inline int
teller_close(struct walk *walk, const struct frame *frame, uint64_t ns,
             enum close_how closed)
{
    struct span span;
    if (walk->visitor->close == NULL)
        return 0;
    span.function = frame->function;
    span.start_ns = frame->start_ns;
    span.end_ns = ns;
    span.depth = frame->depth;
    span.opened = frame->opened;
    span.closed = closed;
    walk->result = walk->visitor->close(walk->context, &span);
    return unlikely(walk->result != 0) ? WALK_FAILED : 0;
}

static inline int
teller_gap(struct walk *walk, uint64_t start_ns, uint64_t end_ns)
{
    if (walk->visitor->gap == NULL)
        return 0;
    walk->result = walk->visitor->gap(walk->context, start_ns, end_ns);
    return walk->result != 0 ? WALK_FAILED : 0;
}

#endif
