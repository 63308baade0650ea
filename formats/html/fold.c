/* SPDX-License-Identifier: Apache-2.0
 *
 * html/fold.c: the calls that are open, outermost first:
 *
 *     [ told | told | told | open, not known to be long | ... ]
 *                          ^ told
 *
 * Each has the crowd of the short calls right below it.  When one that was not
 * told ends, it is short itself, and goes with its crowd into its caller's.
 */
#include "formats/html/fold.h"

#include <stdlib.h>
#include <string.h>

/* -- the threshold ------------------------------------------------------- */

void
html_survey_add(struct html_survey *survey, uint64_t duration_ns)
{
    survey->spans++;
    survey->counts[html_short_bin(duration_ns)]++;
}

uint64_t
html_survey_threshold(const struct html_survey *survey, uint64_t most)
{
    uint64_t above = 0;

    if (survey->spans <= most)
        return 0;
    for (uint32_t bin = HTML_SHORT_BINS; bin-- > 0;) {
        above += survey->counts[bin];
        if (above > most)
            return html_short_least(bin + 1);
    }
    return 0;
}

uint64_t
html_survey_above(const struct html_survey *survey, uint64_t threshold_ns)
{
    uint64_t sum_ns = 0;

    for (uint32_t bin = html_short_bin(threshold_ns); bin < HTML_SHORT_BINS;
         bin++)
        sum_ns += survey->counts[bin] * html_short_least(bin);
    return sum_ns;
}

/* -- the stack ----------------------------------------------------------- */

struct frame {
    struct span span;
    struct html_crowd crowd; /* of the calls right below */
    uint64_t inside_ns;      /* of short calls right below */
    uint64_t work_ns;        /* of the tracer, at any depth below */
    bool nested;             /* inside another call of its function */
};

struct html_fold {
    struct html_chunk *chunk;
    struct html_crowds *crowds;
    struct html_short *durations;
    uint64_t threshold_ns, window_ns;
    uint64_t count;
    uint32_t track;
    uint32_t *running;    /* open calls, by function */
    struct frame *frames; /* [0] is none: below it lie the outermost calls */
    size_t depth, told, room;
};

struct html_fold *
html_fold_new(struct html_chunk *chunk, struct html_crowds *crowds,
              struct html_short *durations, uint32_t functions,
              uint64_t threshold_ns, uint64_t window_ns)
{
    struct html_fold *fold = calloc(1, sizeof *fold);

    if (!fold)
        return NULL;
    fold->chunk = chunk;
    fold->crowds = crowds;
    fold->durations = durations;
    fold->threshold_ns = threshold_ns;
    fold->window_ns = window_ns;
    fold->room = 64;
    fold->frames = calloc(fold->room, sizeof *fold->frames);
    fold->running = calloc(functions + 1u, sizeof *fold->running);
    if (fold->frames && fold->running)
        return fold;
    html_fold_free(fold);
    return NULL;
}

void
html_fold_free(struct html_fold *fold)
{
    for (size_t i = 0; fold->frames && i < fold->room; i++)
        html_crowd_free(&fold->frames[i].crowd);
    free(fold->frames);
    free(fold->running);
    free(fold);
}

uint64_t
html_fold_count(const struct html_fold *fold)
{
    return fold->count;
}

static int
reserve(struct html_fold *fold)
{
    size_t room = 2 * fold->room;
    struct frame *frames;

    if (fold->depth + 1 < fold->room)
        return 0;
    frames = realloc(fold->frames, room * sizeof *frames);
    if (!frames)
        return -1;
    memset(frames + fold->room, 0, (room - fold->room) * sizeof *frames);
    fold->frames = frames;
    fold->room = room;
    return 0;
}

/* -- telling ------------------------------------------------------------- */

/* frames[level]'s crowd is over; its calls are level calls deep. */
static void
flush(struct html_fold *fold, size_t level)
{
    html_crowds_put(fold->crowds, fold->track, level,
                    &fold->frames[level].crowd);
}

static int
tell_next(struct html_fold *fold)
{
    flush(fold, fold->told);
    fold->told++;
    return html_chunk_open(fold->chunk, &fold->frames[fold->told].span);
}

/* Those that have been open long enough by now. */
static int
tell(struct html_fold *fold, uint64_t now_ns)
{
    while (fold->told < fold->depth &&
           now_ns - fold->frames[fold->told + 1].span.start_ns >=
               fold->threshold_ns)
        if (tell_next(fold) < 0)
            return -1;
    return 0;
}

static int
tell_all(struct html_fold *fold)
{
    while (fold->told < fold->depth)
        if (tell_next(fold) < 0)
            return -1;
    return 0;
}

/* -- what is short ------------------------------------------------------- */

static struct html_crowd_entry
sum_up(const struct frame *frame, uint64_t duration_ns)
{
    bool tracer = frame->span.function->kind == FUNCTION_TRACER;
    bool call = frame->span.opened == OPEN_CALL;
    uint64_t net_ns = tracer ? duration_ns : duration_ns - frame->work_ns;

    return (struct html_crowd_entry){
        .function = frame->span.function->number,
        .calls = call,
        .resumes = !call,
        .self_ns = duration_ns - frame->inside_ns,
        .total_ns = frame->nested ? 0 : net_ns,
        .whole_ns = net_ns,
        .longest_ns = net_ns,
    };
}

/* The innermost call ended and is short: it goes into its caller's crowd. */
static int
absorb(struct html_fold *fold, uint64_t end_ns)
{
    struct frame *frame = &fold->frames[fold->depth], *outer = frame - 1;
    uint64_t duration_ns = end_ns - frame->span.start_ns;
    struct html_crowd_entry entry = sum_up(frame, duration_ns);
    bool tracer = frame->span.function->kind == FUNCTION_TRACER;

    fold->count++;
    html_crowd_extend(&outer->crowd, frame->span.start_ns, end_ns);
    if (html_crowd_merge(&outer->crowd, &frame->crowd) < 0 ||
        html_crowd_add(&outer->crowd, &entry) < 0 ||
        html_short_add(fold->durations, entry.function, entry.whole_ns) < 0)
        return -1;
    html_crowd_clear(&frame->crowd);
    outer->inside_ns += duration_ns;
    outer->work_ns += tracer ? duration_ns : frame->work_ns;
    return 0;
}

/* -- what happens -------------------------------------------------------- */

void
html_fold_begin_track(struct html_fold *fold, uint32_t track)
{
    fold->track = track;
    html_chunk_begin_track(fold->chunk, track);
}

int
html_fold_open(struct html_fold *fold, const struct span *span)
{
    struct frame *frame;

    if (tell(fold, span->start_ns) < 0 || reserve(fold) < 0)
        return -1;
    frame = &fold->frames[++fold->depth];
    frame->span = *span;
    frame->inside_ns = frame->work_ns = 0;
    frame->nested = fold->running[span->function->number]++ > 0;
    return 0;
}

static int
close_told(struct html_fold *fold, const struct span *span)
{
    flush(fold, fold->depth);
    html_chunk_close(fold->chunk, span);
    fold->told = --fold->depth;
    return 0;
}

static int
close_short(struct html_fold *fold, const struct span *span)
{
    struct html_crowd *crowd = &fold->frames[fold->depth - 1].crowd;

    if (absorb(fold, span->end_ns) < 0)
        return -1;
    fold->depth--;
    if (fold->depth == fold->told &&
        crowd->end_ns - crowd->start_ns >= fold->window_ns)
        flush(fold, fold->depth);
    return 0;
}

/* What did not end is told however short it is. */
int
html_fold_close(struct html_fold *fold, const struct span *span)
{
    if (!fold->depth)
        return 0;
    if (tell(fold, span->end_ns) < 0)
        return -1;
    if (span->closed == CLOSE_UNFINISHED && tell_all(fold) < 0)
        return -1;
    fold->running[span->function->number]--;
    return fold->told == fold->depth ? close_told(fold, span)
                                     : close_short(fold, span);
}

/* The chunks want all that began before it first. */
int
html_fold_gap(struct html_fold *fold, uint64_t start_ns, uint64_t end_ns)
{
    if (tell_all(fold) < 0)
        return -1;
    for (size_t level = 0; level <= fold->depth; level++)
        flush(fold, level);
    html_chunk_gap(fold->chunk, start_ns, end_ns);
    return 0;
}

void
html_fold_end_track(struct html_fold *fold)
{
    flush(fold, 0);
    html_crowds_end_track(fold->crowds);
    html_chunk_end_track(fold->chunk);
}
