/* SPDX-License-Identifier: Apache-2.0
 *
 * ring.c: what is different where only the last part of a recording was kept.  All
 * tracks of a spool begin where it is whole: behind what was dropped, and no longer
 * before the end than was asked for.  See archive.h.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/base/phrase.h"
#include "formats/base/text.h"
#include "formats/reader/archive.h"
#include "formats/spool/living.h"

/* == CHUNKS =============================================================== */

static bool
is_of_ring(const struct archive *archive, const struct chunk *chunk)
{
    return archive->spools[chunk->spool].ring;
}

static bool
is_same_image(const struct chunk *a, const struct chunk *b)
{
    return a->started == b->started && a->pid == b->pid && a->boot == b->boot &&
           a->spool == b->spool;
}

/* Names are those of the epoch that the process's first chunk says; without that
 * chunk the process has fallen out of the ring. */
static bool
is_meant(const struct chunk *first, const struct chunk *chunk)
{
    bool known = first->track == 0 && first->sequence == 0;
    return known && (chunk->track != 0 || chunk->sequence == 0 ||
                     chunk->generation == first->generation);
}

void
ring_sift(struct archive *archive)
{
    size_t kept = 0;
    struct chunk first = {0};
    for (size_t i = 0; i < archive->chunk_count; i++) {
        struct chunk chunk = archive->chunks[i];
        if (i == 0 || !is_same_image(&first, &chunk))
            first = chunk;
        if (!is_of_ring(archive, &chunk) || is_meant(&first, &chunk))
            archive->chunks[kept++] = chunk;
    }
    archive->chunk_count = kept;
}

/* == THE WINDOW =========================================================== */

static uint64_t
last_ticks(const struct archive *archive, const struct boot *boot)
{
    uint64_t last = 0;
    for (uint32_t i = 0; i < archive->trace.track_count; i++) {
        const struct stored_track *stored =
            stored_track_of(archive->trace.tracks[i]);
        if (stored->image->boot == boot && stored->last_ticks > last)
            last = stored->last_ticks;
    }
    return last;
}

static uint64_t
ticks_of(const struct boot *boot, uint64_t ns)
{
    return (uint64_t)(((unsigned __int128)ns << CLOCKFIT_SHIFT) /
                      boot->fit.scale);
}

/* Where the image's tracks begin; 0: where they do. */
static uint64_t
begin_of(const struct archive *archive, const struct image *image)
{
    const struct spool_ref *spool = &archive->spools[image->spool];
    uint64_t begin = spool->dropped_ticks;
    if (!spool->ring || image->boot->fit.scale == 0)
        return 0;
    uint64_t last = last_ticks(archive, image->boot);
    uint64_t length = ticks_of(image->boot, spool->last.ns);
    if (spool->last.ns && last > length && last - length > begin)
        begin = last - length;
    return begin;
}

static bool
lives(const struct image *image)
{
    return !image->process.ended &&
           living_is(image->process.pid, image->exec_start);
}

/* A thread that waits is there, with the calls that are open; one that ended before is
 * not, nor is what a process that is gone left open. */
static bool
falls_out(const struct stored_track *stored, bool image_goes_on)
{
    return stored->clip_ticks && stored->last_ticks < stored->clip_ticks &&
           (stored->track.ended || !image_goes_on);
}

static bool
goes_on(const struct archive *archive, const struct image *image)
{
    const struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        const struct stored_track *stored = stored_track_of(trace->tracks[i]);
        if (stored->image == image && stored->last_ticks >= stored->clip_ticks)
            return true;
    }
    return lives(image);
}

static void
free_stored(struct stored_track *stored)
{
    free(stored->track.name);
    free(stored);
}

static void
clip_tracks(struct archive *archive, const struct image *image, uint64_t clip)
{
    struct trace *trace = &archive->trace;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        struct stored_track *stored = stored_track_of(trace->tracks[i]);
        if (stored->image == image && stored->first_ticks < clip)
            stored->clip_ticks = stored->first_ticks = clip;
    }
}

static void
drop_tracks(struct archive *archive, const struct image *image)
{
    struct trace *trace = &archive->trace;
    bool image_goes_on = goes_on(archive, image);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        struct stored_track *stored = stored_track_of(trace->tracks[i]);
        if (stored->image == image && falls_out(stored, image_goes_on)) {
            free_stored(stored);
            continue;
        }
        if (stored->last_ticks < stored->first_ticks)
            stored->last_ticks = stored->first_ticks;
        stored->track.number = kept;
        trace->tracks[kept++] = &stored->track;
    }
    trace->track_count = kept;
}

/* "--last=10s,64M" behind the other options. */
static int
tell(const struct archive *archive, struct image *image)
{
    char amount[AMOUNT_ROOM], text[2048];
    struct phrase phrase = phrase_begin(text, sizeof text);
    const char *filter = image->process.filter;
    phrase_add(&phrase, "%.1900s%s--last=%s", filter, *filter ? " " : "",
               amount_say(archive->spools[image->spool].last, amount));
    return text_replace(&image->process.filter, text_clean(text, phrase.used));
}

/* == PROCESSES ============================================================ */

static bool
has_track(const struct archive *archive, const struct image *image)
{
    for (uint32_t i = 0; i < archive->trace.track_count; i++)
        if (stored_track_of(archive->trace.tracks[i])->image == image)
            return true;
    return false;
}

static void
disown(struct trace *trace, const struct process *gone)
{
    for (uint32_t i = 0; i < trace->process_count; i++)
        if (trace->processes[i]->forked_from == gone)
            trace->processes[i]->forked_from = NULL;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < trace->note_count; i++) {
        if (trace->notes[i].process != gone)
            trace->notes[kept++] = trace->notes[i];
        else
            free(trace->notes[i].text);
    }
    trace->note_count = kept;
}

/* A process that ended before the window, and of which nothing is left to tell. */
static int
drop_processes(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    uint32_t kept = 0;
    archive->gone = calloc(trace->process_count + 1, sizeof *archive->gone);
    if (archive->gone == NULL)
        return -1;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct process *process = trace->processes[i];
        const struct image *image = image_of(process);
        if (begin_of(archive, image) && !has_track(archive, image) &&
            !lives(image)) {
            archive->gone[archive->gone_count++] = process;
            continue;
        }
        process->number = kept;
        trace->processes[kept++] = process;
    }
    trace->process_count = kept;
    for (uint32_t i = 0; i < archive->gone_count; i++)
        disown(trace, archive->gone[i]);
    return 0;
}

int
ring_clip(struct archive *archive)
{
    struct trace *trace = &archive->trace;
    bool any = false;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct image *image = image_of(trace->processes[i]);
        uint64_t clip = begin_of(archive, image);
        any |= clip != 0;
        if (!clip ||
            clockfit_ns(&image->boot->fit, clip) <= image->start_monotonic_ns)
            continue;
        clip_tracks(archive, image, clip);
        if (tell(archive, image) != 0)
            return -1;
    }
    for (uint32_t i = 0; any && i < trace->process_count; i++)
        drop_tracks(archive, image_of(trace->processes[i]));
    return any ? drop_processes(archive) : 0;
}
