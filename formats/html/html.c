/* SPDX-License-Identifier: Apache-2.0
 *
 * html.c: the timeline viewer as one offline page: the shell up to its marker,
 * the tables, the chunks, the sums, the rest of the shell.  Streams; libc only,
 * since the agent writes it too.
 */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/html/annotations.h"
#include "formats/html/chunk.h"
#include "formats/html/condense.h"
#include "formats/html/shell.h"
#include "formats/html/source.h"
#include "formats/html/tables.h"
#include "formats/html/waits.h"
#include "formats/shape/writer.h"
#include "formats/slow/slow.h"

/* Recordings of up to so many calls are told whole.  Of larger ones the longest
 * calls are: 3/8 of that, and the fewer the larger it is, down to 1/8, since
 * there is an aggregate or two for each of them. */
#define DETAIL 8000000
/* A record is at least so long in a spool, and a call two of them. */
#define RECORD_BYTES 4
/* How many aggregates there are at most because of their length. */
#define WINDOWS 200000

struct html {
    struct sink *sink;
    const struct trace *trace;
    const struct format_options *options;
    struct html_pack *pack;
    struct html_chunk *chunk;
    struct html_annotations *annotations; /* NULL before the first one */
    struct html_tasks tasks;
    const struct track *current;
    struct html_waits *waits; /* likewise */
    const char *rest;         /* of the shell, behind the marker */
    /* Only where short calls are summed up: */
    struct html_survey *survey;
    struct html_condense *condense;
    struct html_aggregates *aggregates;
    struct html_histogram *durations;
    uint64_t threshold_ns;
    uint32_t track;    /* being written */
    struct slow *slow; /* which calls are, found on the way */
    bool turned;       /* the survey is over */
};

static int
write_shell(struct html *html)
{
    size_t bytes = (size_t)(html_shell_end - html_shell);
    const char *marker =
        memmem(html_shell, bytes, HTML_SHELL_MARKER, strlen(HTML_SHELL_MARKER));

    if (!marker) {
        errno = EINVAL;
        return -1;
    }
    sink_write(html->sink, html_shell, (size_t)(marker - html_shell));
    html->rest = marker + strlen(HTML_SHELL_MARKER);
    return 0;
}

static void
discard(struct html *html)
{
    if (html->chunk)
        html_chunk_free(html->chunk);
    if (html->condense)
        html_condense_free(html->condense);
    if (html->durations)
        html_histogram_free(html->durations);
    free(html->survey);
    slow_free(html->slow);
    html_aggregates_free(html->aggregates);
    html_annotations_free(html->annotations);
    html_waits_free(html->waits);
    html_tasks_free(&html->tasks);
    html_pack_free(html->pack);
    free(html);
}

static uint64_t
detail(const struct html *html)
{
    return html->options->detail ? html->options->detail : DETAIL;
}

static int
set_up(struct html *html)
{
    html->pack = html_pack_new(html->sink, html->options);
    if (!html->pack)
        return -1;
    html->chunk = html_chunk_new(html->pack);
    html->slow = slow_new(html->trace);
    if (!html->chunk || !html->slow)
        return -1;
    if (html->trace->spool_bytes / (2 * RECORD_BYTES) <= detail(html))
        return 0;
    html->survey = calloc(1, sizeof *html->survey);
    return html->survey ? 0 : -1;
}

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    struct html *html = calloc(1, sizeof *html);

    if (!html)
        return NULL;
    html->sink = sink;
    html->trace = trace;
    html->options = options;
    if (set_up(html) < 0 || write_shell(html) < 0 ||
        html_tables_write(sink, trace, options) < 0) {
        int cause = errno;
        discard(html);
        errno = cause;
        return NULL;
    }
    return html;
}

/* -- the survey: what is slow, and what is short --------------------------- */

static bool
wants_survey(void *state)
{
    (void)state;
    return true;
}

static int
survey_track(void *state, const struct track *track)
{
    struct html *html = state;

    slow_track(html->slow, track);
    return 0;
}

static int
survey_open(void *state, const struct span *span)
{
    struct html *html = state;

    return slow_open(html->slow, span);
}

static int
survey(void *state, const struct span *span)
{
    struct html *html = state;

    if (html->survey)
        html_survey_add(html->survey, span->end_ns - span->start_ns);
    return slow_close(html->slow, span);
}

static int
survey_leaf(void *state, const struct span *span)
{
    struct html *html = state;

    if (html->survey)
        html_survey_add(html->survey, span->end_ns - span->start_ns);
    return slow_leaf(html->slow, span);
}

static uint64_t
window_ns(const struct html *html)
{
    uint64_t sum_ns = html_survey_above(html->survey, html->threshold_ns);
    uint64_t least_ns;

    for (uint32_t i = 0; i < html->trace->track_count; i++)
        sum_ns +=
            html->trace->tracks[i]->end_ns - html->trace->tracks[i]->start_ns;
    least_ns = sum_ns / WINDOWS;
    return least_ns > html->threshold_ns ? least_ns : html->threshold_ns;
}

static uint64_t
told_most(const struct html *html)
{
    uint64_t share = (uint64_t)((double)detail(html) * (double)detail(html) *
                                3 / 8 / (double)html->survey->spans);

    return share > detail(html) / 8 ? share : detail(html) / 8;
}

/* The survey is complete. */
static int
choose(struct html *html)
{
    uint32_t functions = html->trace->function_count;

    if (html->survey->spans <= detail(html))
        return 0;
    html->threshold_ns = html_survey_threshold(html->survey, told_most(html));
    html->aggregates = html_aggregates_new(html->pack);
    html->durations = html_histogram_new(
        functions, html_histogram_bin(html->threshold_ns) + 1);
    if (!html->aggregates || !html->durations)
        return -1;
    html->condense =
        html_condense_new(html->chunk, html->aggregates, html->durations,
                          functions, html->threshold_ns, window_ns(html));
    return html->condense ? 0 : -1;
}

/* -- tracks -------------------------------------------------------------- */

static int
track_begin(void *state, const struct track *track)
{
    struct html *html = state;

    if (!html->turned && slow_turn(html->slow) < 0)
        return -1;
    html->turned = true;
    if (html->survey && choose(html) < 0)
        return -1;
    free(html->survey);
    html->survey = NULL;
    html->track = track->number;
    html->current = track;
    if (html->condense)
        html_condense_begin_track(html->condense, track->number);
    else
        html_chunk_begin_track(html->chunk, track->number);
    return 0;
}

static int
open_span(void *state, const struct span *span)
{
    struct html *html = state;

    if (slow_open(html->slow, span) < 0)
        return -1;
    return html->condense ? html_condense_open(html->condense, span)
                          : html_chunk_open(html->chunk, span);
}

/* Ready for annotations of the track, or NULL with errno set. */
static struct html_annotations *
annotations(struct html *html)
{
    if (!html->annotations)
        html->annotations = html_annotations_new(html->pack);
    if (html->annotations)
        html_annotations_begin_track(html->annotations, html->track);
    return html->annotations;
}

static int
put_arguments(struct html *html, const struct span *span)
{
    if (!annotations(html))
        return -1;
    html_annotations_arguments(html->annotations, span);
    return 0;
}

static int
close_span(void *state, const struct span *span)
{
    struct html *html = state;

    if (slow_close(html->slow, span) < 0)
        return -1;
    if (span->arguments && put_arguments(html, span) < 0)
        return -1;
    if (html->condense)
        return html_condense_close(html->condense, span);
    html_chunk_close(html->chunk, span);
    return 0;
}

static int
leaf(void *state, const struct span *span)
{
    struct html *html = state;

    if (slow_leaf(html->slow, span) < 0)
        return -1;
    if (html->condense)
        return html_condense_open(html->condense, span) < 0
                   ? -1
                   : html_condense_close(html->condense, span);
    if (html_chunk_open(html->chunk, span) < 0)
        return -1;
    html_chunk_close(html->chunk, span);
    return 0;
}

static int
gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct html *html = state;

    if (html->condense)
        return html_condense_gap(html->condense, start_ns, end_ns);
    html_chunk_gap(html->chunk, start_ns, end_ns);
    return 0;
}

static int
instant(void *state, const struct instant *instant)
{
    struct html *html = state;

    if (!annotations(html))
        return -1;
    html_annotations_instant(html->annotations, instant);
    return 0;
}

static int
sample(void *state, const struct sample *sample)
{
    struct html *html = state;

    if (!annotations(html))
        return -1;
    html_annotations_sample(html->annotations, sample);
    return 0;
}

/* Ready for waits of the track, or NULL with errno set. */
static struct html_waits *
waits(struct html *html)
{
    if (!html->waits)
        html->waits = html_waits_new(html->pack);
    if (html->waits)
        html_waits_begin_track(html->waits, html->track);
    return html->waits;
}

static int
wait(void *state, const struct wait *wait)
{
    struct html *html = state;

    slow_wait(html->slow, wait);
    if (!waits(html))
        return -1;
    html_waits_put(html->waits, wait);
    return 0;
}

static int
task(void *state, const struct task *task)
{
    struct html *html = state;

    return html_tasks_add(&html->tasks, html->current, task);
}

static int
task_step(void *state, const struct task_step *step)
{
    struct html *html = state;

    return html_tasks_add_step(&html->tasks, html->trace, html->current, step);
}

static int
track_end(void *state, const struct track *track)
{
    struct html *html = state;

    if (track->has_cpu && !waits(html))
        return -1;
    if (html->waits)
        html_waits_end_track(html->waits, track->has_cpu);
    if (html->annotations)
        html_annotations_end_track(html->annotations);
    if (html->condense)
        html_condense_end_track(html->condense);
    else
        html_chunk_end_track(html->chunk);
    return 0;
}

static int
write_end(struct html *html)
{
    struct verdicts *slow = slow_verdicts(html->slow);
    struct html_sums sums = {
        .slow = slow,
        .tasks = &html->tasks,
        .chunks = html_chunk_count(html->chunk),
        .events = html_chunk_events(html->chunk),
        .annotations =
            html->annotations ? html_annotations_count(html->annotations) : 0,
        .waits = html->waits ? html_waits_count(html->waits) : 0,
    };

    if (html->condense) {
        sums.aggregates = html_aggregates_count(html->aggregates);
        sums.condensed = html_condense_count(html->condense);
        sums.threshold_ns = html->threshold_ns;
        sums.durations = html->durations;
    }
    if (!slow)
        return -1;
    html_tables_write_end(html->sink, html->trace, &sums);
    verdicts_free(slow);
    sink_write(html->sink, html->rest, (size_t)(html_shell_end - html->rest));
    return 0;
}

static int
end(void *state, int failed)
{
    struct html *html = state;

    if (!failed && !html->options->no_source)
        failed = html_source_write(html->pack, html->sink, html->trace);
    if (!failed)
        failed = write_end(html);
    discard(html);
    return failed ? -1 : 0;
}

const struct format format_html = {
    .name = "html",
    .suffix = ".html",
    .summary = "one offline page with the timeline viewer",
    .begin = begin,
    .track_begin = track_begin,
    .open = open_span,
    .close = close_span,
    .leaf = leaf,
    .gap = gap,
    .instant = instant,
    .sample = sample,
    .wait = wait,
    .task = task,
    .task_step = task_step,
    .track_end = track_end,
    .end = end,
    .wants_survey = wants_survey,
    .survey_track = survey_track,
    .survey_open = survey_open,
    .survey = survey,
    .survey_leaf = survey_leaf,
};
