/* SPDX-License-Identifier: Apache-2.0
 *
 * reader.c: opens and closes a trace: the sessions by way of source.c, their
 * spools by index.c and image.c, the clocks, and the times that follow from
 * them.  The events themselves are read by track.c.
 */
#include "formats/reader/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/reader/archive.h"
#include "formats/reader/metered.h"
#include "formats/spool/clock.h"
#include "formats/spool/living.h"

/* A baseline that tells the rate to some parts in a thousand million. */
#define LONG_BASELINE_NS 10000000000ull
/* How far from all clock pairs a time may lie: 12 days of a 4 GHz clock. */
#define SLACK_TICKS (1ull << 52)
/* A process started this long before the first sign of its boot, at most. */
#define SLACK_NS 3600000000000ull

/* What /proc counts a process's start in, rounded down: the kernel's ABI. */
#define TICK_NS 10000000u

/* == THE CLOCKS ============================================================= */

static bool
is_this_boot(const struct boot *boot)
{
    char id[40];
    return clock_read_boot(id) == 0 && memcmp(id, boot->id, sizeof id) == 0;
}

/* A recording of a few milliseconds tells little about the rate of its clock.
 * A pair taken now does, as long as the machine still runs; it is kept, so
 * that the next conversion gives the same bytes. */
static int
extend_baseline(struct source *source, struct boot *boot)
{
    bool ours = source->has_session && source->session.end.ticks == 0 &&
                source->session.clock_kind == boot->clock_kind;
    if (!ours || boot->clock_kind == SPOOL_MONOTONIC_NS ||
        clockfit_baseline(&boot->pairs) >= LONG_BASELINE_NS ||
        !is_this_boot(boot))
        return 0;
    struct spool_clock now =
        clock_read((enum spool_clock_kind)boot->clock_kind);
    source->session.end = now;
    session_set_end(source->path, now);
    return clockfit_add(&boot->pairs, now);
}

static int
fit_clocks(struct archive *archive)
{
    for (uint32_t i = 0; i < archive->boot_count; i++) {
        struct boot *boot = &archive->boots[i];
        struct clockfit_pairs *pairs = &boot->pairs;
        for (uint32_t k = 0; k < archive->source_count; k++)
            if (extend_baseline(&archive->sources[k], boot) != 0)
                return -1;
        clockfit_solve(pairs, (enum spool_clock_kind)boot->clock_kind,
                       &boot->fit);
        boot->limit_ticks = UINT64_MAX;
        if (pairs->count == 0)
            continue;
        boot->first_ns = pairs->list[0].ns;
        boot->limit_ticks = pairs->list[pairs->count - 1].ticks + SLACK_TICKS;
    }
    return 0;
}

/* == TIMES ================================================================== */

/* When a process says it started, if that can be, else when it was first
 * heard of. */
static uint64_t
sensible_start(const struct archive *archive, const struct image *image,
               uint64_t first_seen_ns)
{
    uint64_t start = image->start_monotonic_ns;
    uint64_t earliest = image->boot->first_ns;
    earliest = earliest > SLACK_NS ? earliest - SLACK_NS : 0;
    bool lies = start > first_seen_ns || start < earliest;
    return archive_ns(archive, image->boot, lies ? first_seen_ns : start);
}

static void
set_starts(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct image *image = image_of(trace->processes[i]);
        uint64_t seen = UINT64_MAX;
        for (size_t k = 0; k < image->chunk_count; k++)
            if (image->chunks[k].clock_ns < seen)
                seen = image->chunks[k].clock_ns;
        image->process.start_ns = sensible_start(archive, image, seen);
    }
}

static uint64_t
track_start(const struct stored_track *stored)
{
    const struct boot *boot = stored->image->boot;
    return archive_join(boot, clockfit_ns(&boot->fit, stored->first_ticks));
}

/* Time 0 is where the first track starts, or the first process where no thread
 * was recorded. */
static void
set_zero(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    uint64_t zero = UINT64_MAX;
    archive->zero_ns = 0;
    set_starts(archive);
    for (uint32_t i = 0; i < trace->track_count; i++) {
        uint64_t start = track_start(stored_track_of(trace->tracks[i]));
        zero = start < zero ? start : zero;
    }
    for (uint32_t i = 0; i < trace->process_count && !trace->track_count; i++)
        if (trace->processes[i]->start_ns < zero)
            zero = trace->processes[i]->start_ns;
    archive->zero_ns = zero != UINT64_MAX ? zero : 0;
    trace->realtime_ns = archive->zero_ns;
    if (zero == UINT64_MAX && archive->sources[0].has_session)
        trace->realtime_ns = archive->sources[0].session.begin.realtime_ns;
    set_starts(archive);
}

static uint64_t
last_of(const struct stored_track *stored)
{
    return stored->live_ticks ? stored->live_ticks : stored->last_ticks;
}

static void
set_track_times(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        struct stored_track *stored = stored_track_of(trace->tracks[i]);
        struct track *track = &stored->track;
        const struct boot *boot = stored->image->boot;
        track->start_ns = archive_ns(
            archive, boot, clockfit_ns(&boot->fit, stored->first_ticks));
        track->end_ns = archive_ns(archive, boot,
                                   clockfit_ns(&boot->fit, last_of(stored))) +
                        1;
        if (track->end_ns > track->process->end_ns)
            track->process->end_ns = track->end_ns;
        if (track->end_ns > trace->duration_ns)
            trace->duration_ns = track->end_ns;
    }
}

/* A call that is open in a process that still runs has lasted until now. */
static void
extend_living(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        struct stored_track *stored = stored_track_of(trace->tracks[i]);
        const struct image *image = stored->image;
        if (stored->track.ended || image->process.ended ||
            !living_is(image->process.pid, image->exec_start) ||
            !is_this_boot(image->boot))
            continue;
        uint64_t now =
            clock_ticks((enum spool_clock_kind)image->boot->clock_kind);
        stored->live_ticks = now > stored->last_ticks ? now : 0;
    }
}

static void
set_process_ends(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct image *image = image_of(trace->processes[i]);
        struct process *process = &image->process;
        if (process->end_ns < process->start_ns)
            process->end_ns = process->start_ns;
    }
}

/* == CLOSING ================================================================ */

static void
free_image(struct image *image)
{
    free(image->process.name);
    free(image->process.executable);
    free(image->process.command);
    free(image->process.interpreter);
    free(image->process.directory);
    free(image->process.filter);
    free(image->process.host);
    free(image->names);
    free(image->throttled);
    free(image);
}

static void
free_track(struct stored_track *stored)
{
    free(stored->track.name);
    free(stored);
}

static void
close_archive(struct trace *trace)
{
    struct archive *archive = archive_of(trace);
    for (uint32_t i = 0; i < trace->process_count; i++)
        free_image(image_of(trace->processes[i]));
    for (uint32_t i = 0; i < archive->gone_count; i++)
        free_image(image_of(archive->gone[i]));
    free(archive->gone);
    for (uint32_t i = 0; i < trace->track_count; i++)
        free_track(stored_track_of(trace->tracks[i]));
    for (uint32_t i = 0; i < trace->note_count; i++)
        free(trace->notes[i].text);
    for (uint32_t i = 0; i < archive->boot_count; i++)
        free(archive->boots[i].pairs.list);
    free(trace->processes);
    free(trace->tracks);
    free(trace->notes);
    free(trace->command);
    free(trace->host);
    names_free(&archive->names);
    loaded_free(&archive->loaded);
    metered_close(archive);
    source_close_all(archive);
    free(archive->boots);
    free(archive->chunks);
    free(archive->exit_reports);
    free(archive->table);
    free(archive);
}

/* == OPENING ================================================================ */

/* A session without a call is one, a folder with neither is none. */
static int
check_sources(struct archive *archive)
{
    for (uint32_t i = 0; i < archive->source_count; i++) {
        const struct source *source = &archive->sources[i];
        bool found = source->has_session;
        for (size_t k = 0; k < archive->chunk_count && !found; k++)
            found = archive->spools[archive->chunks[k].spool].source == i;
        archive->failed_source = i;
        if (!found) {
            errno = EINVAL;
            return -1;
        }
    }
    return 0;
}

static int
open_all(struct archive *archive, const char *const *paths, size_t count)
{
    if (source_open_all(archive, paths, count) != 0 ||
        index_build(archive) != 0 || check_sources(archive) != 0 ||
        image_build(archive) != 0 || fit_clocks(archive) != 0 ||
        track_scan(archive) != 0 || ring_clip(archive) != 0)
        return -1;
    if (metered_open(archive) != 0)
        return -1;
    set_zero(archive);
    extend_living(archive);
    set_track_times(archive);
    set_process_ends(archive);
    if (family_resolve(archive) != 0)
        return -1;
    return source_set_apart(archive);
}

static void
explain(const char *path, int cause, char *error, size_t error_bytes)
{
    if (cause == ENOTDIR)
        snprintf(error, error_bytes,
                 "%s: is a file and no session folder (OUTPUT" SESSION_SUFFIX
                 ", which codesnap run --keep keeps); codesnap report, info "
                 "and diff read .html, .json and .json.gz, too",
                 path);
    else if (cause == ENOENT && text_ends_with(path, SESSION_SUFFIX))
        snprintf(error, error_bytes, "%s: no such session folder", path);
    else if (cause == ENOENT)
        snprintf(
            error, error_bytes,
            "%s: no such file, and no session folder (OUTPUT" SESSION_SUFFIX
            ")",
            path);
    else if (cause == EINVAL)
        snprintf(
            error, error_bytes,
            "%s: not a session folder: it holds neither a session file nor a "
            "spool",
            path);
    else if (cause == EPROTONOSUPPORT)
        snprintf(
            error, error_bytes,
            "%s: was recorded by another version of codesnap; convert it with "
            "that one",
            path);
    else if (cause == E2BIG)
        snprintf(error, error_bytes,
                 "%s: more sessions than can be merged at once (%u)", path,
                 SOURCE_LIMIT);
    else
        snprintf(error, error_bytes, "%s: can't be read: %s", path,
                 strerror(cause));
}

static void
explain_twin(const char *path, const char *twin, char *error,
             size_t error_bytes)
{
    snprintf(error, error_bytes,
             "%s: is the same session as %s; name each session once", path,
             twin);
}

/* Its code was loaded later than that, in CLOCK_REALTIME. */
static uint64_t
began_ns(const struct image *image)
{
    while (image->process.forked_from != NULL)
        image = image_of(image->process.forked_from);
    uint64_t began = image->start_monotonic_ns;
    uint64_t made = (image->exec_start + 1) * TICK_NS;
    if (image->exec_start != 0 && made < began)
        began = made;
    return archive_join(image->boot, began);
}

static int
is_what_ran(const struct trace *trace, const char *file,
            const struct file_status *now)
{
    return loaded_is_still(&((const struct archive *)trace)->loaded, file, now,
                           began_ns);
}

struct trace *
trace_open_all(const char *const *paths, size_t count, char *error,
               size_t error_bytes)
{
    static const struct trace_backing backing = {
        .read = archive_read_track,
        .close = close_archive,
        .is_what_ran = is_what_ran,
        .tells_calls = true,
    };
    struct archive *archive = calloc(1, sizeof *archive);
    uint32_t failed = 0, twin = 0;
    int cause = ENOMEM;
    if (archive != NULL) {
        archive->trace.backing = &backing;
        if (open_all(archive, paths, count) == 0)
            return &archive->trace;
        cause = errno;
        failed = archive->failed_source;
        twin = archive->twin_source;
        trace_close(&archive->trace);
    }
    if (cause == EEXIST)
        explain_twin(paths[failed], paths[twin], error, error_bytes);
    else
        explain(paths[failed], cause, error, error_bytes);
    return NULL;
}

struct trace *
trace_open(const char *path, char *error, size_t error_bytes)
{
    return trace_open_all(&path, 1, error, error_bytes);
}

uint64_t
reader_ns(struct trace *trace, struct process *process, uint64_t monotonic_ns)
{
    return archive_ns(archive_of(trace), image_of(process)->boot, monotonic_ns);
}
