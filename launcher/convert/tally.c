/* SPDX-License-Identifier: Apache-2.0
 *
 * tally.c: the format itself, with callbacks that count in the place of some of
 * its own.
 */
#include "launcher/convert/tally.h"

#include <errno.h>
#include <stddef.h>

static struct {
    const struct format *format; /* that is watched, or NULL */
    struct format watcher;
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

/* == IN THE PLACE OF THE FORMAT'S ========================================== */

static int
track_begin(void *state, const struct track *track)
{
    watched.track = track;
    watched.track_counted = false;
    watched.tally.tracks_read++;
    return watched.format->track_begin
               ? watched.format->track_begin(state, track)
               : 0;
}

static int
open_span(void *state, const struct span *span)
{
    count_thing(span->start_ns);
    watched.tally.calls += is_call(span);
    return watched.format->open ? watched.format->open(state, span) : 0;
}

static int
close_span(void *state, const struct span *span)
{
    if (span->end_ns > watched.tally.to_ns)
        watched.tally.to_ns = span->end_ns;
    return watched.format->close ? watched.format->close(state, span) : 0;
}

static int
instant(void *state, const struct instant *instant)
{
    count_thing(instant->ns);
    return watched.format->instant ? watched.format->instant(state, instant)
                                   : 0;
}

static int
sample(void *state, const struct sample *sample)
{
    count_thing(sample->ns);
    return watched.format->sample ? watched.format->sample(state, sample) : 0;
}

static int
end(void *state, int failed)
{
    watched.tally.nothing = !failed && watched.tally.things == 0;
    int result = watched.format->end(state, failed || watched.tally.nothing);
    if (!watched.tally.nothing)
        return result;
    errno = ENODATA;
    return -1;
}

/* == ASKING ================================================================ */

const struct format *
tally_watch(const struct format *format)
{
    watched.format = format;
    watched.process = NULL;
    watched.tally = (struct tally){0};
    watched.watcher = *format;
    watched.watcher.track_begin = track_begin;
    watched.watcher.open = open_span;
    watched.watcher.close = close_span;
    watched.watcher.leaf = NULL;
    watched.watcher.instant = instant;
    watched.watcher.sample = sample;
    watched.watcher.end = end;
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
