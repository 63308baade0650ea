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

#include "formats/trace/priorcalls.h"
#include "formats/trace/reader.h"
#include "formats/trace/trouble.h"

/* An open span. */
struct frame {
    uint64_t start_ns;
    const struct function *function;
    uint32_t id;
    uint32_t depth; /* as shown: prior calls count too */
    enum open_how opened;
};

struct frames {
    struct frame *list;
    uint32_t count, room;
};

struct decoder {
    bool collecting; /* the first pass */
    const struct track_visitor *visitor;
    void *context;
    const struct function *const *table; /* functions by id */
    uint32_t table_count;
    const struct function *tracer, *unknown;

    uint64_t base_ticks;  /* what record times count from */
    uint64_t bound_ticks; /* no TIME record of this chunk may be later */
    uint64_t begin_ticks; /* the track's begin: */
    uint64_t begin_ns;
    uint64_t scale;   /* as in struct clockfit */
    uint64_t next_ns; /* the earliest time the next call of visitor can have */

    struct frames stack; /* calls seen to open */
    struct frames
        prior_stack; /* prior calls that are open, in the second pass */
    struct priorcalls prior;
    uint32_t hidden; /* outermost calls that a chunk's header left out */

    uint64_t calls; /* that were entered, those that the program named not */
    struct troubles troubles;
    uint64_t damaged_bytes;
    uint64_t steps,
        c_calls; /* spans that were entered; those of C among them */
    uint64_t instants, samples;
    uint64_t busy_ns; /* the tracer's own work, as recorded */
    char *text;       /* of the last instant, or NULL: none yet */
    int result;       /* what the visitor returned */
};

/* All of these return 0 to go on, DECODER_END at the end of a chunk's data, or
 * DECODER_FAILED: the visitor's answer is in decoder->result, or it is 0 and
 * errno says what failed. */
enum {
    DECODER_END = 1,
    DECODER_FAILED = -1
};

/* The track begins with these calls open, innermost first, of depth in all. */
int decoder_begin(struct decoder *decoder, const uint32_t *stack,
                  uint32_t stored, uint32_t depth);

/* Chunks are missing; the next one begins at ticks with this stack. */
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
