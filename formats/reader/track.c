/* SPDX-License-Identifier: Apache-2.0
 *
 * track.c: reads the chunks of one track in their order, twice (see decoder.h);
 * where the first time told nothing, the next reading does without it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/decode/chunkreader.h"
#include "formats/decode/decoder.h"
#include "formats/decode/preroll.h"
#include "formats/reader/archive.h"
#include "formats/reader/metered.h"
#include "formats/trace/trouble.h"

/* Everything that reading one track needs. */
struct reading {
    struct archive *archive;
    struct stored_track *stored;
    struct spoolfile file, windows;
    struct spoolfile *at; /* which of them the chunk is read from */
    uint64_t *window;
    uint32_t *stack;
    uint32_t stack_room;
    uint64_t words; /* read in the first pass; the second stops there */
    uint64_t left;
    uint64_t progress_bytes;
    struct chunkreader_blocks blocks;
    size_t first; /* of its chunks, that is read */
    /* With waits a block is decoded when the one behind it was looked at. */
    uint64_t *late;
    size_t late_count;
    bool packed; /* the words are a block's */
    bool before; /* the records are from before what is told of a ring */
    struct preroll preroll;
    struct decoder decoder;
};

/* == ONE CHUNK ============================================================== */

static int
read_stack(struct reading *reading, const struct spool_chunk *chunk)
{
    uint32_t stored = chunk->stack_stored;
    if (stored > reading->stack_room) {
        void *stack = realloc(reading->stack, stored * sizeof(uint32_t));
        if (stack == NULL)
            return -1;
        reading->stack = stack;
        reading->stack_room = stored;
    }
    size_t bytes = stored * sizeof(uint32_t);
    uint64_t at = chunk->offset + offsetof(struct spool_chunk, stack);
    if (bytes == 0)
        return 0;
    int64_t got = spoolfile_read(reading->at, at, reading->stack, bytes);
    if (got >= 0 && (size_t)got < bytes)
        memset((char *)reading->stack + got, 0, bytes - (size_t)got);
    return got < 0 ? -1 : 0;
}

/* What is told of a ring's track begins here, as if a chunk did. */
static int
begin_behind(struct reading *reading)
{
    struct preroll *preroll = &reading->preroll;
    struct decoder *decoder = &reading->decoder;
    decoder->base_ticks = preroll->until_ticks;
    int result = decoder_begin(decoder, preroll_stack(preroll), preroll->count,
                               preroll->count + preroll->hidden);
    decoder->base_ticks = preroll->base_ticks;
    reading->before = false;
    return result;
}

static int
tell_words(struct reading *reading, const uint64_t *words, size_t count,
           size_t *used)
{
    struct decoder *decoder = &reading->decoder;
    if (!decoder->stack.collecting && count > reading->left)
        count = reading->left;
    if (count == 0)
        return DECODER_END;
    int result = decoder_words(decoder, words, count, used);
    if (decoder->stack.collecting) {
        reading->words += *used;
        return result;
    }
    reading->left -= *used;
    return result;
}

static int
tell_late(struct reading *reading)
{
    size_t count = reading->late_count, used;
    reading->late_count = 0;
    int result =
        count > 0 ? tell_words(reading, reading->late, count, &used) : 0;
    return result == DECODER_END ? 0 : result;
}

/* Waits may be recorded late, but not behind anything else of the next block. */
static int
tell_with_waits(struct reading *reading, const uint64_t *words, size_t count,
                size_t *used)
{
    struct waitqueue *waits = &reading->decoder.waits;
    int64_t lead = waitqueue_collect(waits, words, count, true);
    int result = lead < 0 ? DECODER_FAILED : tell_late(reading);
    if (result != 0)
        return result;
    if (waitqueue_collect(waits, words + lead, count - (size_t)lead, false) < 0)
        return DECODER_FAILED;
    if (!reading->packed)
        return tell_words(reading, words, count, used);
    memcpy(reading->late, words, count * sizeof *words);
    *used = reading->late_count = count;
    return 0;
}

static int
tell(struct reading *reading, const uint64_t *words, size_t count, size_t *used)
{
    return reading->late != NULL ? tell_with_waits(reading, words, count, used)
                                 : tell_words(reading, words, count, used);
}

static int
take_words(void *context, const uint64_t *words, size_t count, size_t *used)
{
    struct reading *reading = context;
    size_t before = 0, told = 0;
    int result = 0;
    *used = 0;
    if (reading->before) {
        result = preroll_words(&reading->preroll, words, count, &before);
        *used = before;
        if (result <= 0)
            return result;
        result = begin_behind(reading);
    }
    if (result == 0)
        result = tell(reading, words + before, count - before, &told);
    *used = before + told;
    return result;
}

/* Is there something missing between the chunk and the one before it? */
static bool
is_missing(const struct reading *reading, const struct chunk *chunk)
{
    if (chunk->encoding == SPOOL_WINDOW)
        return chunk->generation > reading->blocks.next;
    return chunk->sequence != chunk[-1].sequence + 1;
}

/* In a ring the first chunk may begin before what is told of it. */
static int
begin_before(struct reading *reading, const struct spool_chunk *raw,
             const struct chunk *chunk, bool first)
{
    struct preroll *preroll = &reading->preroll;
    preroll->base_ticks = chunk->base_ticks;
    preroll->bound_ticks = reading->decoder.bound_ticks;
    if (!first && !is_missing(reading, chunk))
        return 0;
    if (read_stack(reading, raw) != 0 ||
        preroll_begin(preroll, reading->stack, raw->stack_stored,
                      raw->stack_depth) != 0)
        return DECODER_FAILED;
    return 0;
}

/* The track's first chunk tells what was open before, one behind a missing
 * chunk what is open now. */
static int
begin_chunk(struct reading *reading, const struct spool_chunk *raw, size_t at)
{
    const struct chunk *chunk = &reading->stored->chunks[at];
    struct decoder *decoder = &reading->decoder;
    bool first = at == reading->first;
    if (reading->before)
        return begin_before(reading, raw, chunk, first);
    bool missing = !first && is_missing(reading, chunk);
    if ((first || missing) && read_stack(reading, raw) != 0)
        return DECODER_FAILED;
    if (missing && tell_late(reading) != 0)
        return DECODER_FAILED;
    if (missing)
        return decoder_resume(decoder, chunk->base_ticks, reading->stack,
                              raw->stack_stored, raw->stack_depth);
    decoder->base_ticks = chunk->base_ticks;
    if (first)
        return decoder_begin(decoder, reading->stack, raw->stack_stored,
                             raw->stack_depth);
    return 0;
}

/* In what is still written blocks may be later than the window, which was copied
 * first. */
static bool
is_overtaken(const struct reading *reading, size_t at)
{
    const struct spool_ref *spool =
        &reading->archive->spools[reading->stored->image->spool];
    return reading->stored->chunks[at].encoding == SPOOL_WINDOW &&
           (spool->copy >= 0 || spool->windows >= 0);
}

static int
read_chunk(struct reading *reading, size_t at)
{
    const struct stored_track *stored = reading->stored;
    struct decoder *decoder = &reading->decoder;
    struct spool_chunk raw;
    bool last = at + 1 == stored->chunk_count;
    reading->at =
        archive_file_of(&reading->file, &reading->windows, &stored->chunks[at]);
    int found =
        spoolfile_chunk_at(reading->at, stored->chunks[at].offset, &raw);
    if (found < 0)
        return DECODER_FAILED;
    if (found == 0) { /* the file was cut since it was opened */
        decoder->damaged_bytes +=
            decoder->stack.collecting ? 0 : stored->chunks->size_bytes;
        return 0;
    }
    decoder->bound_ticks = last || is_overtaken(reading, at + 1)
                               ? stored->image->boot->limit_ticks
                               : stored->chunks[at + 1].base_ticks;
    int result = begin_chunk(reading, &raw, at);
    reading->packed = stored->chunks[at].encoding == SPOOL_PACKED;
    if (result == 0)
        result = chunkreader_read(reading->at, &raw, &reading->blocks,
                                  reading->window, take_words, reading);
    return result == DECODER_END ? 0 : result;
}

static void
tell_progress(struct reading *reading, const struct chunk *chunk)
{
    const struct track_visitor *visitor =
        reading->decoder.stack.emitter.visitor;
    if (reading->decoder.stack.collecting)
        return;
    reading->progress_bytes += chunk->size_bytes;
    if (visitor->progress != NULL)
        visitor->progress(visitor->progress_context, reading->progress_bytes);
}

/* The last packed one that begins before what is told; where the window does so,
 * too, the blocks say whether it is of any use. */
static void
find_first(struct reading *reading)
{
    const struct stored_track *stored = reading->stored;
    uint64_t clip = stored->clip_ticks;
    reading->first = 0;
    for (size_t at = 1; at < stored->chunk_count; at++)
        if (stored->chunks[at].encoding != SPOOL_WINDOW &&
            stored->chunks[at].base_ticks <= clip)
            reading->first = at;
    reading->before = clip && stored->chunk_count > 0 &&
                      stored->chunks[reading->first].base_ticks < clip;
    reading->preroll.until_ticks = clip;
}

static int
read_chunks(struct reading *reading)
{
    const struct stored_track *stored = reading->stored;
    int result = 0;
    size_t count = stored->chunk_count;
    reading->blocks = (struct chunkreader_blocks){
        0, count ? stored->chunks[count - 1].blocks_end : UINT64_MAX};
    find_first(reading);
    for (size_t at = reading->first; at < stored->chunk_count && result == 0;
         at++) {
        result = read_chunk(reading, at);
        tell_progress(reading, &stored->chunks[at]);
    }
    if (result == 0)
        result = tell_late(reading);
    if (result == 0 && reading->before)
        result = begin_behind(reading);
    if (stored->live_ticks && !reading->decoder.stack.collecting)
        emitter_stamp(&reading->decoder.stack.emitter, stored->live_ticks);
    return result == 0 ? decoder_finish(&reading->decoder) : result;
}

/* == ONE TRACK ============================================================== */

static void
set_up_decoder(struct reading *reading, const struct track_visitor *visitor,
               void *context)
{
    struct archive *archive = reading->archive;
    const struct stored_track *stored = reading->stored;
    const struct boot *boot = stored->image->boot;
    decoder_set_up(&reading->decoder, (struct emitter){
                                          .visitor = visitor,
                                          .context = context,
                                          .table = archive->table,
                                          .table_count = archive->table_count,
                                          .tracer = archive->tracer,
                                          .unknown = archive->unknown,
                                          .begin_ticks = stored->first_ticks,
                                          .begin_ns = stored->track.start_ns,
                                          .next_ns = stored->track.start_ns,
                                          .scale = boot->fit.scale,
                                      });
}

static uint64_t
cost_of(const struct stored_track *stored, const struct decoder *decoder)
{
    const struct process *process = &stored->image->process;
    uint64_t python_calls = decoder->steps - decoder->c_calls;
    return decoder->busy_ns + (python_calls * process->python_call_ps +
                               decoder->c_calls * process->c_call_ps) /
                                  1000;
}

/* What a process lost is at most what it lasted. */
static void
count_cost(struct trace *trace, struct stored_track *stored, uint64_t cost_ns)
{
    struct process *process = stored->track.process;
    process->cost_ns += cost_ns - stored->track.cost_ns;
    stored->track.cost_ns = cost_ns;
    uint64_t lasted_ns = process->end_ns - process->start_ns;
    uint64_t lost_ns =
        process->cost_ns < lasted_ns ? process->cost_ns : lasted_ns;
    if (lost_ns > trace->cost_ns)
        trace->cost_ns = lost_ns;
}

/* A track can be read again, and is counted once. */
static void
count(struct reading *reading)
{
    struct trace *trace = &reading->archive->trace;
    struct stored_track *stored = reading->stored;
    const struct decoder *decoder = &reading->decoder;
    trace->calls += decoder->calls - stored->calls;
    trouble_add(&trace->troubles, &decoder->stack.troubles, &stored->track,
                stored->troubles);
    trace->anomalies = trouble_anomalies(&trace->troubles);
    uint64_t damaged = decoder->damaged_bytes + decoder->payload.damaged_bytes +
                       decoder->waits.damaged_bytes +
                       decoder->exceptions.damaged_bytes +
                       decoder->stack.steps.damaged_bytes;
    trace->damaged_bytes += damaged - stored->damaged_bytes;
    trace->instants += decoder->payload.instants - stored->instants;
    trace->exceptions += decoder->exceptions.told - stored->exceptions;
    trace->task_steps += decoder->stack.steps.told - stored->task_steps;
    trace->samples += decoder->payload.samples - stored->samples;
    trace->arguments += decoder->stack.looked_at - stored->looked_at;
    trace->arguments_passed += decoder->stack.passed - stored->passed;
    stored->looked_at = decoder->stack.looked_at;
    stored->passed = decoder->stack.passed;
    stored->calls = decoder->calls;
    stored->instants = decoder->payload.instants;
    stored->samples = decoder->payload.samples;
    stored->exceptions = decoder->exceptions.told;
    stored->task_steps = decoder->stack.steps.told;
    stored->track.calls = decoder->calls;
    stored->track.has_cpu = decoder->waits.known_ticks != 0;
    memcpy(stored->track.wait_ns, decoder->waits.ns,
           sizeof stored->track.wait_ns);
    stored->damaged_bytes = damaged;
    struct track *track = &stored->track;
    uint64_t next_ns = decoder->stack.emitter.next_ns;
    if (next_ns > track->end_ns + 1) /* the last event is before it */
        track->end_ns = next_ns - 1;
    if (track->end_ns > track->process->end_ns)
        track->process->end_ns = track->end_ns;
    if (track->end_ns > trace->duration_ns)
        trace->duration_ns = track->end_ns;
    count_cost(trace, stored, cost_of(stored, decoder));
}

/* The first pass, which a track that is read again may not need. */
static int
collect(struct reading *reading)
{
    struct stored_track *stored = reading->stored;
    int result = stored->plain ? 0 : read_chunks(reading);
    if (result != 0 || stored->plain)
        return result;
    stored->plain = reading->decoder.stack.prior.count == 0 &&
                    reading->decoder.exceptions.fates.count == 0;
    stored->words = reading->words;
    stored->waits = reading->decoder.has_waits;
    return 0;
}

static const struct track *
find_track(const void *context, uint64_t number)
{
    const struct reading *reading = context;
    struct trace *trace = &reading->archive->trace;
    uint32_t spool = reading->stored->image->spool;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        const struct stored_track *stored = stored_track_of(trace->tracks[i]);
        if (stored->id == number && stored->image->spool == spool)
            return &stored->track;
    }
    return NULL;
}

static int
expect_waits(struct reading *reading)
{
    reading->decoder.waits.begin_ticks = reading->stored->first_ticks;
    reading->decoder.waits.find_track = find_track;
    reading->decoder.waits.find_context = reading;
    if (reading->stored->waits)
        reading->late = malloc(CHUNKREADER_WINDOW_WORDS * sizeof(uint64_t));
    return reading->stored->waits && reading->late == NULL ? -1 : 0;
}

static int
read_twice(struct reading *reading)
{
    int result = collect(reading);
    if (result != 0)
        return result;
    if (expect_waits(reading) != 0)
        return -1;
    decoder_rewind(&reading->decoder);
    reading->left = reading->stored->words;
    result = read_chunks(reading);
    count(reading);
    return result;
}

static int
open_reading(struct reading *reading)
{
    struct archive *archive = reading->archive;
    const struct image *image = reading->stored->image;
    if (resolve_ids(archive, image) != 0)
        return -1;
    reading->window = malloc(CHUNKREADER_WINDOW_WORDS * sizeof(uint64_t));
    if (reading->window == NULL)
        return -1;
    if (archive_open_spool(archive, image->spool, &reading->file) != 0)
        return -1;
    return live_open_windows(archive, image->spool, &reading->windows);
}

static void
close_reading(struct reading *reading)
{
    int cause = errno;
    spoolfile_close(&reading->file);
    spoolfile_close(&reading->windows);
    decoder_free(&reading->decoder);
    preroll_free(&reading->preroll);
    free(reading->window);
    free(reading->late);
    free(reading->stack);
    errno = cause;
}

static int
finish_metered(struct reading *reading, struct metered *metered)
{
    struct stored_track *stored = reading->stored;
    int result = metered_finish(metered);
    reading->decoder.stack.emitter.result = result;
    reading->archive->trace.samples += metered->samples - stored->metered;
    stored->metered = metered->samples;
    return result;
}

int
archive_read_track(struct trace *trace, struct track *track,
                   const struct track_visitor *visitor, void *context)
{
    struct reading reading = {
        .archive = archive_of(trace),
        .stored = stored_track_of(track),
        .file = {.fd = -1},
        .windows = {.fd = -1},
    };
    struct metered metered;
    bool is_metered = metered_begin(&metered, reading.archive, reading.stored,
                                    visitor, context);
    int result = open_reading(&reading);
    if (result == 0) {
        set_up_decoder(&reading, is_metered ? &metered.visitor : visitor,
                       is_metered ? &metered : context);
        result = read_twice(&reading);
    }
    if (result == 0 && is_metered)
        result = finish_metered(&reading, &metered);
    close_reading(&reading);
    return reading.decoder.stack.emitter.result != 0
               ? reading.decoder.stack.emitter.result
           : result != 0 ? -1
                         : 0;
}
