/* SPDX-License-Identifier: Apache-2.0
 *
 * decoder.h: turns the records of one track into well-nested spans with
 * strictly increasing nanoseconds.  A track is read twice.  The first pass only
 * collects the calls whose exit is seen but whose entry was not ("prior
 * calls"); the second can then open them where they belong, before what was
 * inside them, and calls the visitor.  Memory is bounded by depth.
 */
#ifndef CODESNAP_DECODER_H
#define CODESNAP_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/decode/callstack.h"
#include "formats/decode/exceptions.h"
#include "formats/decode/payload.h"
#include "formats/decode/waitqueue.h"

struct decoder {
    struct callstack stack;
    struct payload payload;
    struct exceptions exceptions;
    struct waitqueue waits;
    bool has_waits;       /* seen in the first pass: then those of the words are
                                to be collected before they are decoded */
    uint64_t base_ticks;  /* what record times count from */
    uint64_t bound_ticks; /* no TIME record of this chunk may be later */
    uint64_t calls;       /* that were entered, those that the program named
                               not */
    uint64_t steps, c_calls; /* spans that were entered; those of C of them */
    uint64_t busy_ns;        /* the tracer's own work, as recorded */
    uint64_t damaged_bytes;  /* except those in payload */
};

/* Ready for the first pass, with an emitter of all but its result.  The decoder
 * must not move from here on. */
void decoder_set_up(struct decoder *decoder, struct emitter emitter);

/* All of these return 0 to go on, DECODER_END at the end of a chunk's data, or
 * DECODER_FAILED: the emitter's result, or errno, says what failed. */
enum {
    DECODER_END = 1,
    DECODER_FAILED = EMITTER_FAILED
};

/* The track starts with these calls open, innermost first, of depth in all. */
int decoder_begin(struct decoder *decoder, const uint32_t *stack,
                  uint32_t stored, uint32_t depth);

/* Chunks are missing; the next one starts at ticks with this stack. */
int decoder_resume(struct decoder *decoder, uint64_t ticks,
                   const uint32_t *stack, uint32_t stored, uint32_t depth);

/* Take count words, the first *used of which were whole records. */
int decoder_words(struct decoder *decoder, const uint64_t *words, size_t count,
                  size_t *used);

/* Nothing follows: close what is open. */
int decoder_finish(struct decoder *decoder);

/* Between the passes: put the prior calls in the order of their segments, and
 * start again. */
void decoder_rewind(struct decoder *decoder);
void decoder_free(struct decoder *decoder);

#endif
