/* SPDX-License-Identifier: Apache-2.0
 *
 * callstack.c: see callstack.h.  The two passes share it, so that they can't
 * disagree on which exit belongs to which call.
 */
#include "formats/decode/callstack.h"

#include <stdlib.h>

#include "formats/decode/stray.h"
#include "formats/spool/spool.h"

#define cold __attribute__((noinline, cold))

/* == OPENING ================================================================ */

static int
open_frame(struct callstack *stack, struct frames *frames, uint32_t id,
           uint64_t ticks, enum open_how opened)
{
    struct frame *frame = frames_push(frames);
    if (frame == NULL)
        return EMITTER_FAILED;
    frame->id = id;
    return stack->collecting ? 0
                             : callstack_tell(stack, frame, id, ticks, opened);
}

int
callstack_open(struct callstack *stack, uint32_t id, uint64_t ticks,
               enum open_how opened)
{
    return open_frame(stack, &stack->seen, id, ticks, opened);
}

int
callstack_open_prior(struct callstack *stack, uint32_t *end, uint32_t begin,
                     uint32_t level, uint64_t ticks)
{
    const struct priorcall *list = stack->prior.list;
    while (*end > begin && list[*end - 1].level <= level) {
        const struct priorcall *call = &list[--*end];
        if (open_frame(stack, &stack->prior_calls, call->id, ticks,
                       OPEN_BEFORE) != 0)
            return EMITTER_FAILED;
    }
    return 0;
}

/* == WHILE IT IS OPEN ======================================================= */

static int
add_arguments(struct callstack *stack, struct frame *frame,
              const uint64_t *data, unsigned words)
{
    bool first = frame->text == 0;
    if (words < 2 || data[1] > (words - 2) * sizeof(uint64_t))
        return 1;
    int result = calltexts_add(&stack->emitter.texts, &frame->text,
                               (const char *)(data + 2), (size_t)data[1]);
    stack->looked_at += result == 0 && first;
    return result;
}

int
callstack_arguments(struct callstack *stack, const uint64_t *data,
                    unsigned words)
{
    struct frames *seen = &stack->seen;
    struct frame *frame = seen->count > 0 ? &seen->list[seen->count - 1] : NULL;
    if (words == 0 || frame == NULL || frame->id != (uint32_t)data[0])
        return 1;
    if (data[0] >> 32 != SPOOL_ARGUMENTS_PASSED)
        return add_arguments(stack, frame, data, words);
    stack->passed += !frame->passed;
    frame->passed = true;
    return 0;
}

/* == CLOSING ================================================================ */

static int
pop(struct callstack *stack, uint64_t ticks, enum close_how closed)
{
    if (!stack->collecting)
        return callstack_close(stack, ticks, closed);
    if (--stack->seen.count < stack->prior.floor)
        priorcalls_fall(&stack->prior, stack->seen.count);
    return 0;
}

cold int
callstack_close_unknown(struct callstack *stack, uint32_t depth, uint64_t ticks)
{
    int result = 0;
    while (stack->seen.count > depth && result == 0)
        result = pop(stack, ticks, CLOSE_UNKNOWN);
    return result;
}

int
callstack_finish(struct callstack *stack)
{
    struct frames *seen = &stack->seen, *prior = &stack->prior_calls;
    uint64_t ns = stack->emitter.next_ns;
    while (!stack->collecting && seen->count + prior->count > 0) {
        bool is_seen =
            prior->count == 0 ||
            (seen->count > 0 && seen->list[seen->count - 1].depth >
                                    prior->list[prior->count - 1].depth);
        struct frames *frames = is_seen ? seen : prior;
        if (emitter_close(&stack->emitter, &frames->list[--frames->count], ns,
                          CLOSE_UNFINISHED) != 0)
            return EMITTER_FAILED;
        if (is_seen && seen->count + 1 == stack->steps.depth &&
            tasksteps_close(&stack->steps, ns, CLOSE_UNFINISHED) != 0)
            return EMITTER_FAILED;
    }
    return stack->collecting ? 0 : tasksteps_finish(&stack->steps);
}

/* == EXITS THAT ARE NOT THE INNERMOST CALL'S ================================ */

const enum close_how callstack_closes[16] = {
    [SPOOL_EXIT] = CLOSE_RETURN,
    [SPOOL_EXIT_EXCEPTION] = CLOSE_EXCEPTION,
    [SPOOL_EXIT_CONTROL] = CLOSE_CONTROL,
    [SPOOL_YIELD] = CLOSE_YIELD,
    [SPOOL_EXIT_UNOPENED] = CLOSE_RETURN,
};

static void
note(struct callstack *stack, enum trouble_kind kind, uint32_t id,
     uint64_t ticks)
{
    trouble_note(&stack->troubles, kind, emitter_function(&stack->emitter, id),
                 emitter_ns(&stack->emitter, ticks), 0);
}

/* An exit that matches no open call costs nothing but itself. */
static cold int
pass_over(struct callstack *stack, uint32_t id, uint64_t ticks)
{
    note(stack, TROUBLE_STRAY, id, ticks);
    return 0;
}

/* Prior calls leave in the reverse order of their opening.  Where there is
 * none, they were too many to keep. */
static int
close_prior(struct callstack *stack, uint32_t id, uint64_t ticks,
            enum close_how closed)
{
    struct frames *prior = &stack->prior_calls;
    if (prior->count == 0 || prior->list[prior->count - 1].id != id)
        return pass_over(stack, id, ticks);
    struct frame *frame = &prior->list[--prior->count];
    uint64_t ns = emitter_stamp(&stack->emitter, ticks);
    return emitter_close(&stack->emitter, frame, ns, closed);
}

/* Close down to depth calls, whose exits were not seen: an anomaly each.  But a
 * span that the program named ends where what it is in does: a generator or
 * coroutine that is suspended there goes on without it. */
static cold int
pop_skipped(struct callstack *stack, uint32_t depth, uint64_t ticks,
            unsigned kind)
{
    int result = 0;
    while (stack->seen.count > depth && result == 0) {
        uint32_t id = stack->seen.list[stack->seen.count - 1].id;
        bool named = callstack_is_named(stack, id);
        if (!named)
            note(stack, TROUBLE_UNSEEN, id, ticks);
        result =
            pop(stack, ticks,
                named && kind == SPOOL_YIELD ? CLOSE_YIELD : CLOSE_UNKNOWN);
    }
    return result;
}

/* Are the calls above depth but spans that the program named? */
static cold bool
skips_spans_only(const struct callstack *stack, uint32_t depth)
{
    uint32_t at = stack->seen.count;
    while (at > depth && callstack_is_named(stack, stack->seen.list[at - 1].id))
        at--;
    return at == depth;
}

/* It ends a call that started before the segment did: nothing is open that started
 * since. */
static cold int
close_before(struct callstack *stack, uint32_t id, uint64_t ticks,
             unsigned kind)
{
    if (stack->collecting)
        return priorcalls_collect(&stack->prior, stack->seen.count, id);
    return close_prior(stack, id, ticks, callstack_closes[kind]);
}

/* One of the outermost calls, which the header of the track's first chunk has
 * no room for but counts. */
static cold int
close_hidden(struct callstack *stack, uint32_t id, uint64_t ticks,
             unsigned kind)
{
    stack->hidden--;
    priorcalls_return(&stack->prior);
    return close_before(stack, id, ticks, kind);
}

/* 0 where it is not open, else its number from the outermost call on. */
static cold uint32_t
find_open(const struct callstack *stack, uint32_t id)
{
    uint32_t at = stack->seen.count;
    while (at > 0 && stack->seen.list[at - 1].id != id)
        at--;
    return at;
}

static cold int
exit_other(struct callstack *stack, uint32_t id, uint64_t ticks, unsigned kind,
           const uint64_t *words, size_t count)
{
    uint32_t at = find_open(stack, id);
    if (at == 0 && stack->seen.count == 0 && stack->hidden > 0)
        return close_hidden(stack, id, ticks, kind);
    if (at == 0 || (!skips_spans_only(stack, at) &&
                    !stray_fits(&stack->seen, at, words, count)))
        return pass_over(stack, id, ticks);
    if (pop_skipped(stack, at, ticks, kind) != 0)
        return EMITTER_FAILED;
    return pop(stack, ticks, callstack_closes[kind]);
}

int
callstack_exit(struct callstack *stack, uint32_t id, uint64_t ticks,
               unsigned kind, const uint64_t *words, size_t count)
{
    return callstack_is_innermost(stack, id)
               ? pop(stack, ticks, callstack_closes[kind])
               : exit_other(stack, id, ticks, kind, words, count);
}

cold int
callstack_exit_unopened(struct callstack *stack, uint32_t id, uint64_t ticks)
{
    uint32_t at = find_open(stack, id);
    if (at > 0 && at == stack->seen.count)
        return pop(stack, ticks, callstack_closes[SPOOL_EXIT_UNOPENED]);
    if (at > 0 || stack->seen.count > stack->prior.floor)
        return pass_over(stack, id, ticks);
    return close_before(stack, id, ticks, SPOOL_EXIT_UNOPENED);
}

cold int
callstack_exit_unseen(struct callstack *stack, uint32_t id, uint64_t ticks)
{
    if (!callstack_is_innermost(stack, id))
        return pass_over(stack, id, ticks);
    return pop_skipped(stack, stack->seen.count - 1, ticks, SPOOL_EXIT_UNSEEN);
}

void
callstack_free(struct callstack *stack)
{
    calltexts_free(&stack->emitter.texts);
    free(stack->seen.list);
    free(stack->prior_calls.list);
    priorcalls_free(&stack->prior);
    tasksteps_free(&stack->steps);
}
