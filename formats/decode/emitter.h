/* SPDX-License-Identifier: Apache-2.0
 *
 * emitter.h: what the second pass over a track tells the visitor, and when: the
 * mapping of ticks to strictly increasing nanoseconds.  Inline, because this
 * is done for each record.
 */
#ifndef CODESNAP_EMITTER_H
#define CODESNAP_EMITTER_H

#include "formats/decode/calltexts.h"
#include "formats/decode/clockfit.h"
#include "formats/decode/frames.h"

struct emitter {
    const struct track_visitor *visitor;
    void *context;
    const struct function *const *table; /* functions by id */
    uint32_t table_count;
    const struct function *tracer, *unknown;
    uint64_t begin_ticks; /* the track's begin: */
    uint64_t begin_ns;
    uint64_t scale;   /* as in struct clockfit */
    uint64_t next_ns; /* the earliest time the next call of visitor can have */
    struct calltexts texts; /* of the open calls */
    int result;             /* what the visitor returned */
};

/* All functions that return int give 0 to go on, or EMITTER_FAILED: the
 * visitor's answer is in result, or it is 0 and errno says what failed. */
enum {
    EMITTER_FAILED = -1
};

/* == TIME =================================================================== */

static always_inline uint64_t
emitter_ns(const struct emitter *emitter, uint64_t ticks)
{
    uint64_t delta = ticks - emitter->begin_ticks;
    if (unlikely((int64_t)delta < 0))
        delta = 0;
    return emitter->begin_ns + clockfit_scale(delta, emitter->scale);
}

/* The time of what happens next: never before, nor at, that of the last. */
static always_inline uint64_t
emitter_stamp(struct emitter *emitter, uint64_t ticks)
{
    uint64_t ns = emitter_ns(emitter, ticks);
    if (unlikely(ns < emitter->next_ns))
        ns = emitter->next_ns;
    emitter->next_ns = ns + 1;
    return ns;
}

/* == TELLING THE VISITOR ==================================================== */

static always_inline const struct function *
emitter_function(const struct emitter *emitter, uint32_t id)
{
    return likely(id < emitter->table_count) ? emitter->table[id]
                                             : emitter->unknown;
}

static always_inline int
emitter_open(struct emitter *emitter, const struct frame *frame)
{
    struct span span;
    if (emitter->visitor->open == NULL)
        return 0;
    span.function = frame->function;
    span.start_ns = frame->start_ns;
    span.end_ns = 0;
    span.depth = frame->depth;
    span.opened = frame->opened;
    span.closed = CLOSE_UNFINISHED;
    span.arguments = NULL;
    emitter->result = emitter->visitor->open(emitter->context, &span);
    return unlikely(emitter->result != 0) ? EMITTER_FAILED : 0;
}

static always_inline int
emitter_close(struct emitter *emitter, const struct frame *frame, uint64_t ns,
              enum close_how closed)
{
    struct span span;
    if (unlikely(frame->text != 0))
        calltexts_drop(&emitter->texts, frame->text);
    if (emitter->visitor->close == NULL)
        return 0;
    span.function = frame->function;
    span.start_ns = frame->start_ns;
    span.end_ns = ns;
    span.depth = frame->depth;
    span.opened = frame->opened;
    span.closed = closed;
    span.arguments = unlikely(frame->text != 0)
                         ? calltexts_of(&emitter->texts, frame->text)
                         : NULL;
    emitter->result = emitter->visitor->close(emitter->context, &span);
    return unlikely(emitter->result != 0) ? EMITTER_FAILED : 0;
}

static inline int
emitter_gap(struct emitter *emitter, uint64_t start_ns, uint64_t end_ns)
{
    if (emitter->visitor->gap == NULL)
        return 0;
    emitter->result = emitter->visitor->gap(emitter->context, start_ns, end_ns);
    return emitter->result != 0 ? EMITTER_FAILED : 0;
}

#endif
