/* SPDX-License-Identifier: Apache-2.0
 *
 * profile.c: see profile.h.
 */
#include "formats/shape/profile.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "formats/shape/waitkind.h"

#define FIRST_ROOM 1024u

/* == PAIRS ================================================================== */

static uint32_t
hash_pair(uint32_t caller, uint32_t function)
{
    uint64_t hash = ((uint64_t)caller << 32 | function) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash >> 32);
}

static uint32_t
find_slot(const struct profile *profile, uint32_t caller, uint32_t function)
{
    uint32_t mask = profile->slot_count - 1;
    uint32_t at = hash_pair(caller, function) & mask;
    for (; profile->slots[at] != 0; at = (at + 1) & mask) {
        const struct profile_pair *pair = &profile->pairs[profile->slots[at]];
        if (pair->caller == caller && pair->function == function)
            break;
    }
    return at;
}

static int
grow(struct profile *profile)
{
    uint32_t room = profile->pair_room * 2;
    void *pairs = realloc(profile->pairs, room * sizeof *profile->pairs);
    if (pairs == NULL)
        return -1;
    profile->pairs = pairs;
    profile->pair_room = room;
    uint32_t *slots = calloc((size_t)room * 2, sizeof *slots);
    if (slots == NULL)
        return -1;
    free(profile->slots);
    profile->slots = slots;
    profile->slot_count = room * 2;
    for (uint32_t i = 1; i < profile->pair_count; i++)
        slots[find_slot(profile, profile->pairs[i].caller,
                        profile->pairs[i].function)] = i;
    return 0;
}

/* The pair's index, or 0 without memory. */
static uint32_t
meet(struct profile *profile, uint32_t caller, uint32_t function)
{
    uint32_t pair = profile->functions[function].last_pair;
    if (pair != 0 && profile->pairs[pair].caller == caller)
        return pair;
    uint32_t slot = find_slot(profile, caller, function);
    pair = profile->slots[slot];
    if (pair == 0) {
        if (profile->pair_count == profile->pair_room) {
            if (grow(profile) != 0)
                return 0;
            slot = find_slot(profile, caller, function);
        }
        pair = profile->slots[slot] = profile->pair_count++;
        profile->pairs[pair] =
            (struct profile_pair){.caller = caller, .function = function};
    }
    profile->functions[function].last_pair = pair;
    return pair;
}

/* == CALLS ================================================================== */

static int
grow_frames(struct profile *profile)
{
    uint32_t room = profile->frame_room * 2;
    void *frames = realloc(profile->frames, room * sizeof *profile->frames);
    if (frames == NULL)
        return -1;
    profile->frames = frames;
    profile->frame_room = room;
    return 0;
}

int
profile_open(struct profile *profile, const struct span *span)
{
    uint32_t number = span->function->number;
    if (profile->depth + 1 == profile->frame_room && grow_frames(profile) != 0)
        return -1;
    uint32_t pair =
        meet(profile, profile->frames[profile->depth].function, number);
    if (pair == 0)
        return -1;
    profile->functions[number].open++;
    profile->pairs[pair].open++;
    profile->frames[++profile->depth] =
        (struct profile_frame){.function = number, .pair = pair};
    return 0;
}

static void
count_function(struct profile_function *function, uint64_t ns, uint64_t self_ns,
               uint64_t step_ns, const struct profile_frame *frame,
               enum open_how opened)
{
    if (--function->open == 0) {
        function->total_ns += ns;
        function->total_off_ns += frame->off_ns + frame->off_below_ns;
    } else {
        function->recursive++;
    }
    function->self_off_ns += frame->off_ns;
    if (function->spans++ == 0 || step_ns < function->min_ns)
        function->min_ns = step_ns;
    function->steps += opened != OPEN_BEFORE;
    function->calls += opened == OPEN_CALL;
    if (step_ns > function->max_ns)
        function->max_ns = step_ns;
    function->self_ns += self_ns;
    function->sum_ns += step_ns;
}

static void
count_pair(struct profile_pair *pair, uint64_t ns, uint64_t self_ns,
           bool outermost, bool call)
{
    if (--pair->open == 0)
        pair->total_ns += ns;
    else
        pair->recursive++;
    if (outermost)
        pair->outermost_ns += ns;
    pair->spans++;
    pair->calls += call;
    pair->self_ns += self_ns;
}

void
profile_wait(struct profile *profile, const struct wait *wait)
{
    const struct span part = {.start_ns = wait->start_ns,
                              .end_ns = wait->end_ns};
    if (waitkind_is_off(wait->kind))
        profile->frames[profile->depth].off_ns +=
            stretch_part_ns(&profile->stretch, &part);
}

/* What lies at the edge of the tracer's own work may be counted on both sides. */
static uint64_t
less(uint64_t ns, uint64_t off_ns)
{
    return ns > off_ns ? ns - off_ns : 0;
}

uint64_t
profile_close(struct profile *profile, const struct span *span)
{
    struct profile_frame *frame = &profile->frames[profile->depth--];
    struct profile_frame *caller = frame - 1;
    struct profile_function *function = &profile->functions[frame->function];
    bool tracer = span->function->kind == FUNCTION_TRACER;
    uint64_t whole_ns = span->end_ns - span->start_ns;
    uint64_t part_ns = stretch_part_ns(&profile->stretch, span);
    uint64_t ns = part_ns - frame->tracer_ns;
    uint64_t step_ns = whole_ns - frame->tracer_whole_ns;
    uint64_t self_ns = part_ns - frame->child_ns;
    caller->child_ns += part_ns;
    caller->tracer_ns += tracer ? part_ns : frame->tracer_ns;
    caller->tracer_whole_ns += tracer ? whole_ns : frame->tracer_whole_ns;
    uint64_t off_ns = frame->off_ns + frame->off_below_ns;
    caller->off_below_ns += off_ns;
    if (profile->cpu) {
        ns = less(ns, off_ns);
        step_ns = less(step_ns, off_ns);
        self_ns = less(self_ns, frame->off_ns);
    }
    count_pair(&profile->pairs[frame->pair], ns, self_ns, function->open == 1,
               span->opened == OPEN_CALL);
    count_function(function, ns, self_ns, step_ns, frame, span->opened);
    return step_ns;
}

static void
add_entry(struct profile_function *function,
          const struct condensed_entry *entry)
{
    function->condensed = true;
    function->spans += entry->calls + entry->resumes;
    function->steps += entry->calls + entry->resumes;
    function->calls += entry->calls;
    function->self_ns += entry->self_ns;
    function->total_ns += entry->total_ns;
    function->sum_ns += entry->whole_ns;
    if (entry->longest_ns > function->max_ns)
        function->max_ns = entry->longest_ns;
}

void
profile_add(struct profile *profile, const struct condensed *condensed)
{
    struct profile_frame *caller = &profile->frames[profile->depth];
    caller->child_ns += condensed->busy_ns;
    for (size_t i = 0; i < condensed->count; i++) {
        const struct condensed_entry *entry = &condensed->entries[i];
        add_entry(&profile->functions[entry->function->number], entry);
        if (entry->function->kind != FUNCTION_TRACER)
            continue;
        caller->tracer_ns += entry->self_ns;
        caller->tracer_whole_ns += entry->self_ns;
    }
}

/* == BEGIN AND END ========================================================== */

static int
compare(const void *a, const void *b)
{
    const struct profile_pair *x = a, *y = b;
    if (x->function != y->function)
        return x->function < y->function ? -1 : 1;
    return (x->caller > y->caller) - (x->caller < y->caller);
}

void
profile_sort(struct profile *profile)
{
    qsort(profile->pairs + 1, profile->pair_count - 1, sizeof *profile->pairs,
          compare);
}

int
profile_begin(struct profile *profile, const struct trace *trace)
{
    *profile = (struct profile){
        .stretch = stretch_of(NULL),
        .function_count = trace->function_count,
        .pair_count = 1,
        .pair_room = FIRST_ROOM,
        .slot_count = FIRST_ROOM * 2,
        .frame_room = FIRST_ROOM,
    };
    profile->functions =
        calloc((size_t)trace->function_count + 1, sizeof *profile->functions);
    profile->pairs = calloc(FIRST_ROOM, sizeof *profile->pairs);
    profile->slots = calloc(FIRST_ROOM * 2, sizeof *profile->slots);
    profile->frames = calloc(FIRST_ROOM, sizeof *profile->frames);
    if (profile->functions == NULL || profile->pairs == NULL ||
        profile->slots == NULL || profile->frames == NULL)
        return -1;
    profile->frames[0].function = PROFILE_NOBODY;
    return 0;
}

void
profile_free(struct profile *profile)
{
    free(profile->functions);
    free(profile->pairs);
    free(profile->slots);
    free(profile->frames);
    *profile = (struct profile){.functions = NULL};
}
