/* SPDX-License-Identifier: Apache-2.0
 *
 * tally.c: a format around a format.
 */
#include "launcher/convert/tally.h"

#include <errno.h>
#include <stddef.h>

static struct {
    const struct format *format; /* that is watched, or NULL */
    struct format watcher;
    void *state; /* of the format */
    const struct track *track;
    const struct process *process; /* the last one that was counted */
    bool track_counted;
    struct tally tally;
} watched;

/* == COUNTING ============================================================== */

static void
count_track(void)
{
    if (watched.track_counted)
        return;
    watched.track_counted = true;
    watched.tally.tracks++;
    watched.tally.greenlets += watched.track->greenlet;
    if (watched.process == watched.track->process)
        return;
    watched.process = watched.track->process;
    watched.tally.processes++;
}

static void
count_thing(uint64_t ns)
{
    struct tally *tally = &watched.tally;
    count_track();
    if (tally->things++ == 0 || ns < tally->from_ns)
        tally->from_ns = ns;
    if (ns > tally->to_ns)
        tally->to_ns = ns;
}

static bool
is_call(const struct span *span)
{
    return span->opened == OPEN_CALL &&
           (span->function->kind == FUNCTION_PYTHON ||
            span->function->kind == FUNCTION_C ||
            span->function->kind == FUNCTION_UNKNOWN);
}

/* == BEING THE FORMAT ====================================================== */

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    watched.state = watched.format->begin(sink, trace, options);
    return watched.state ? &watched : NULL;
}

static int
track_begin(void *state, const struct track *track)
{
    (void)state;
    watched.track = track;
    watched.track_counted = false;
    watched.tally.tracks_read++;
    return watched.format->track_begin
               ? watched.format->track_begin(watched.state, track)
               : 0;
}

static int
open_span(void *state, const struct span *span)
{
    (void)state;
    count_thing(span->start_ns);
    watched.tally.calls += is_call(span);
    return watched.format->open ? watched.format->open(watched.state, span) : 0;
}

static int
close_span(void *state, const struct span *span)
{
    (void)state;
    if (span->end_ns > watched.tally.to_ns)
        watched.tally.to_ns = span->end_ns;
    return watched.format->close ? watched.format->close(watched.state, span)
                                 : 0;
}

static int
gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    (void)state;
    return watched.format->gap
               ? watched.format->gap(watched.state, start_ns, end_ns)
               : 0;
}

static int
instant(void *state, const struct instant *instant)
{
    (void)state;
    count_thing(instant->ns);
    return watched.format->instant
               ? watched.format->instant(watched.state, instant)
               : 0;
}

static int
sample(void *state, const struct sample *sample)
{
    (void)state;
    count_thing(sample->ns);
    return watched.format->sample
               ? watched.format->sample(watched.state, sample)
               : 0;
}

static int
track_end(void *state, const struct track *track)
{
    (void)state;
    return watched.format->track_end
               ? watched.format->track_end(watched.state, track)
               : 0;
}

static int
end(void *state, int failed)
{
    (void)state;
    watched.tally.nothing = !failed && watched.tally.things == 0;
    int result =
        watched.format->end(watched.state, failed || watched.tally.nothing);
    if (!watched.tally.nothing)
        return result;
    errno = ENODATA;
    return -1;
}

static bool
wants_survey(void *state)
{
    (void)state;
    return watched.format->wants_survey &&
           watched.format->wants_survey(watched.state);
}

static int
survey(void *state, const struct span *span)
{
    (void)state;
    return watched.format->survey(watched.state, span);
}

/* == ASKING ================================================================ */

const struct format *
tally_watch(const struct format *format)
{
    watched.format = format;
    watched.process = NULL;
    watched.tally = (struct tally){0};
    watched.watcher = (struct format){
        .name = format->name,
        .suffix = format->suffix,
        .summary = format->summary,
        .missing = format->missing,
        .begin = begin,
        .track_begin = track_begin,
        .open = open_span,
        .close = close_span,
        .gap = gap,
        .instant = instant,
        .sample = sample,
        .track_end = track_end,
        .end = end,
        .wants_survey = wants_survey,
        .survey = survey,
    };
    return &watched.watcher;
}

const struct tally *
tally_now(void)
{
    return watched.format ? &watched.tally : NULL;
}

uint64_t
tally_all_calls(const struct tally *tally, const struct trace *trace)
{
    bool known = trace->backing->tells_calls;
    return known && tally->tracks_read == trace->track_count ? trace->calls : 0;
}
