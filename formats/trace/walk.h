/* SPDX-License-Identifier: Apache-2.0
 *
 * walk.h: turns the records of one track into well-nested spans with strictly
 * increasing nanoseconds.  A track is walked twice.  The first walk only
 * collects the calls whose exit is seen but whose entry was not ("ghosts");
 * the second can then open them where they belong, before what was inside
 * them, and calls the visitor.  Memory is bounded by depth.
 */
#ifndef CODESNAP_WALK_H
#define CODESNAP_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/trace/ghosts.h"
#include "formats/trace/reader.h"
#include "formats/trace/trouble.h"

/* An open span. */
struct frame {
    uint64_t start_ns;
    const struct function *function;
    uint32_t id;
    uint32_t depth; /* as shown: ghosts count too */
    enum open_how opened;
};

struct frames {
    struct frame *list;
    uint32_t count, room;
};

struct walk {
    bool collecting; /* the first walk */
    const struct track_visitor *visitor;
    void *context;
    const struct function *const *table; /* functions by id */
    uint32_t table_count;
    const struct function *tracer, *unknown;

    uint64_t base_ticks;   /* what record times count from */
    uint64_t bound_ticks;  /* no TIME record of this chunk may be later */
    uint64_t origin_ticks; /* the track's begin: */
    uint64_t origin_ns;
    uint64_t scale;   /* as in struct clockfit */
    uint64_t next_ns; /* the earliest time the next call of visitor can have */

    struct frames stack;  /* calls seen to open */
    struct frames haunts; /* ghosts that are open now, second walk only */
    struct ghosts ghosts;
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

/* All of these return 0 to go on, WALK_END at the end of a chunk's data, or
 * WALK_FAILED: the visitor's answer is in walk->result, or it is 0 and errno
 * says what failed. */
enum {
    WALK_END = 1,
    WALK_FAILED = -1
};

/* The track begins with these calls open, innermost first, of depth in all. */
int walk_begin(struct walk *walk, const uint32_t *stack, uint32_t stored,
               uint32_t depth);

/* Chunks are missing; the next one begins at ticks with this stack. */
int walk_resume(struct walk *walk, uint64_t ticks, const uint32_t *stack,
                uint32_t stored, uint32_t depth);

/* Take count words, the first *used of which were whole records. */
int walk_words(struct walk *walk, const uint64_t *words, size_t count,
               size_t *used);

/* Nothing follows: close what is open. */
int walk_finish(struct walk *walk);

/* Between the walks: put the ghosts in the order of their segments, and start
 * again. */
void walk_rewind(struct walk *walk);
void walk_free(struct walk *walk);

#endif
