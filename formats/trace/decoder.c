/* SPDX-License-Identifier: Apache-2.0
 *
 * decoder.c: the stack machine over the records of a track.  See decoder.h.
 * The two passes share all but their inner loops, so that they can't disagree
 * on what matches what.
 */
#include "formats/trace/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/list.h"
#include "formats/spool/spool.h"
#include "formats/trace/emitter.h"
#include "formats/trace/payload.h"
#include "formats/trace/stray.h"

#define ID_MASK (SPOOL_FUNCTION_LIMIT - 1)

#define cold __attribute__((noinline, cold))

/* == OPENING ================================================================ */

static always_inline struct frame *
push(struct frames *frames)
{
    if (unlikely(frames->count == frames->room) &&
        list_grow((void **)&frames->list, &frames->room,
                  sizeof *frames->list) != 0)
        return NULL;
    return &frames->list[frames->count++];
}

/* Fill in the frame that was pushed last, and tell it. */
static always_inline int
tell_frame(struct decoder *decoder, struct frame *frame, uint32_t id,
           uint64_t ticks, enum open_how opened)
{
    frame->id = id;
    frame->function = emitter_function(decoder, id);
    frame->start_ns = emitter_stamp(decoder, emitter_ns(decoder, ticks));
    frame->depth = decoder->stack.count + decoder->prior_stack.count - 1;
    frame->opened = opened;
    return emitter_open(decoder, frame);
}

static int
open_frame(struct decoder *decoder, struct frames *frames, uint32_t id,
           uint64_t ticks, enum open_how opened)
{
    struct frame *frame = push(frames);
    if (frame == NULL)
        return DECODER_FAILED;
    frame->id = id;
    return decoder->collecting ? 0
                               : tell_frame(decoder, frame, id, ticks, opened);
}

/* == CLOSING ================================================================ */

/* Close the innermost call; the second pass tells it. */
static always_inline int
close_frame(struct decoder *decoder, uint64_t ticks, enum close_how closed)
{
    struct frame *frame = &decoder->stack.list[--decoder->stack.count];
    if (unlikely(decoder->stack.count < decoder->prior.floor))
        priorcalls_fall(&decoder->prior, decoder->stack.count);
    uint64_t ns = emitter_stamp(decoder, emitter_ns(decoder, ticks));
    return emitter_close(decoder, frame, ns, closed);
}

static int
pop(struct decoder *decoder, uint64_t ticks, enum close_how closed)
{
    if (!decoder->collecting)
        return close_frame(decoder, ticks, closed);
    if (--decoder->stack.count < decoder->prior.floor)
        priorcalls_fall(&decoder->prior, decoder->stack.count);
    return 0;
}

/* Close down to depth calls, whose exits were not seen. */
static cold int
pop_unknown(struct decoder *decoder, uint32_t depth, uint64_t ticks)
{
    int result = 0;
    while (decoder->stack.count > depth && result == 0)
        result = pop(decoder, ticks, CLOSE_UNKNOWN);
    return result;
}

/* == PRIOR CALLS =========================================================== */

/* An exit that fits no open call costs nothing but itself. */
static cold int
pass_over(struct decoder *decoder, uint32_t id, uint64_t ticks)
{
    trouble_note(&decoder->troubles, TROUBLE_STRAY,
                 emitter_function(decoder, id), emitter_ns(decoder, ticks), 0);
    return 0;
}

/* Prior calls leave in the reverse order of their opening.  Where there is
 * none, they were too many to keep. */
static int
close_prior_call(struct decoder *decoder, uint32_t id, uint64_t ticks,
                 enum close_how closed)
{
    struct frames *prior_stack = &decoder->prior_stack;
    if (prior_stack->count == 0 ||
        prior_stack->list[prior_stack->count - 1].id != id)
        return pass_over(decoder, id, ticks);
    struct frame *frame = &prior_stack->list[--prior_stack->count];
    uint64_t ns = emitter_stamp(decoder, emitter_ns(decoder, ticks));
    return emitter_close(decoder, frame, ns, closed);
}

/* The prior calls of the segment that begins now, from the outermost one; those
 * that lie outside of level only. */
static int
open_prior_calls(struct decoder *decoder, uint32_t *end, uint32_t begin,
                 uint32_t level)
{
    const struct priorcall *list = decoder->prior.list;
    while (*end > begin && list[*end - 1].level <= level) {
        const struct priorcall *call = &list[--*end];
        if (open_frame(decoder, &decoder->prior_stack, call->id,
                       decoder->base_ticks, OPEN_BEFORE) != 0)
            return DECODER_FAILED;
    }
    return 0;
}

/* == EXITS THAT ARE NOT THE INNERMOST CALL'S ================================ */

static const enum close_how closes[16] = {
    [SPOOL_EXIT] = CLOSE_RETURN,
    [SPOOL_EXIT_EXCEPTION] = CLOSE_EXCEPTION,
    [SPOOL_YIELD] = CLOSE_YIELD,
    [SPOOL_EXIT_UNOPENED] = CLOSE_RETURN,
};

static int
close_seen(struct decoder *decoder, uint64_t ticks, unsigned kind)
{
    return pop(decoder, ticks, closes[kind]);
}

/* The program named it: a span, but no call. */
static always_inline bool
is_named(const struct decoder *decoder, uint32_t id)
{
    return unlikely(emitter_function(decoder, id)->kind == FUNCTION_SPAN);
}

/* Close down to depth calls, whose exits were not seen: an anomaly each.  But a
 * span that the program named ends where what it is in does: a generator or
 * coroutine that is suspended there goes on without it. */
static cold int
pop_skipped(struct decoder *decoder, uint32_t depth, uint64_t ticks,
            unsigned kind)
{
    int result = 0;
    while (decoder->stack.count > depth && result == 0) {
        uint32_t id = decoder->stack.list[decoder->stack.count - 1].id;
        bool named = is_named(decoder, id), suspended = kind == SPOOL_YIELD;
        if (!named)
            trouble_note(&decoder->troubles, TROUBLE_UNSEEN,
                         emitter_function(decoder, id),
                         emitter_ns(decoder, ticks), 0);
        result = pop(decoder, ticks,
                     named && suspended ? CLOSE_YIELD : CLOSE_UNKNOWN);
    }
    return result;
}

/* Are the calls above depth but spans that the program named? */
static cold bool
skips_spans_only(const struct decoder *decoder, uint32_t depth)
{
    uint32_t at = decoder->stack.count;
    while (at > depth && is_named(decoder, decoder->stack.list[at - 1].id))
        at--;
    return at == depth;
}

/* It ends a call that began before the segment did: nothing is open that began
 * since. */
static cold int
close_before(struct decoder *decoder, uint32_t id, uint64_t ticks,
             unsigned kind)
{
    if (decoder->collecting)
        return priorcalls_collect(&decoder->prior, decoder->stack.count, id);
    return close_prior_call(decoder, id, ticks, closes[kind]);
}

/* One of the outermost calls, which the header of the track's first chunk has
 * no room for but counts. */
static cold int
close_hidden(struct decoder *decoder, uint32_t id, uint64_t ticks,
             unsigned kind)
{
    decoder->hidden--;
    priorcalls_return(&decoder->prior);
    return close_before(decoder, id, ticks, kind);
}

/* 0 where it is not open, else its number from the outermost call on. */
static cold uint32_t
find_open(const struct decoder *decoder, uint32_t id)
{
    uint32_t at = decoder->stack.count;
    while (at > 0 && decoder->stack.list[at - 1].id != id)
        at--;
    return at;
}

/* The record says itself that the call is not among the open ones.  The agent
 * can have given one up that we did not. */
static cold int
exit_unopened(struct decoder *decoder, uint32_t id, uint64_t ticks)
{
    uint32_t at = find_open(decoder, id);
    if (at > 0 && at == decoder->stack.count)
        return close_seen(decoder, ticks, SPOOL_EXIT_UNOPENED);
    if (at > 0 || decoder->stack.count > decoder->prior.floor)
        return pass_over(decoder, id, ticks);
    return close_before(decoder, id, ticks, SPOOL_EXIT_UNOPENED);
}

/* The agent found out too late that the innermost call had ended. */
static cold int
exit_unseen(struct decoder *decoder, uint32_t id, uint64_t ticks)
{
    uint32_t depth = decoder->stack.count;
    if (depth == 0 || decoder->stack.list[depth - 1].id != id)
        return pass_over(decoder, id, ticks);
    return pop_skipped(decoder, depth - 1, ticks, SPOOL_EXIT_UNSEEN);
}

/* words are what follows in the block. */
static cold int
exit_other(struct decoder *decoder, uint32_t id, uint64_t ticks, unsigned kind,
           const uint64_t *words, size_t count)
{
    uint32_t at = find_open(decoder, id);
    if (at == 0 && decoder->stack.count == 0 && decoder->hidden > 0)
        return close_hidden(decoder, id, ticks, kind);
    if (at == 0 || (!skips_spans_only(decoder, at) &&
                    !stray_fits(&decoder->stack, at, words, count)))
        return pass_over(decoder, id, ticks);
    if (pop_skipped(decoder, at, ticks, kind) != 0)
        return DECODER_FAILED;
    return close_seen(decoder, ticks, kind);
}

/* == RECORDS THAT ARE NO CALLS ============================================== */

static cold int
busy(struct decoder *decoder, uint64_t ticks, uint32_t units)
{
    uint64_t duration = (uint64_t)units << SPOOL_BUSY_UNIT_SHIFT;
    uint64_t start = ticks > duration ? ticks - duration : 0;
    struct frame frame;
    if (decoder->collecting || units == 0)
        return 0;
    frame.function = decoder->tracer;
    frame.start_ns = emitter_stamp(decoder, emitter_ns(decoder, start));
    frame.depth = decoder->stack.count + decoder->prior_stack.count;
    frame.opened = OPEN_CALL;
    if (emitter_open(decoder, &frame) != 0)
        return DECODER_FAILED;
    uint64_t ns = emitter_stamp(decoder, emitter_ns(decoder, ticks));
    decoder->busy_ns += ns - frame.start_ns;
    return emitter_close(decoder, &frame, ns, CLOSE_RETURN);
}

/* Nothing is known from begin to end but that keep calls stayed open.  What was
 * open inside them ends at the begin, as far as is known. */
static int
leap(struct decoder *decoder, uint64_t begin_ticks, uint64_t end_ticks,
     uint32_t keep)
{
    if (pop_unknown(decoder, keep, begin_ticks) != 0)
        return DECODER_FAILED;
    if (decoder->collecting)
        return 0;
    uint64_t start = emitter_stamp(decoder, emitter_ns(decoder, begin_ticks));
    uint64_t end = emitter_stamp(decoder, emitter_ns(decoder, end_ticks));
    trouble_note(&decoder->troubles, TROUBLE_GAP, NULL, start, end);
    return emitter_gap(decoder, start, end);
}

static int
gap(struct decoder *decoder, uint64_t ticks, const uint64_t *payload)
{
    uint64_t begin = payload[0] < ticks ? payload[0] : ticks;
    uint64_t left =
        payload[2] > decoder->hidden ? payload[2] - decoder->hidden : 0;
    uint32_t keep = decoder->stack.count;
    if (left < keep)
        keep = (uint32_t)left;
    if (payload[2] < decoder->hidden)
        decoder->hidden = (uint32_t)payload[2];
    if (leap(decoder, begin, ticks, keep) != 0)
        return DECODER_FAILED;
    uint32_t first = decoder->prior.at, end = first;
    if (!decoder->collecting)
        end = priorcalls_next_segment(&decoder->prior);
    if (priorcalls_begin_segment(&decoder->prior, decoder->stack.count) != 0)
        return DECODER_FAILED;
    if (decoder->collecting)
        return 0;
    decoder->base_ticks = ticks; /* where open_prior_calls puts them */
    return open_prior_calls(decoder, &end, first, UINT32_MAX);
}

static int
extended(struct decoder *decoder, const uint64_t *record, uint64_t ticks)
{
    uint64_t head = record[0], base = decoder->base_ticks;
    unsigned type = head >> SPOOL_KIND_BITS & ((1u << SPOOL_EXT_TYPE_BITS) - 1);
    unsigned words = head >> 16 & SPOOL_EXT_WORDS_MAX;
    int result = 0;
    if (type == SPOOL_EXT_GAP && words >= 3)
        result = gap(decoder, ticks, record + 1);
    else if (type == SPOOL_EXT_COUNTER && !decoder->collecting)
        result = payload_counter(decoder, ticks, record + 1, words);
    else if (type == SPOOL_EXT_INSTANT && !decoder->collecting)
        result = payload_instant(decoder, ticks, record + 1, words);
    decoder->base_ticks = base;
    return result;
}

static void
set_base(struct decoder *decoder, uint64_t word)
{
    uint64_t ticks = word >> SPOOL_KIND_BITS;
    if (ticks <= decoder->bound_ticks)
        decoder->base_ticks = ticks;
    else if (!decoder->collecting)
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
        if (!decoder->collecting)
            decoder->damaged_bytes += sizeof word;
        return 0;
    }
}

/* == ANY RECORD ============================================================= */

#define BIT(kind) (1u << (kind))
#define ENTERS                                                          \
    (BIT(SPOOL_ENTER_PYTHON) | BIT(SPOOL_ENTER_C) | BIT(SPOOL_RESUME) | \
     BIT(SPOOL_THROW))
#define EXITS (BIT(SPOOL_EXIT) | BIT(SPOOL_EXIT_EXCEPTION) | BIT(SPOOL_YIELD))

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

static always_inline bool
is_innermost(const struct decoder *decoder, uint32_t id)
{
    uint32_t depth = decoder->stack.count;
    return likely(depth > 0) && likely(decoder->stack.list[depth - 1].id == id);
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
        return open_frame(decoder, &decoder->stack, id, ticks, opens[kind]);
    if ((EXITS >> kind & 1) != 0 && is_innermost(decoder, id))
        return close_seen(decoder, ticks, kind);
    if ((EXITS >> kind & 1) != 0)
        return exit_other(decoder, id, ticks, kind, record + 1, count - 1);
    if (kind == SPOOL_EXIT_UNOPENED)
        return exit_unopened(decoder, id, ticks);
    if (kind == SPOOL_EXIT_UNSEEN)
        return exit_unseen(decoder, id, ticks);
    return rare(decoder, record, count, length);
}

/* == THE LOOPS ============================================================== */

/* The first pass: pass over as many records as only move the depth, and not
 * below the floor. */
static size_t
skim(struct decoder *decoder, const uint64_t *words, size_t count)
{
    struct frame *list = decoder->stack.list;
    uint32_t depth = decoder->stack.count, room = decoder->stack.room;
    uint32_t floor = decoder->prior.floor;
    size_t at = 0;
    for (; at < count; at++) {
        unsigned kind = words[at] & 15;
        uint32_t id = id_of(words[at]);
        if ((ENTERS >> kind & 1) != 0 && depth < room)
            list[depth++].id = id;
        else if ((EXITS >> kind & 1) != 0 && depth > floor &&
                 list[depth - 1].id == id)
            depth--;
        else
            break;
    }
    decoder->stack.count = depth;
    return at;
}

/* The second pass: tell as many records as are calls and their exits. */
static size_t
tell(struct decoder *decoder, const uint64_t *words, size_t count, int *result)
{
    size_t at = 0;
    for (; at < count && likely(*result == 0); at++) {
        uint64_t word = words[at];
        unsigned kind = word & 15;
        uint32_t id = id_of(word);
        uint64_t ticks = decoder->base_ticks + (word >> SPOOL_TIME_SHIFT);
        if ((ENTERS >> kind & 1) != 0) {
            struct frame *frame = push(&decoder->stack);
            if (unlikely(frame == NULL))
                break;
            decoder->calls += kind <= SPOOL_ENTER_C && !is_named(decoder, id);
            decoder->c_calls += kind == SPOOL_ENTER_C;
            decoder->steps++;
            *result = tell_frame(decoder, frame, id, ticks, opens[kind]);
        } else if ((EXITS >> kind & 1) != 0 && is_innermost(decoder, id)) {
            *result = close_frame(decoder, ticks, closes[kind]);
        } else {
            break;
        }
    }
    return at;
}

int
decoder_words(struct decoder *decoder, const uint64_t *words, size_t count,
              size_t *used)
{
    int result = 0;
    size_t at = 0, length = 1;
    while (at < count && result == 0 && length > 0) {
        if (decoder->collecting)
            at += skim(decoder, words + at, count - at);
        else
            at += tell(decoder, words + at, count - at, &result);
        if (at == count || result != 0)
            break;
        result = step(decoder, words + at, count - at, &length);
        at += length;
    }
    *used = at;
    return result;
}

/* == BEGIN AND END ========================================================== */

static int
push_stored(struct decoder *decoder, uint32_t entry)
{
    uint32_t id = entry >> SPOOL_KIND_BITS;
    return open_frame(decoder, &decoder->stack, id, decoder->base_ticks,
                      OPEN_BEFORE);
}

/* Prior calls outside of an inherited call open before it. */
int
decoder_begin(struct decoder *decoder, const uint32_t *stack, uint32_t stored,
              uint32_t depth)
{
    uint32_t end =
        decoder->collecting ? 0 : priorcalls_next_segment(&decoder->prior);
    decoder->hidden = depth - stored;
    for (uint32_t level = 0; level < stored; level++)
        if (open_prior_calls(decoder, &end, 0, level) != 0 ||
            push_stored(decoder, stack[stored - 1 - level]) != 0)
            return DECODER_FAILED;
    if (open_prior_calls(decoder, &end, 0, UINT32_MAX) != 0)
        return DECODER_FAILED;
    return priorcalls_begin_segment(&decoder->prior, decoder->stack.count);
}

/* How many of the open calls are, from the outermost one, those that the
 * chunk's stack has too; of those that it leaves out, nothing else is known. */
static uint32_t
common(const struct decoder *decoder, const uint32_t *stack, uint32_t stored,
       uint32_t left_out)
{
    uint32_t same = left_out;
    while (same < decoder->stack.count && same - left_out < stored &&
           decoder->stack.list[same].id ==
               stack[stored - 1 - (same - left_out)] >> SPOOL_KIND_BITS)
        same++;
    return same < decoder->stack.count ? same : decoder->stack.count;
}

int
decoder_resume(struct decoder *decoder, uint64_t ticks, const uint32_t *stack,
               uint32_t stored, uint32_t depth)
{
    uint32_t left_out = depth - stored;
    left_out = left_out > decoder->hidden ? left_out - decoder->hidden : 0;
    uint32_t same = common(decoder, stack, stored, left_out);
    uint32_t known = same > left_out ? same - left_out : 0;
    decoder->base_ticks = ticks;
    if (leap(decoder, decoder->begin_ticks, ticks, same) != 0)
        return DECODER_FAILED;
    for (uint32_t i = known; i < stored; i++)
        if (push_stored(decoder, stack[stored - 1 - i]) != 0)
            return DECODER_FAILED;
    return 0;
}

int
decoder_finish(struct decoder *decoder)
{
    struct frames *stack = &decoder->stack,
                  *prior_stack = &decoder->prior_stack;
    uint64_t ns = decoder->next_ns;
    while (!decoder->collecting && stack->count + prior_stack->count > 0) {
        bool is_seen = prior_stack->count == 0 ||
                       (stack->count > 0 &&
                        stack->list[stack->count - 1].depth >
                            prior_stack->list[prior_stack->count - 1].depth);
        struct frames *frames = is_seen ? stack : prior_stack;
        if (emitter_close(decoder, &frames->list[--frames->count], ns,
                          CLOSE_UNFINISHED) != 0)
            return DECODER_FAILED;
    }
    return 0;
}

void
decoder_rewind(struct decoder *decoder)
{
    priorcalls_rewind(&decoder->prior);
    decoder->collecting = false;
    decoder->stack.count = 0;
    decoder->calls = decoder->damaged_bytes = 0;
    memset(&decoder->troubles, 0, sizeof decoder->troubles);
    decoder->steps = decoder->c_calls = decoder->busy_ns = 0;
    decoder->instants = decoder->samples = 0;
}

void
decoder_free(struct decoder *decoder)
{
    free(decoder->stack.list);
    free(decoder->prior_stack.list);
    priorcalls_free(&decoder->prior);
    free(decoder->text);
}
