/* SPDX-License-Identifier: Apache-2.0
 *
 * emitter.h: what the second pass over a track tells the visitor, and when: the
 * mapping of ticks to strictly increasing nanoseconds.  Inline, because this
 * is done for each record.
 */
#ifndef CODESNAP_EMITTER_H
#define CODESNAP_EMITTER_H

#include "formats/trace/clockfit.h"
#include "formats/trace/decoder.h"

#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
#define always_inline inline __attribute__((always_inline))

/* == TIME =================================================================== */

static always_inline uint64_t
emitter_ns(const struct decoder *decoder, uint64_t ticks)
{
    uint64_t delta = ticks - decoder->begin_ticks;
    if (unlikely((int64_t)delta < 0))
        delta = 0;
    return decoder->begin_ns + clockfit_scale(delta, decoder->scale);
}

/* The time of what happens next: never before, nor at, that of the last. */
static always_inline uint64_t
emitter_stamp(struct decoder *decoder, uint64_t ns)
{
    if (unlikely(ns < decoder->next_ns))
        ns = decoder->next_ns;
    decoder->next_ns = ns + 1;
    return ns;
}

/* == TELLING THE VISITOR ==================================================== */

static always_inline const struct function *
emitter_function(const struct decoder *decoder, uint32_t id)
{
    return likely(id < decoder->table_count) ? decoder->table[id]
                                             : decoder->unknown;
}

static always_inline int
emitter_open(struct decoder *decoder, const struct frame *frame)
{
    struct span span;
    if (decoder->visitor->open == NULL)
        return 0;
    span.function = frame->function;
    span.start_ns = frame->start_ns;
    span.end_ns = 0;
    span.depth = frame->depth;
    span.opened = frame->opened;
    span.closed = CLOSE_UNFINISHED;
    decoder->result = decoder->visitor->open(decoder->context, &span);
    return unlikely(decoder->result != 0) ? DECODER_FAILED : 0;
}

static always_inline int
emitter_close(struct decoder *decoder, const struct frame *frame, uint64_t ns,
              enum close_how closed)
{
    struct span span;
    if (decoder->visitor->close == NULL)
        return 0;
    span.function = frame->function;
    span.start_ns = frame->start_ns;
    span.end_ns = ns;
    span.depth = frame->depth;
    span.opened = frame->opened;
    span.closed = closed;
    decoder->result = decoder->visitor->close(decoder->context, &span);
    return unlikely(decoder->result != 0) ? DECODER_FAILED : 0;
}

static inline int
emitter_gap(struct decoder *decoder, uint64_t start_ns, uint64_t end_ns)
{
    if (decoder->visitor->gap == NULL)
        return 0;
    decoder->result = decoder->visitor->gap(decoder->context, start_ns, end_ns);
    return decoder->result != 0 ? DECODER_FAILED : 0;
}

#endif
