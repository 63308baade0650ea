/* SPDX-License-Identifier: Apache-2.0
 *
 * html/condense.c: the calls that are open, outermost first:
 *
 *     [ told | told | told | open, not known to be long | ... ]
 *                          ^ told
 *
 * Each has the aggregate of the short calls right below it.  When one that was
 * not told ends, it is short itself, and goes with its aggregate into its
 * caller's.
 */
#include "formats/html/condense.h"

#include <stdlib.h>
#include <string.h>

/* -- the threshold ------------------------------------------------------- */

void
html_survey_add(struct html_survey *survey, uint64_t duration_ns)
{
    survey->spans++;
    survey->counts[html_histogram_bin(duration_ns)]++;
}

uint64_t
html_survey_threshold(const struct html_survey *survey, uint64_t most)
{
    uint64_t above = 0;

    if (survey->spans <= most)
        return 0;
    for (uint32_t bin = HTML_HISTOGRAM_BINS; bin-- > 0;) {
        above += survey->counts[bin];
        if (above > most)
            return html_histogram_least(bin + 1);
    }
    return 0;
}

uint64_t
html_survey_above(const struct html_survey *survey, uint64_t threshold_ns)
{
    uint64_t sum_ns = 0;

    for (uint32_t bin = html_histogram_bin(threshold_ns);
         bin < HTML_HISTOGRAM_BINS; bin++)
        sum_ns += survey->counts[bin] * html_histogram_least(bin);
    return sum_ns;
}

/* -- the stack ----------------------------------------------------------- */

struct frame {
    struct span span;
    struct html_aggregate aggregate; /* of the calls right below */
    uint64_t inside_ns;              /* of short calls right below */
    uint64_t work_ns;                /* of the tracer, at any depth below */
    bool nested;                     /* inside another call of its function */
};

struct html_condense {
    struct html_chunk *chunk;
    struct html_aggregates *aggregates;
    struct html_histogram *durations;
    uint64_t threshold_ns, window_ns;
    uint64_t count;
    uint32_t track;
    uint32_t *running;    /* open calls, by function */
    struct frame *frames; /* [0] is none: below it lie the outermost calls */
    size_t depth, told, room;
};

struct html_condense *
html_condense_new(struct html_chunk *chunk, struct html_aggregates *aggregates,
                  struct html_histogram *durations, uint32_t functions,
                  uint64_t threshold_ns, uint64_t window_ns)
{
    struct html_condense *condense = calloc(1, sizeof *condense);

    if (!condense)
        return NULL;
    condense->chunk = chunk;
    condense->aggregates = aggregates;
    condense->durations = durations;
    condense->threshold_ns = threshold_ns;
    condense->window_ns = window_ns;
    condense->room = 64;
    condense->frames = calloc(condense->room, sizeof *condense->frames);
    condense->running = calloc(functions + 1u, sizeof *condense->running);
    if (condense->frames && condense->running)
        return condense;
    html_condense_free(condense);
    return NULL;
}

void
html_condense_free(struct html_condense *condense)
{
    for (size_t i = 0; condense->frames && i < condense->room; i++)
        html_aggregate_free(&condense->frames[i].aggregate);
    free(condense->frames);
    free(condense->running);
    free(condense);
}

uint64_t
html_condense_count(const struct html_condense *condense)
{
    return condense->count;
}

static int
reserve(struct html_condense *condense)
{
    size_t room = 2 * condense->room;
    struct frame *frames;

    if (condense->depth + 1 < condense->room)
        return 0;
    frames = realloc(condense->frames, room * sizeof *frames);
    if (!frames)
        return -1;
    memset(frames + condense->room, 0,
           (room - condense->room) * sizeof *frames);
    condense->frames = frames;
    condense->room = room;
    return 0;
}

/* -- telling ------------------------------------------------------------- */

/* frames[level]'s aggregate is over; its calls are level calls deep. */
static void
flush(struct html_condense *condense, size_t level)
{
    html_aggregates_put(condense->aggregates, condense->track, level,
                        &condense->frames[level].aggregate);
}

static int
tell_next(struct html_condense *condense)
{
    flush(condense, condense->told);
    condense->told++;
    return html_chunk_open(condense->chunk,
                           &condense->frames[condense->told].span);
}

/* Those that have been open long enough by now. */
static int
tell(struct html_condense *condense, uint64_t now_ns)
{
    while (condense->told < condense->depth &&
           now_ns - condense->frames[condense->told + 1].span.start_ns >=
               condense->threshold_ns)
        if (tell_next(condense) < 0)
            return -1;
    return 0;
}

static int
tell_all(struct html_condense *condense)
{
    while (condense->told < condense->depth)
        if (tell_next(condense) < 0)
            return -1;
    return 0;
}

/* -- what is short ------------------------------------------------------- */

static struct html_aggregate_entry
sum_up(const struct frame *frame, uint64_t duration_ns)
{
    bool tracer = frame->span.function->kind == FUNCTION_TRACER;
    bool call = frame->span.opened == OPEN_CALL;
    uint64_t net_ns = tracer ? duration_ns : duration_ns - frame->work_ns;

    return (struct html_aggregate_entry){
        .function = frame->span.function->number,
        .calls = call,
        .resumes = !call,
        .self_ns = duration_ns - frame->inside_ns,
        .total_ns = frame->nested ? 0 : net_ns,
        .whole_ns = net_ns,
        .longest_ns = net_ns,
    };
}

/* The innermost call ended and is short: it goes into its caller's aggregate.
 * */
static int
absorb(struct html_condense *condense, uint64_t end_ns)
{
    struct frame *frame = &condense->frames[condense->depth],
                 *outer = frame - 1;
    uint64_t duration_ns = end_ns - frame->span.start_ns;
    struct html_aggregate_entry entry = sum_up(frame, duration_ns);
    bool tracer = frame->span.function->kind == FUNCTION_TRACER;

    condense->count++;
    html_aggregate_extend(&outer->aggregate, frame->span.start_ns, end_ns);
    if (html_aggregate_merge(&outer->aggregate, &frame->aggregate) < 0 ||
        html_aggregate_add(&outer->aggregate, &entry) < 0 ||
        html_histogram_add(condense->durations, entry.function,
                           entry.whole_ns) < 0)
        return -1;
    html_aggregate_clear(&frame->aggregate);
    outer->inside_ns += duration_ns;
    outer->work_ns += tracer ? duration_ns : frame->work_ns;
    return 0;
}

/* -- what happens -------------------------------------------------------- */

void
html_condense_begin_track(struct html_condense *condense, uint32_t track)
{
    condense->track = track;
    html_chunk_begin_track(condense->chunk, track);
}

int
html_condense_open(struct html_condense *condense, const struct span *span)
{
    struct frame *frame;

    if (tell(condense, span->start_ns) < 0 || reserve(condense) < 0)
        return -1;
    frame = &condense->frames[++condense->depth];
    frame->span = *span;
    frame->inside_ns = frame->work_ns = 0;
    frame->nested = condense->running[span->function->number]++ > 0;
    return 0;
}

static int
close_told(struct html_condense *condense, const struct span *span)
{
    flush(condense, condense->depth);
    html_chunk_close(condense->chunk, span);
    condense->told = --condense->depth;
    return 0;
}

static int
close_short(struct html_condense *condense, const struct span *span)
{
    struct html_aggregate *aggregate =
        &condense->frames[condense->depth - 1].aggregate;

    if (absorb(condense, span->end_ns) < 0)
        return -1;
    condense->depth--;
    if (condense->depth == condense->told &&
        aggregate->end_ns - aggregate->start_ns >= condense->window_ns)
        flush(condense, condense->depth);
    return 0;
}

/* What did not end is told however short it is. */
int
html_condense_close(struct html_condense *condense, const struct span *span)
{
    if (!condense->depth)
        return 0;
    if (tell(condense, span->end_ns) < 0)
        return -1;
    if (span->closed == CLOSE_UNFINISHED && tell_all(condense) < 0)
        return -1;
    condense->running[span->function->number]--;
    return condense->told == condense->depth ? close_told(condense, span)
                                             : close_short(condense, span);
}

/* The chunks want all that started before it first. */
int
html_condense_gap(struct html_condense *condense, uint64_t start_ns,
                  uint64_t end_ns)
{
    if (tell_all(condense) < 0)
        return -1;
    for (size_t level = 0; level <= condense->depth; level++)
        flush(condense, level);
    html_chunk_gap(condense->chunk, start_ns, end_ns);
    return 0;
}

void
html_condense_end_track(struct html_condense *condense)
{
    flush(condense, 0);
    html_aggregates_end_track(condense->aggregates);
    html_chunk_end_track(condense->chunk);
}
