/* SPDX-License-Identifier: Apache-2.0
 *
 * callstack.h: the calls of a track that are open, and which of them a record
 * opens or ends.  What is in the loops over records is inline.
 */
#ifndef CODESNAP_CALLSTACK_H
#define CODESNAP_CALLSTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/decode/emitter.h"
#include "formats/decode/frames.h"
#include "formats/decode/priorcalls.h"
#include "formats/decode/tasksteps.h"
#include "formats/trace/trouble.h"

struct callstack {
    bool collecting; /* the first pass */
    struct emitter emitter;
    struct frames seen;        /* calls seen to open */
    struct frames prior_calls; /* that are open now, second pass only */
    struct priorcalls prior;   /* all of them */
    uint32_t hidden; /* outermost calls that a chunk's header left out */
    struct troubles troubles;
    uint64_t looked_at, passed; /* calls, as to their arguments */
    struct tasksteps steps;     /* of tasks, second pass only */
};

/* All functions that return int give 0, or EMITTER_FAILED. */

/* == OPENING ================================================================ */

/* Fill in the frame that was pushed last, and tell it. */
static always_inline int
callstack_tell(struct callstack *stack, struct frame *frame, uint32_t id,
               uint64_t ticks, enum open_how opened)
{
    frame->id = id;
    frame->function = emitter_function(&stack->emitter, id);
    frame->start_ns = emitter_stamp(&stack->emitter, ticks);
    frame->depth = stack->seen.count + stack->prior_calls.count - 1;
    frame->opened = opened;
    frame->text = 0;
    frame->passed = false;
    return emitter_open(&stack->emitter, frame);
}

int callstack_open(struct callstack *stack, uint32_t id, uint64_t ticks,
                   enum open_how opened);

/* The prior calls of the segment that starts at ticks, from the outermost one:
 * of those before *end, which moves, down to begin, those that lie outside of
 * level. */
int callstack_open_prior(struct callstack *stack, uint32_t *end, uint32_t begin,
                         uint32_t level, uint64_t ticks);

/* == WHILE IT IS OPEN ======================================================= */

/* The innermost call, if it has that id, has such arguments, or they were not looked
 * at: the payload of EXT ARGUMENTS.  In the second pass; 1 where it makes no sense. */
int callstack_arguments(struct callstack *stack, const uint64_t *data,
                        unsigned words);

/* == CLOSING ================================================================ */

/* Close the innermost call, in the second pass, which tells it. */
static always_inline int
callstack_close(struct callstack *stack, uint64_t ticks, enum close_how closed)
{
    struct frame *frame = &stack->seen.list[--stack->seen.count];
    if (unlikely(stack->seen.count < stack->prior.floor))
        priorcalls_fall(&stack->prior, stack->seen.count);
    uint64_t ns = emitter_stamp(&stack->emitter, ticks);
    int result = emitter_close(&stack->emitter, frame, ns, closed);
    if (unlikely(stack->seen.count + 1 == stack->steps.depth) && result == 0)
        return tasksteps_close(&stack->steps, ns, closed);
    return result;
}

/* A call in which nothing happens, in the second pass. */
static always_inline int
callstack_leaf(struct callstack *stack, uint32_t id, const uint64_t ticks[2],
               enum open_how opened, enum close_how closed)
{
    struct emitter *emitter = &stack->emitter;
    struct span span;
    span.function = emitter_function(emitter, id);
    span.start_ns = emitter_stamp(emitter, ticks[0]);
    span.end_ns = emitter_stamp(emitter, ticks[1]);
    span.depth = stack->seen.count + stack->prior_calls.count;
    span.opened = opened;
    span.closed = closed;
    span.arguments = NULL;
    emitter->result = emitter->visitor->leaf(emitter->context, &span);
    return unlikely(emitter->result != 0) ? EMITTER_FAILED : 0;
}

/* Close down to depth calls, whose exits were not seen. */
int callstack_close_unknown(struct callstack *stack, uint32_t depth,
                            uint64_t ticks);

/* Close all, those that were open before too. */
int callstack_finish(struct callstack *stack);

/* == EXITS, IN EITHER PASS ================================================== */

/* The program named it: a span, but no call. */
static always_inline bool
callstack_is_named(const struct callstack *stack, uint32_t id)
{
    return unlikely(emitter_function(&stack->emitter, id)->kind ==
                    FUNCTION_SPAN);
}

/* The innermost of so many calls that is no named span; NULL: there is none. */
static inline const struct frame *
callstack_call(const struct callstack *stack, uint32_t depth)
{
    while (depth > 0 &&
           callstack_is_named(stack, stack->seen.list[depth - 1].id))
        depth--;
    return depth > 0 ? &stack->seen.list[depth - 1] : NULL;
}

static always_inline bool
callstack_is_innermost(const struct callstack *stack, uint32_t id)
{
    uint32_t depth = stack->seen.count;
    return likely(depth > 0) && likely(stack->seen.list[depth - 1].id == id);
}

/* How a record of each kind ends its call. */
extern const enum close_how callstack_closes[16];

/* The exit of a call; words are what follows in its block. */
int callstack_exit(struct callstack *stack, uint32_t id, uint64_t ticks,
                   unsigned kind, const uint64_t *words, size_t count);
/* The record says itself that the call is not among the open ones.  The agent
 * can have given one up that we did not. */
int callstack_exit_unopened(struct callstack *stack, uint32_t id,
                            uint64_t ticks);
/* The agent found out too late that the innermost call had ended. */
int callstack_exit_unseen(struct callstack *stack, uint32_t id, uint64_t ticks);

void callstack_free(struct callstack *stack);

#endif
