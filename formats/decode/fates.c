/* SPDX-License-Identifier: Apache-2.0
 *
 * fates.c: see fates.h.  An exit by an exception is that of the one that was raised,
 * or went on, last in that call.
 */
#include "formats/decode/fates.h"

#include <stdlib.h>
#include <string.h>

#include "formats/spool/spool.h"

#define MOST_FATES (1u << 22)
#define NO_FATE    UINT32_MAX
#define NOWHERE    UINT32_MAX

static uint32_t
add_fate(struct fates *fates, bool control)
{
    if (fates->count == MOST_FATES)
        return NO_FATE;
    fates->kept[fates->count] = (struct fate){.control = control};
    return fates->count++;
}

/* It has gone no further than this, so far.  Where none of the calls is left that
 * are known of the track, nobody caught it. */
static void
settle(struct fates *fates, const struct callstack *stack, struct under_way *it)
{
    uint32_t depth = it->depth;
    it->depth = NOWHERE;
    if (it->fate == NO_FATE || depth > stack->seen.count ||
        fates->kept[it->fate].end == FATE_NOBODY)
        return;
    struct fate *fate = &fates->kept[it->fate];
    const struct frame *frame = callstack_call(stack, depth);
    fate->line = frame ? it->line : 0;
    fate->caught = frame ? frame->id : 0;
    fate->end = frame ? FATE_CAUGHT : FATE_NOBODY;
}

static void
remove_at(struct fates *fates, uint32_t at)
{
    memmove(&fates->list[at], &fates->list[at + 1],
            (--fates->under_way - at) * sizeof *fates->list);
}

static struct under_way *
find(struct fates *fates, uint32_t number)
{
    for (uint32_t i = fates->under_way; i-- > 0;)
        if (fates->list[i].number == number)
            return &fates->list[i];
    return NULL;
}

static void
push(struct fates *fates, const struct callstack *stack, struct under_way it)
{
    if (fates->under_way == FATES_UNDER_WAY) {
        if (fates->list[0].depth != NOWHERE)
            settle(fates, stack, &fates->list[0]);
        remove_at(fates, 0);
    }
    it.depth = stack->seen.count;
    it.line = 0;
    fates->list[fates->under_way++] = it;
}

static int
raise(struct fates *fates, const struct callstack *stack, const uint64_t *data)
{
    struct under_way it = {.number = (uint32_t)data[SPOOL_EXCEPTION_NUMBER]};
    if (fates->count == fates->room && fates->count < MOST_FATES &&
        list_grow((void **)&fates->kept, &fates->room, sizeof *fates->kept) !=
            0)
        return EMITTER_FAILED;
    it.fate =
        add_fate(fates, data[SPOOL_EXCEPTION_WHAT] & SPOOL_EXCEPTION_CONTROL);
    push(fates, stack, it);
    return 0;
}

/* Those in the innermost call, but this one, stay in it. */
static void
settle_others(struct fates *fates, const struct callstack *stack,
              const struct under_way *leaving)
{
    for (uint32_t i = 0; i < fates->under_way; i++) {
        struct under_way *it = &fates->list[i];
        if (it != leaving && it->depth != NOWHERE &&
            it->depth >= stack->seen.count)
            settle(fates, stack, it);
    }
}

/* Number 0 is one that is not recorded. */
static void
go_on(struct fates *fates, const struct callstack *stack, uint32_t number)
{
    const struct under_way *found = find(fates, number);
    if (!found) {
        settle_others(fates, stack, NULL);
        return;
    }
    struct under_way it = *found;
    remove_at(fates, (uint32_t)(found - fates->list));
    push(fates, stack, it);
}

/* Who seems to catch it, such as the threading module, only reports it. */
static void
mark_uncaught(struct fates *fates, const struct under_way *it)
{
    if (it && it->fate != NO_FATE)
        fates->kept[it->fate].end = FATE_NOBODY;
}

int
fates_collect(struct fates *fates, const struct callstack *stack,
              const uint64_t *data, unsigned words)
{
    if (words <= SPOOL_EXCEPTION_WHAT)
        return 0;
    uint32_t number = (uint32_t)data[SPOOL_EXCEPTION_NUMBER];
    struct under_way *it;
    switch (data[SPOOL_EXCEPTION_WHAT] & 15) {
    case SPOOL_EXCEPTION_RAISED: return raise(fates, stack, data);
    case SPOOL_EXCEPTION_HANDLED:
        it = find(fates, number);
        if (it)
            it->line = (uint32_t)(data[SPOOL_EXCEPTION_NUMBER] >> 32);
        return 0;
    case SPOOL_EXCEPTION_GOES_ON: go_on(fates, stack, number); return 0;
    case SPOOL_EXCEPTION_UNCAUGHT:
        mark_uncaught(fates, find(fates, number));
        return 0;
    default: return 0;
    }
}

static struct under_way *
last_in(struct fates *fates, uint32_t depth)
{
    for (uint32_t i = fates->under_way; i-- > 0;)
        if (fates->list[i].depth == depth)
            return &fates->list[i];
    return NULL;
}

static void
leave(struct fates *fates, struct under_way *it, unsigned kind)
{
    it->depth--;
    it->line = 0;
    if (it->fate == NO_FATE)
        return;
    fates->kept[it->fate].calls++;
    fates->kept[it->fate].control = kind == SPOOL_EXIT_CONTROL;
}

void
fates_exit(struct fates *fates, const struct callstack *stack, uint32_t id,
           unsigned kind)
{
    uint32_t depth = stack->seen.count;
    bool raises = kind == SPOOL_EXIT_EXCEPTION || kind == SPOOL_EXIT_CONTROL;
    if (depth == 0 || stack->seen.list[depth - 1].id != id)
        return;
    struct under_way *leaving = raises ? last_in(fates, depth) : NULL;
    fates->last_exit.number = leaving ? leaving->number : 0;
    fates->last_exit.id = id;
    fates->last_exit.kind = kind;
    settle_others(fates, stack, leaving);
    if (leaving)
        leave(fates, leaving, kind);
}

/* == LATE RECORDS ========================================================= */

/* It did not end that call: it was caught there. */
static void
take_back(struct fates *fates)
{
    struct under_way *it = find(fates, fates->last_exit.number);
    if (!it)
        return;
    it->depth = NOWHERE;
    if (it->fate == NO_FATE)
        return;
    struct fate *fate = &fates->kept[it->fate];
    fate->calls--;
    fate->caught = fates->last_exit.id;
    fate->end = FATE_CAUGHT;
}

int
fates_collect_late(struct fates *fates, const struct callstack *stack,
                   const uint64_t *data)
{
    uint32_t number = (uint32_t)data[SPOOL_EXCEPTION_NUMBER];
    bool counted = fates->last_exit.number == number;
    if (!counted)
        take_back(fates);
    fates->last_exit.number = number;
    if (fates_collect(fates, stack, data, SPOOL_EXCEPTION_WHAT + 1) != 0)
        return EMITTER_FAILED;
    const struct under_way *it = find(fates, number);
    if (it && it->fate != NO_FATE && !counted) {
        fates->kept[it->fate].calls++;
        fates->kept[it->fate].control =
            fates->last_exit.kind == SPOOL_EXIT_CONTROL;
    }
    return 0;
}

uint32_t
fates_floor(const struct fates *fates)
{
    uint32_t floor = 0;
    for (uint32_t i = 0; i < fates->under_way; i++)
        if (fates->list[i].depth != NOWHERE && fates->list[i].depth > floor)
            floor = fates->list[i].depth;
    return floor;
}

void
fates_finish(struct fates *fates, const struct callstack *stack)
{
    for (uint32_t i = 0; i < fates->under_way; i++)
        if (fates->list[i].depth != NOWHERE)
            settle(fates, stack, &fates->list[i]);
    fates->under_way = 0;
}

struct fate
fates_next(struct fates *fates)
{
    return fates->at < fates->count ? fates->kept[fates->at++]
                                    : (struct fate){0};
}

void
fates_free(struct fates *fates)
{
    free(fates->kept);
}
