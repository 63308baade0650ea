/* SPDX-License-Identifier: Apache-2.0
 *
 * walk.c: the stack machine over the records of a track.  See walk.h.  The two
 * walks share all but their inner loops, so that they can't disagree on what
 * matches what.
 */
#include "formats/trace/walk.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/list.h"
#include "formats/spool/spool.h"
#include "formats/trace/payload.h"
#include "formats/trace/stray.h"
#include "formats/trace/teller.h"

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
tell_frame(struct walk *walk, struct frame *frame, uint32_t id, uint64_t ticks,
           enum open_how opened)
{
    frame->id = id;
    frame->function = teller_function(walk, id);
    frame->start_ns = teller_stamp(walk, teller_ns(walk, ticks));
    frame->depth = walk->stack.count + walk->haunts.count - 1;
    frame->opened = opened;
    return teller_open(walk, frame);
}

static int
open_frame(struct walk *walk, struct frames *frames, uint32_t id,
           uint64_t ticks, enum open_how opened)
{
    struct frame *frame = push(frames);
    if (frame == NULL)
        return WALK_FAILED;
    frame->id = id;
    return walk->collecting ? 0 : tell_frame(walk, frame, id, ticks, opened);
}

/* == CLOSING ================================================================ */

/* Close the innermost call; the second walk tells it. */
static always_inline int
close_frame(struct walk *walk, uint64_t ticks, enum close_how closed)
{
    struct frame *frame = &walk->stack.list[--walk->stack.count];
    if (unlikely(walk->stack.count < walk->ghosts.floor))
        ghosts_fall(&walk->ghosts, walk->stack.count);
    uint64_t ns = teller_stamp(walk, teller_ns(walk, ticks));
    return teller_close(walk, frame, ns, closed);
}

static int
pop(struct walk *walk, uint64_t ticks, enum close_how closed)
{
    if (!walk->collecting)
        return close_frame(walk, ticks, closed);
    if (--walk->stack.count < walk->ghosts.floor)
        ghosts_fall(&walk->ghosts, walk->stack.count);
    return 0;
}

/* Close down to depth calls, whose exits were not seen. */
static cold int
pop_unknown(struct walk *walk, uint32_t depth, uint64_t ticks)
{
    int result = 0;
    while (walk->stack.count > depth && result == 0)
        result = pop(walk, ticks, CLOSE_UNKNOWN);
    return result;
}

/* == GHOSTS ================================================================= */

/* An exit that fits no open call costs nothing but itself. */
static cold int
pass_over(struct walk *walk, uint32_t id, uint64_t ticks)
{
    trouble_note(&walk->troubles, TROUBLE_STRAY, teller_function(walk, id),
                 teller_ns(walk, ticks), 0);
    return 0;
}

/* Ghosts leave in the reverse order of their opening.  Where there is none,
 * they were too many to keep. */
static int
close_ghost(struct walk *walk, uint32_t id, uint64_t ticks,
            enum close_how closed)
{
    struct frames *haunts = &walk->haunts;
    if (haunts->count == 0 || haunts->list[haunts->count - 1].id != id)
        return pass_over(walk, id, ticks);
    struct frame *frame = &haunts->list[--haunts->count];
    uint64_t ns = teller_stamp(walk, teller_ns(walk, ticks));
    return teller_close(walk, frame, ns, closed);
}

/* The ghosts of the segment that begins now, from the outermost one; those
 * that lie outside of level only. */
static int
open_ghosts(struct walk *walk, uint32_t *end, uint32_t begin, uint32_t level)
{
    const struct ghost *list = walk->ghosts.list;
    while (*end > begin && list[*end - 1].level <= level) {
        const struct ghost *ghost = &list[--*end];
        if (open_frame(walk, &walk->haunts, ghost->id, walk->base_ticks,
                       OPEN_BEFORE) != 0)
            return WALK_FAILED;
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
close_seen(struct walk *walk, uint64_t ticks, unsigned kind)
{
    return pop(walk, ticks, closes[kind]);
}

/* The program named it: a span, but no call. */
static always_inline bool
is_named(const struct walk *walk, uint32_t id)
{
    return unlikely(teller_function(walk, id)->kind == FUNCTION_SPAN);
}

/* Close down to depth calls, whose exits were not seen: an anomaly each.  But a
 * span that the program named ends where what it is in does: a generator or
 * coroutine that is suspended there goes on without it. */
static cold int
pop_skipped(struct walk *walk, uint32_t depth, uint64_t ticks, unsigned kind)
{
    int result = 0;
    while (walk->stack.count > depth && result == 0) {
        uint32_t id = walk->stack.list[walk->stack.count - 1].id;
        bool named = is_named(walk, id), suspended = kind == SPOOL_YIELD;
        if (!named)
            trouble_note(&walk->troubles, TROUBLE_UNSEEN,
                         teller_function(walk, id), teller_ns(walk, ticks), 0);
        result =
            pop(walk, ticks, named && suspended ? CLOSE_YIELD : CLOSE_UNKNOWN);
    }
    return result;
}

/* Are the calls above depth but spans that the program named? */
static cold bool
skips_spans_only(const struct walk *walk, uint32_t depth)
{
    uint32_t at = walk->stack.count;
    while (at > depth && is_named(walk, walk->stack.list[at - 1].id))
        at--;
    return at == depth;
}

/* It ends a call that began before the segment did: nothing is open that began
 * since. */
static cold int
close_before(struct walk *walk, uint32_t id, uint64_t ticks, unsigned kind)
{
    if (walk->collecting)
        return ghosts_collect(&walk->ghosts, walk->stack.count, id);
    return close_ghost(walk, id, ticks, closes[kind]);
}

/* One of the outermost calls, which the header of the track's first chunk has
 * no room for but counts. */
static cold int
close_hidden(struct walk *walk, uint32_t id, uint64_t ticks, unsigned kind)
{
    walk->hidden--;
    ghosts_return(&walk->ghosts);
    return close_before(walk, id, ticks, kind);
}

/* 0 where it is not open, else its number from the outermost call on. */
static cold uint32_t
find_open(const struct walk *walk, uint32_t id)
{
    uint32_t at = walk->stack.count;
    while (at > 0 && walk->stack.list[at - 1].id != id)
        at--;
    return at;
}

/* The record says itself that the call is not among the open ones.  The agent
 * can have given one up that we did not. */
static cold int
exit_unopened(struct walk *walk, uint32_t id, uint64_t ticks)
{
    uint32_t at = find_open(walk, id);
    if (at > 0 && at == walk->stack.count)
        return close_seen(walk, ticks, SPOOL_EXIT_UNOPENED);
    if (at > 0 || walk->stack.count > walk->ghosts.floor)
        return pass_over(walk, id, ticks);
    return close_before(walk, id, ticks, SPOOL_EXIT_UNOPENED);
}

/* The agent found out too late that the innermost call had ended. */
static cold int
exit_unseen(struct walk *walk, uint32_t id, uint64_t ticks)
{
    uint32_t depth = walk->stack.count;
    if (depth == 0 || walk->stack.list[depth - 1].id != id)
        return pass_over(walk, id, ticks);
    return pop_skipped(walk, depth - 1, ticks, SPOOL_EXIT_UNSEEN);
}

/* words are what follows in the block. */
static cold int
exit_other(struct walk *walk, uint32_t id, uint64_t ticks, unsigned kind,
           const uint64_t *words, size_t count)
{
    uint32_t at = find_open(walk, id);
    if (at == 0 && walk->stack.count == 0 && walk->hidden > 0)
        return close_hidden(walk, id, ticks, kind);
    if (at == 0 || (!skips_spans_only(walk, at) &&
                    !stray_fits(&walk->stack, at, words, count)))
        return pass_over(walk, id, ticks);
    if (pop_skipped(walk, at, ticks, kind) != 0)
        return WALK_FAILED;
    return close_seen(walk, ticks, kind);
}

/* == RECORDS THAT ARE NO CALLS ============================================== */

static cold int
busy(struct walk *walk, uint64_t ticks, uint32_t units)
{
    uint64_t duration = (uint64_t)units << SPOOL_BUSY_UNIT_SHIFT;
    uint64_t start = ticks > duration ? ticks - duration : 0;
    struct frame frame;
    if (walk->collecting || units == 0)
        return 0;
    frame.function = walk->tracer;
    frame.start_ns = teller_stamp(walk, teller_ns(walk, start));
    frame.depth = walk->stack.count + walk->haunts.count;
    frame.opened = OPEN_CALL;
    if (teller_open(walk, &frame) != 0)
        return WALK_FAILED;
    uint64_t ns = teller_stamp(walk, teller_ns(walk, ticks));
    walk->busy_ns += ns - frame.start_ns;
    return teller_close(walk, &frame, ns, CLOSE_RETURN);
}

/* Nothing is known from begin to end but that keep calls stayed open.  What was
 * open inside them ends at the begin, as far as is known. */
static int
leap(struct walk *walk, uint64_t begin_ticks, uint64_t end_ticks, uint32_t keep)
{
    if (pop_unknown(walk, keep, begin_ticks) != 0)
        return WALK_FAILED;
    if (walk->collecting)
        return 0;
    uint64_t start = teller_stamp(walk, teller_ns(walk, begin_ticks));
    uint64_t end = teller_stamp(walk, teller_ns(walk, end_ticks));
    trouble_note(&walk->troubles, TROUBLE_GAP, NULL, start, end);
    return teller_gap(walk, start, end);
}

static int
gap(struct walk *walk, uint64_t ticks, const uint64_t *payload)
{
    uint64_t begin = payload[0] < ticks ? payload[0] : ticks;
    uint64_t left = payload[2] > walk->hidden ? payload[2] - walk->hidden : 0;
    uint32_t keep = walk->stack.count;
    if (left < keep)
        keep = (uint32_t)left;
    if (payload[2] < walk->hidden)
        walk->hidden = (uint32_t)payload[2];
    if (leap(walk, begin, ticks, keep) != 0)
        return WALK_FAILED;
    uint32_t first = walk->ghosts.at, end = first;
    if (!walk->collecting)
        end = ghosts_next_segment(&walk->ghosts);
    if (ghosts_begin_segment(&walk->ghosts, walk->stack.count) != 0)
        return WALK_FAILED;
    if (walk->collecting)
        return 0;
    walk->base_ticks = ticks; /* where open_ghosts puts them */
    return open_ghosts(walk, &end, first, UINT32_MAX);
}

static int
extended(struct walk *walk, const uint64_t *record, uint64_t ticks)
{
    uint64_t head = record[0], base = walk->base_ticks;
    unsigned type = head >> SPOOL_KIND_BITS & ((1u << SPOOL_EXT_TYPE_BITS) - 1);
    unsigned words = head >> 16 & SPOOL_EXT_WORDS_MAX;
    int result = 0;
    if (type == SPOOL_EXT_GAP && words >= 3)
        result = gap(walk, ticks, record + 1);
    else if (type == SPOOL_EXT_COUNTER && !walk->collecting)
        result = payload_counter(walk, ticks, record + 1, words);
    else if (type == SPOOL_EXT_INSTANT && !walk->collecting)
        result = payload_instant(walk, ticks, record + 1, words);
    walk->base_ticks = base;
    return result;
}

static void
set_base(struct walk *walk, uint64_t word)
{
    uint64_t ticks = word >> SPOOL_KIND_BITS;
    if (ticks <= walk->bound_ticks)
        walk->base_ticks = ticks;
    else if (!walk->collecting)
        walk->damaged_bytes += sizeof word;
}

/* Everything but calls and their exits.  Sets *length to the record's words,
 * or to 0 where it is not whole yet. */
static cold int
rare(struct walk *walk, const uint64_t *record, size_t count, size_t *length)
{
    uint64_t word = record[0];
    uint64_t ticks = walk->base_ticks + (word >> SPOOL_TIME_SHIFT);
    unsigned words = word >> 16 & SPOOL_EXT_WORDS_MAX;
    *length = 1;
    switch (word & 15) {
    case 0: *length = 0; return WALK_END;
    case SPOOL_BUSY:
        return busy(walk, ticks, word >> SPOOL_KIND_BITS & ID_MASK);
    case SPOOL_TIME: set_base(walk, word); return 0;
    case SPOOL_EXT:
        *length = words < count ? words + 1 : 0;
        return *length > 0 ? extended(walk, record, ticks) : 0;
    default:
        if (!walk->collecting)
            walk->damaged_bytes += sizeof word;
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
is_innermost(const struct walk *walk, uint32_t id)
{
    uint32_t depth = walk->stack.count;
    return likely(depth > 0) && likely(walk->stack.list[depth - 1].id == id);
}

/* One record, of whatever kind, in either walk. */
static int
step(struct walk *walk, const uint64_t *record, size_t count, size_t *length)
{
    uint64_t word = record[0];
    uint64_t ticks = walk->base_ticks + (word >> SPOOL_TIME_SHIFT);
    unsigned kind = word & 15;
    uint32_t id = id_of(word);
    *length = 1;
    if ((ENTERS >> kind & 1) != 0)
        return open_frame(walk, &walk->stack, id, ticks, opens[kind]);
    if ((EXITS >> kind & 1) != 0 && is_innermost(walk, id))
        return close_seen(walk, ticks, kind);
    if ((EXITS >> kind & 1) != 0)
        return exit_other(walk, id, ticks, kind, record + 1, count - 1);
    if (kind == SPOOL_EXIT_UNOPENED)
        return exit_unopened(walk, id, ticks);
    if (kind == SPOOL_EXIT_UNSEEN)
        return exit_unseen(walk, id, ticks);
    return rare(walk, record, count, length);
}

/* == THE LOOPS ============================================================== */

/* The first walk: pass over as many records as only move the depth, and not
 * below the floor. */
static size_t
skim(struct walk *walk, const uint64_t *words, size_t count)
{
    struct frame *list = walk->stack.list;
    uint32_t depth = walk->stack.count, room = walk->stack.room;
    uint32_t floor = walk->ghosts.floor;
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
    walk->stack.count = depth;
    return at;
}

/* The second walk: tell as many records as are calls and their exits. */
static size_t
tell(struct walk *walk, const uint64_t *words, size_t count, int *result)
{
    size_t at = 0;
    for (; at < count && likely(*result == 0); at++) {
        uint64_t word = words[at];
        unsigned kind = word & 15;
        uint32_t id = id_of(word);
        uint64_t ticks = walk->base_ticks + (word >> SPOOL_TIME_SHIFT);
        if ((ENTERS >> kind & 1) != 0) {
            struct frame *frame = push(&walk->stack);
            if (unlikely(frame == NULL))
                break;
            walk->calls += kind <= SPOOL_ENTER_C && !is_named(walk, id);
            walk->c_calls += kind == SPOOL_ENTER_C;
            walk->steps++;
            *result = tell_frame(walk, frame, id, ticks, opens[kind]);
        } else if ((EXITS >> kind & 1) != 0 && is_innermost(walk, id)) {
            *result = close_frame(walk, ticks, closes[kind]);
        } else {
            break;
        }
    }
    return at;
}

int
walk_words(struct walk *walk, const uint64_t *words, size_t count, size_t *used)
{
    int result = 0;
    size_t at = 0, length = 1;
    while (at < count && result == 0 && length > 0) {
        if (walk->collecting)
            at += skim(walk, words + at, count - at);
        else
            at += tell(walk, words + at, count - at, &result);
        if (at == count || result != 0)
            break;
        result = step(walk, words + at, count - at, &length);
        at += length;
    }
    *used = at;
    return result;
}

/* == BEGIN AND END ========================================================== */

static int
push_stored(struct walk *walk, uint32_t entry)
{
    uint32_t id = entry >> SPOOL_KIND_BITS;
    return open_frame(walk, &walk->stack, id, walk->base_ticks, OPEN_BEFORE);
}

/* Ghosts outside of an inherited call open before it. */
int
walk_begin(struct walk *walk, const uint32_t *stack, uint32_t stored,
           uint32_t depth)
{
    uint32_t end = walk->collecting ? 0 : ghosts_next_segment(&walk->ghosts);
    walk->hidden = depth - stored;
    for (uint32_t level = 0; level < stored; level++)
        if (open_ghosts(walk, &end, 0, level) != 0 ||
            push_stored(walk, stack[stored - 1 - level]) != 0)
            return WALK_FAILED;
    if (open_ghosts(walk, &end, 0, UINT32_MAX) != 0)
        return WALK_FAILED;
    return ghosts_begin_segment(&walk->ghosts, walk->stack.count);
}

/* How many of the open calls are, from the outermost one, those that the
 * chunk's stack has too; of those that it leaves out, nothing else is known. */
static uint32_t
common(const struct walk *walk, const uint32_t *stack, uint32_t stored,
       uint32_t left_out)
{
    uint32_t same = left_out;
    while (same < walk->stack.count && same - left_out < stored &&
           walk->stack.list[same].id ==
               stack[stored - 1 - (same - left_out)] >> SPOOL_KIND_BITS)
        same++;
    return same < walk->stack.count ? same : walk->stack.count;
}

int
walk_resume(struct walk *walk, uint64_t ticks, const uint32_t *stack,
            uint32_t stored, uint32_t depth)
{
    uint32_t left_out = depth - stored;
    left_out = left_out > walk->hidden ? left_out - walk->hidden : 0;
    uint32_t same = common(walk, stack, stored, left_out);
    uint32_t known = same > left_out ? same - left_out : 0;
    walk->base_ticks = ticks;
    if (leap(walk, walk->origin_ticks, ticks, same) != 0)
        return WALK_FAILED;
    for (uint32_t i = known; i < stored; i++)
        if (push_stored(walk, stack[stored - 1 - i]) != 0)
            return WALK_FAILED;
    return 0;
}

int
walk_finish(struct walk *walk)
{
    struct frames *stack = &walk->stack, *haunts = &walk->haunts;
    uint64_t ns = walk->next_ns;
    while (!walk->collecting && stack->count + haunts->count > 0) {
        bool is_seen =
            haunts->count == 0 ||
            (stack->count > 0 && stack->list[stack->count - 1].depth >
                                     haunts->list[haunts->count - 1].depth);
        struct frames *frames = is_seen ? stack : haunts;
        if (teller_close(walk, &frames->list[--frames->count], ns,
                         CLOSE_UNFINISHED) != 0)
            return WALK_FAILED;
    }
    return 0;
}

void
walk_rewind(struct walk *walk)
{
    ghosts_rewind(&walk->ghosts);
    walk->collecting = false;
    walk->stack.count = 0;
    walk->calls = walk->damaged_bytes = 0;
    memset(&walk->troubles, 0, sizeof walk->troubles);
    walk->steps = walk->c_calls = walk->busy_ns = 0;
    walk->instants = walk->samples = 0;
}

void
walk_free(struct walk *walk)
{
    free(walk->stack.list);
    free(walk->haunts.list);
    ghosts_free(&walk->ghosts);
    free(walk->text);
}
