/* SPDX-License-Identifier: Apache-2.0
 *
 * decoder.c: takes a track's records apart.  See decoder.h.  The two passes
 * share all but their inner loops.
 */
#include "formats/decode/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "formats/spool/spool.h"
#include "formats/trace/trouble.h"

#define ID_MASK (SPOOL_FUNCTION_LIMIT - 1)

#define cold __attribute__((noinline, cold))

/* == RECORDS THAT ARE NO CALLS ============================================== */

static cold int
busy(struct decoder *decoder, uint64_t ticks, uint32_t units)
{
    struct emitter *emitter = &decoder->stack.emitter;
    uint64_t duration = (uint64_t)units << SPOOL_BUSY_UNIT_SHIFT;
    uint64_t start = ticks > duration ? ticks - duration : 0;
    struct frame frame = {0};
    if (decoder->stack.collecting || units == 0)
        return 0;
    if (waitqueue_tell(&decoder->waits, emitter, start) != 0)
        return DECODER_FAILED;
    frame.function = emitter->tracer;
    frame.start_ns = emitter_stamp(emitter, start);
    frame.depth = decoder->stack.seen.count + decoder->stack.prior_calls.count;
    frame.opened = OPEN_CALL;
    if (emitter_open(emitter, &frame) != 0 ||
        waitqueue_tell(&decoder->waits, emitter, ticks) != 0)
        return DECODER_FAILED;
    uint64_t ns = emitter_stamp(emitter, ticks);
    decoder->busy_ns += ns - frame.start_ns;
    return emitter_close(emitter, &frame, ns, CLOSE_RETURN);
}

/* Nothing is known from begin to end but that keep calls stayed open.  What was
 * open inside them ends at the begin, as far as is known. */
static int
leap(struct decoder *decoder, uint64_t begin_ticks, uint64_t end_ticks,
     uint32_t keep)
{
    struct emitter *emitter = &decoder->stack.emitter;
    if (callstack_close_unknown(&decoder->stack, keep, begin_ticks) != 0)
        return DECODER_FAILED;
    if (decoder->stack.collecting)
        return 0;
    uint64_t start = emitter_stamp(emitter, begin_ticks);
    uint64_t end = emitter_stamp(emitter, end_ticks);
    trouble_note(&decoder->stack.troubles, TROUBLE_GAP, NULL, start, end);
    return emitter_gap(emitter, start, end);
}

static int
gap(struct decoder *decoder, uint64_t ticks, const uint64_t *payload)
{
    uint64_t begin = payload[0] < ticks ? payload[0] : ticks;
    uint64_t left = payload[2] > decoder->stack.hidden
                        ? payload[2] - decoder->stack.hidden
                        : 0;
    uint32_t keep = decoder->stack.seen.count;
    if (left < keep)
        keep = (uint32_t)left;
    if (payload[2] < decoder->stack.hidden)
        decoder->stack.hidden = (uint32_t)payload[2];
    if (leap(decoder, begin, ticks, keep) != 0)
        return DECODER_FAILED;
    uint32_t first = decoder->stack.prior.at, end = first;
    if (!decoder->stack.collecting)
        end = priorcalls_next_segment(&decoder->stack.prior);
    if (priorcalls_begin_segment(&decoder->stack.prior,
                                 decoder->stack.seen.count) != 0)
        return DECODER_FAILED;
    if (decoder->stack.collecting)
        return 0;
    return callstack_open_prior(&decoder->stack, &end, first, UINT32_MAX,
                                ticks);
}

#define EXT_TYPE(head) \
    ((head) >> SPOOL_KIND_BITS & ((1u << SPOOL_EXT_TYPE_BITS) - 1))
#define EXT_WORDS(head) ((unsigned)((head) >> 16 & SPOOL_EXT_WORDS_MAX))

/* late: an exit that lies before it is that of a call which it counts as inside of. */
static int
exception(struct decoder *decoder, uint64_t ticks, const uint64_t *payload,
          unsigned words, bool late)
{
    struct callstack *stack = &decoder->stack;
    struct fates *fates = &decoder->exceptions.fates;
    if (!stack->collecting)
        return exceptions_tell(&decoder->exceptions, stack, ticks, payload,
                               words);
    if (late && words > SPOOL_EXCEPTION_WHAT &&
        payload[SPOOL_EXCEPTION_WHAT] & SPOOL_EXCEPTION_BEHIND)
        return fates_collect_late(fates, stack, payload);
    return fates_collect(fates, stack, payload, words);
}

static int
exception_in_order(struct decoder *decoder, uint64_t ticks,
                   const uint64_t *payload, unsigned words)
{
    bool was_told = decoder->exceptions.ahead;
    decoder->exceptions.ahead = false;
    return was_told ? 0 : exception(decoder, ticks, payload, words, true);
}

static int
arguments(struct decoder *decoder, const uint64_t *payload, unsigned words)
{
    int result = callstack_arguments(&decoder->stack, payload, words);
    if (result > 0)
        decoder->damaged_bytes += words * sizeof *payload;
    return result < 0 ? DECODER_FAILED : 0;
}

static int
extended(struct decoder *decoder, const uint64_t *record, uint64_t ticks)
{
    uint64_t head = record[0], base = decoder->base_ticks;
    unsigned type = EXT_TYPE(head), words = EXT_WORDS(head);
    int result = 0;
    if (type == SPOOL_EXT_GAP && words >= 3)
        result = gap(decoder, ticks, record + 1);
    else if (type == SPOOL_EXT_EXCEPTION)
        result = exception_in_order(decoder, ticks, record + 1, words);
    else if (type == SPOOL_EXT_ARGUMENTS && !decoder->stack.collecting)
        result = arguments(decoder, record + 1, words);
    else if (type == SPOOL_EXT_COUNTER && !decoder->stack.collecting)
        result = payload_counter(&decoder->payload, ticks, record + 1, words);
    else if (type == SPOOL_EXT_TASK && !decoder->stack.collecting)
        result =
            tasksteps_announce(&decoder->stack.steps, ticks, record + 1, words);
    else if (type == SPOOL_EXT_INSTANT && !decoder->stack.collecting)
        result = payload_instant(&decoder->payload, ticks, record + 1, words);
    else if (type == SPOOL_EXT_WAIT)
        decoder->has_waits = true;
    decoder->base_ticks = base;
    return result;
}

static void
set_base(struct decoder *decoder, uint64_t word)
{
    uint64_t ticks = word >> SPOOL_KIND_BITS;
    if (ticks <= decoder->bound_ticks)
        decoder->base_ticks = ticks;
    else if (!decoder->stack.collecting)
        decoder->damaged_bytes += sizeof word;
}

/* Everything but calls and their exits.  Sets *length to the record's words,
 * or to 0 where it is not whole yet. */
static cold int
rare(struct decoder *decoder, const uint64_t *record, size_t count,
     size_t *length)
{
    uint64_t word = record[0];
    uint64_t ticks = decoder->base_ticks + (word >> SPOOL_TIME_SHIFT);
    unsigned words = word >> 16 & SPOOL_EXT_WORDS_MAX;
    *length = 1;
    switch (word & 15) {
    case 0: *length = 0; return DECODER_END;
    case SPOOL_BUSY:
        return busy(decoder, ticks, word >> SPOOL_KIND_BITS & ID_MASK);
    case SPOOL_TIME: set_base(decoder, word); return 0;
    case SPOOL_EXT:
        *length = words < count ? words + 1 : 0;
        return *length > 0 ? extended(decoder, record, ticks) : 0;
    default:
        if (!decoder->stack.collecting)
            decoder->damaged_bytes += sizeof word;
        return 0;
    }
}

/* == ANY RECORD ============================================================= */

#define BIT(kind) (1u << (kind))
#define ENTERS                                                          \
    (BIT(SPOOL_ENTER_PYTHON) | BIT(SPOOL_ENTER_C) | BIT(SPOOL_RESUME) | \
     BIT(SPOOL_THROW))
#define EXITS                                                                \
    (BIT(SPOOL_EXIT) | BIT(SPOOL_EXIT_EXCEPTION) | BIT(SPOOL_EXIT_CONTROL) | \
     BIT(SPOOL_YIELD))

/* What of ours can come between an exit and what is told of it. */
#define RECORDS_BETWEEN (BIT(SPOOL_BUSY) | BIT(SPOOL_TIME))
#define RAISES          (BIT(SPOOL_EXIT_EXCEPTION) | BIT(SPOOL_EXIT_CONTROL))

static const enum open_how opens[16] = {
    [SPOOL_ENTER_PYTHON] = OPEN_CALL,
    [SPOOL_ENTER_C] = OPEN_CALL,
    [SPOOL_RESUME] = OPEN_RESUME,
    [SPOOL_THROW] = OPEN_THROW,
};

static always_inline uint32_t
id_of(uint64_t word)
{
    return (uint32_t)(word >> SPOOL_KIND_BITS) & ID_MASK;
}

/* The record of the exception by which this one, an exit, ends a call, where it lies
 * behind it; NULL: it does not. */
static cold const uint64_t *
told_behind(const uint64_t *words, size_t count)
{
    const uint64_t *at = words + 1, *end = words + count;
    while (at < end && (RECORDS_BETWEEN >> (*at & 15) & 1) != 0)
        at++;
    return end - at > SPOOL_EXCEPTION_WHAT + 1 && (*at & 15) == SPOOL_EXT &&
                   EXT_TYPE(*at) == SPOOL_EXT_EXCEPTION &&
                   EXT_WORDS(*at) > SPOOL_EXCEPTION_WHAT &&
                   EXT_WORDS(*at) < end - at &&
                   at[1 + SPOOL_EXCEPTION_WHAT] & SPOOL_EXCEPTION_BEHIND
               ? at
               : NULL;
}

static always_inline bool
is_told_behind(const uint64_t *words, size_t count)
{
    return unlikely((RAISES >> (words[0] & 15) & 1) != 0) &&
           told_behind(words, count) != NULL;
}

static cold int
tell_ahead(struct decoder *decoder, const uint64_t *record, uint64_t ticks)
{
    int result =
        exception(decoder, ticks, record + 1, EXT_WORDS(record[0]), false);
    decoder->exceptions.ahead = true;
    return result;
}

static int
leave(struct decoder *decoder, const uint64_t *record, size_t count,
      uint64_t ticks)
{
    uint32_t id = id_of(record[0]);
    unsigned kind = record[0] & 15;
    if (is_told_behind(record, count) &&
        tell_ahead(decoder, told_behind(record, count), ticks) != 0)
        return EMITTER_FAILED;
    if (decoder->stack.collecting)
        fates_exit(&decoder->exceptions.fates, &decoder->stack, id, kind);
    return callstack_exit(&decoder->stack, id, ticks, kind, record + 1,
                          count - 1);
}

static always_inline void
count_entry(struct decoder *decoder, unsigned kind, uint32_t id)
{
    decoder->calls +=
        kind <= SPOOL_ENTER_C && !callstack_is_named(&decoder->stack, id);
    decoder->c_calls += kind == SPOOL_ENTER_C;
    decoder->steps++;
}

/* A call that may be a step of a task, which was announced. */
static cold int
open_step(struct decoder *decoder, uint32_t id, uint64_t ticks, unsigned kind)
{
    struct callstack *stack = &decoder->stack;
    if (callstack_open(stack, id, ticks, opens[kind]) != 0)
        return DECODER_FAILED;
    count_entry(decoder, kind, id);
    uint32_t depth = stack->seen.count - 1;
    return tasksteps_open(&stack->steps, id, &stack->seen.list[depth], depth);
}

/* One record, of whatever kind, in either pass. */
static int
step(struct decoder *decoder, const uint64_t *record, size_t count,
     size_t *length)
{
    uint64_t word = record[0];
    uint64_t ticks = decoder->base_ticks + (word >> SPOOL_TIME_SHIFT);
    unsigned kind = word & 15;
    uint32_t id = id_of(word);
    *length = 1;
    if ((ENTERS >> kind & 1) != 0)
        return decoder->stack.steps.announced
                   ? open_step(decoder, id, ticks, kind)
                   : callstack_open(&decoder->stack, id, ticks, opens[kind]);
    if ((EXITS >> kind & 1) != 0)
        return leave(decoder, record, count, ticks);
    if (kind == SPOOL_EXIT_UNOPENED)
        return callstack_exit_unopened(&decoder->stack, id, ticks);
    if (kind == SPOOL_EXIT_UNSEEN)
        return callstack_exit_unseen(&decoder->stack, id, ticks);
    return rare(decoder, record, count, length);
}

/* == THE LOOPS ============================================================== */

/* Do these two records make a call in which nothing happens? */
static always_inline bool
is_leaf(uint64_t word, uint64_t next)
{
    return (EXITS >> (next & 15) & 1) != 0 && id_of(next) == id_of(word);
}

/* The first pass: pass over as many records as only move the depth, not below
 * the floor, and not by an exception. */
static size_t
skim(struct decoder *decoder, const uint64_t *words, size_t count)
{
    struct frame *list = decoder->stack.seen.list;
    uint32_t depth = decoder->stack.seen.count, room = decoder->stack.seen.room;
    uint32_t floor = fates_floor(&decoder->exceptions.fates);
    if (floor < decoder->stack.prior.floor)
        floor = decoder->stack.prior.floor;
    size_t at = 0;
    for (; at < count; at++) {
        unsigned kind = words[at] & 15;
        uint32_t id = id_of(words[at]);
        if ((ENTERS >> kind & 1) != 0 && at + 1 < count &&
            is_leaf(words[at], words[at + 1]) &&
            (RAISES >> (words[at + 1] & 15) & 1) == 0)
            at++;
        else if ((ENTERS >> kind & 1) != 0 && depth < room)
            list[depth++].id = id;
        else if ((EXITS >> kind & 1) != 0 && depth > floor &&
                 list[depth - 1].id == id && (RAISES >> kind & 1) == 0)
            depth--;
        else
            break;
    }
    decoder->stack.seen.count = depth;
    return at;
}

static always_inline uint64_t
ticks_of(const struct decoder *decoder, uint64_t word)
{
    return decoder->base_ticks + (word >> SPOOL_TIME_SHIFT);
}

static always_inline int
tell_leaf(struct decoder *decoder, const uint64_t *words)
{
    const uint64_t ticks[2] = {ticks_of(decoder, words[0]),
                               ticks_of(decoder, words[1])};
    unsigned kind = words[0] & 15;
    uint32_t id = id_of(words[0]);
    count_entry(decoder, kind, id);
    return callstack_leaf(&decoder->stack, id, ticks, opens[kind],
                          callstack_closes[words[1] & 15]);
}

/* The second pass: tell as many records as are calls and their exits. */
static size_t
tell(struct decoder *decoder, const uint64_t *words, size_t count, int *result)
{
    struct callstack *stack = &decoder->stack;
    bool leaves = stack->emitter.visitor->leaf != NULL;
    uint64_t next_wait = decoder->waits.next_ticks;
    size_t at = 0;
    for (; at < count && likely(*result == 0); at++) {
        uint64_t word = words[at];
        unsigned kind = word & 15;
        uint32_t id = id_of(word);
        uint64_t ticks = decoder->base_ticks + (word >> SPOOL_TIME_SHIFT);
        if (unlikely(ticks >= next_wait))
            break;
        if ((ENTERS >> kind & 1) != 0) {
            if (leaves && at + 1 < count && is_leaf(word, words[at + 1]) &&
                likely(ticks_of(decoder, words[at + 1]) < next_wait) &&
                !is_told_behind(words + at + 1, count - at - 1)) {
                *result = tell_leaf(decoder, words + at++);
                continue;
            }
            struct frame *frame = frames_push(&stack->seen);
            if (unlikely(frame == NULL)) {
                *result = EMITTER_FAILED;
                break;
            }
            count_entry(decoder, kind, id);
            *result = callstack_tell(stack, frame, id, ticks, opens[kind]);
        } else if ((EXITS >> kind & 1) != 0 &&
                   callstack_is_innermost(stack, id) &&
                   stack->seen.count != stack->steps.depth &&
                   !is_told_behind(words + at, count - at)) {
            *result = callstack_close(stack, ticks, callstack_closes[kind]);
        } else {
            break;
        }
    }
    return at;
}

/* Waits are told before what comes behind them.  BUSY, which began earlier than its
 * record says, sees to that itself; a record of a wait says nothing about its own
 * time. */
static bool
is_wait_due(const struct decoder *decoder, uint64_t word)
{
    unsigned kind = word & 15;
    return word != 0 && kind != SPOOL_TIME && kind != SPOOL_BUSY &&
           !waitqueue_is_wait(word) &&
           ticks_of(decoder, word) >= decoder->waits.next_ticks;
}

/* The record behind count others may end a step of a task. */
static void
look_behind(struct decoder *decoder, const uint64_t *words, size_t count)
{
    struct callstack *stack = &decoder->stack;
    unsigned kind = words[count] & 15;
    uint32_t id = id_of(words[count]);
    if ((EXITS >> kind & 1) != 0)
        stack->steps.announced = false;
    if (kind == SPOOL_YIELD && stack->steps.depth > 0 &&
        stack->steps.depth == stack->seen.count &&
        callstack_is_innermost(stack, id))
        tasksteps_yield(&stack->steps, id, words, count);
}

int
decoder_words(struct decoder *decoder, const uint64_t *words, size_t count,
              size_t *used)
{
    int result = 0;
    size_t at = 0, length = 1, behind = 0; /* the last extended record */
    while (at < count && result == 0 && length > 0) {
        if (decoder->stack.collecting)
            at += skim(decoder, words + at, count - at);
        else if (!decoder->stack.steps.announced)
            at += tell(decoder, words + at, count - at, &result);
        if (at == count || result != 0)
            break;
        if (is_wait_due(decoder, words[at])) {
            result = waitqueue_tell(&decoder->waits, &decoder->stack.emitter,
                                    ticks_of(decoder, words[at]));
            continue;
        }
        look_behind(decoder, words + behind, at - behind);
        result = step(decoder, words + at, count - at, &length);
        at += length;
        behind = length > 1 ? at : behind;
    }
    *used = at;
    return result;
}

/* == BEGIN AND END ========================================================== */

static int
push_stored(struct decoder *decoder, uint32_t entry)
{
    uint32_t id = entry >> SPOOL_KIND_BITS;
    return callstack_open(&decoder->stack, id, decoder->base_ticks,
                          OPEN_BEFORE);
}

void
decoder_set_up(struct decoder *decoder, struct emitter emitter)
{
    *decoder = (struct decoder){
        .stack = {.collecting = true,
                  .emitter = emitter,
                  .steps = {.emitter = &decoder->stack.emitter}},
        .payload = {.emitter = &decoder->stack.emitter},
        .waits = {.next_ticks = UINT64_MAX},
    };
}

/* Prior calls outside of an inherited call open before it. */
int
decoder_begin(struct decoder *decoder, const uint32_t *stack, uint32_t stored,
              uint32_t depth)
{
    uint32_t end = decoder->stack.collecting
                       ? 0
                       : priorcalls_next_segment(&decoder->stack.prior);
    decoder->stack.hidden = depth - stored;
    for (uint32_t level = 0; level < stored; level++)
        if (callstack_open_prior(&decoder->stack, &end, 0, level,
                                 decoder->base_ticks) != 0 ||
            push_stored(decoder, stack[stored - 1 - level]) != 0)
            return DECODER_FAILED;
    if (callstack_open_prior(&decoder->stack, &end, 0, UINT32_MAX,
                             decoder->base_ticks) != 0)
        return DECODER_FAILED;
    return priorcalls_begin_segment(&decoder->stack.prior,
                                    decoder->stack.seen.count);
}

/* How many of the open calls are, from the outermost one, those that the
 * chunk's stack has too; of those that it leaves out, nothing else is known. */
static uint32_t
common(const struct decoder *decoder, const uint32_t *stack, uint32_t stored,
       uint32_t left_out)
{
    uint32_t same = left_out;
    while (same < decoder->stack.seen.count && same - left_out < stored &&
           decoder->stack.seen.list[same].id ==
               stack[stored - 1 - (same - left_out)] >> SPOOL_KIND_BITS)
        same++;
    return same < decoder->stack.seen.count ? same : decoder->stack.seen.count;
}

int
decoder_resume(struct decoder *decoder, uint64_t ticks, const uint32_t *stack,
               uint32_t stored, uint32_t depth)
{
    uint32_t left_out = depth - stored;
    left_out =
        left_out > decoder->stack.hidden ? left_out - decoder->stack.hidden : 0;
    uint32_t same = common(decoder, stack, stored, left_out);
    uint32_t known = same > left_out ? same - left_out : 0;
    decoder->base_ticks = ticks;
    if (leap(decoder, decoder->stack.emitter.begin_ticks, ticks, same) != 0)
        return DECODER_FAILED;
    for (uint32_t i = known; i < stored; i++)
        if (push_stored(decoder, stack[stored - 1 - i]) != 0)
            return DECODER_FAILED;
    return 0;
}

int
decoder_finish(struct decoder *decoder)
{
    if (!decoder->stack.collecting &&
        waitqueue_finish(&decoder->waits, &decoder->stack.emitter) != 0)
        return DECODER_FAILED;
    return callstack_finish(&decoder->stack);
}

void
decoder_rewind(struct decoder *decoder)
{
    fates_finish(&decoder->exceptions.fates, &decoder->stack);
    priorcalls_rewind(&decoder->stack.prior);
    waitqueue_clear(&decoder->waits);
    decoder->stack.collecting = false;
    decoder->stack.seen.count = 0;
    decoder->stack.steps.count = decoder->stack.steps.depth = 0;
    decoder->stack.steps.announced = false;
    decoder->calls = decoder->damaged_bytes = 0;
    memset(&decoder->stack.troubles, 0, sizeof decoder->stack.troubles);
    decoder->steps = decoder->c_calls = decoder->busy_ns = 0;
}

void
decoder_free(struct decoder *decoder)
{
    callstack_free(&decoder->stack);
    exceptions_free(&decoder->exceptions);
    free(decoder->payload.text);
    waitqueue_free(&decoder->waits);
}
