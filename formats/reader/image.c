/* SPDX-License-Identifier: Apache-2.0
 *
 * image.c: the second step of opening a trace.  Makes the processes and tracks
 * from the sorted chunks, and has what their meta chunks say filled in.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/decode/meta.h"
#include "formats/reader/archive.h"
#include "formats/reader/imagemeta.h"

/* == PROCESSES ============================================================== */

static char *
numbered(const char *what, uint32_t number)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%s %u", what, number);
    return text_clean(text, (size_t)length);
}

/* What holds until the PROCESS entry is read, or where it was lost. */
static int
name_image(struct image *image, const char *host)
{
    struct process *process = &image->process;
    size_t host_bytes = strnlen(host, sizeof((struct spool_header *)0)->host);
    process->name = numbered("process", process->pid);
    process->executable = text_clean("", 0);
    process->command = text_clean("", 0);
    process->interpreter = text_clean("", 0);
    process->directory = text_clean("", 0);
    process->filter = text_clean("", 0);
    process->host = text_clean(host, host_bytes);
    bool all = process->name != NULL && process->executable != NULL &&
               process->command != NULL && process->interpreter != NULL &&
               process->directory != NULL && process->filter != NULL &&
               process->host != NULL;
    return all ? 0 : -1;
}

static void *
grow(void *list, uint32_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return list;
    return realloc(list, (count == 0 ? 1 : (size_t)count * 2) * size);
}

static struct image *
add_image(struct archive *archive, const struct chunk *chunk)
{
    struct trace *trace = &archive->trace;
    void *list =
        grow(trace->processes, trace->process_count, sizeof *trace->processes);
    if (list == NULL)
        return NULL;
    trace->processes = list;
    struct image *image = calloc(1, sizeof *image);
    if (image == NULL)
        return NULL;
    image->process.number = trace->process_count;
    image->process.pid = chunk->pid;
    image->boot = &archive->boots[chunk->boot];
    image->spool = chunk->spool;
    image->start_monotonic_ns = chunk->process_start_ns;
    trace->processes[trace->process_count++] = &image->process;
    return image;
}

/* == TRACKS ================================================================= */

static struct stored_track *
add_track(struct archive *archive, struct image *image,
          const struct chunk *chunks, size_t count)
{
    struct trace *trace = &archive->trace;
    void *list = grow(trace->tracks, trace->track_count, sizeof *trace->tracks);
    if (list == NULL)
        return NULL;
    trace->tracks = list;
    struct stored_track *stored = calloc(1, sizeof *stored);
    if (stored == NULL)
        return NULL;
    stored->track.process = &image->process;
    stored->track.tid = chunks->tid;
    stored->track.interpreter = chunks->interpreter;
    stored->track.main = chunks->tid == chunks->pid;
    stored->image = image;
    stored->chunks = chunks;
    stored->chunk_count = count;
    stored->id = chunks->track;
    stored->first_ticks = chunks->base_ticks;
    stored->track.name = stored->track.main ? text_clean("MainThread", 10)
                                            : numbered("thread", chunks->tid);
    trace->tracks[trace->track_count++] = &stored->track;
    return stored->track.name != NULL ? stored : NULL;
}

static int
add_tracks(struct archive *archive, struct image *image,
           const struct chunk *chunks, size_t count)
{
    size_t begin = 0;
    while (begin < count) {
        size_t end = begin + 1;
        while (end < count && chunks[end].track == chunks[begin].track)
            end++;
        if (chunks[begin].track != 0 &&
            add_track(archive, image, chunks + begin, end - begin) == NULL)
            return -1;
        begin = end;
    }
    return 0;
}

static int
compare_tracks(const void *a, const void *b)
{
    const struct stored_track *x = *(struct stored_track *const *)a;
    const struct stored_track *y = *(struct stored_track *const *)b;
    if (x->first_ticks != y->first_ticks)
        return x->first_ticks < y->first_ticks ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* == WHAT IS SAID OF THEM =================================================== */

static int
read_meta(struct imagemeta *imagemeta, struct spoolfile *file,
          const struct chunk *chunks, size_t count)
{
    struct spool_chunk raw;
    uint64_t *damaged = &imagemeta->archive->trace.damaged_bytes;
    for (size_t i = 0; i < count && chunks[i].track == 0; i++) {
        int found = spoolfile_chunk_at(file, chunks[i].offset, &raw);
        if (found < 0)
            return -1;
        if (found &&
            meta_read(file, &raw, imagemeta_take, imagemeta, damaged) != 0)
            return -1;
    }
    return 0;
}

/* No thread id is as large: the kernel's end at 2^22. */
#define SHARED_TIDS (1u << 30)

/* In another interpreter the thread may have no name: then it is called as in
 * the main one.  The tracks are in the order in which they started. */
static int
inherit_name(struct imagemeta *imagemeta, size_t at)
{
    struct track *track = &imagemeta->tracks[at]->track;
    while (at-- > 0) {
        const struct track *other = &imagemeta->tracks[at]->track;
        if (other->tid == track->tid && other->interpreter == 0 &&
            !other->greenlet)
            return text_replace(&track->name,
                                text_clean(other->name, strlen(other->name)));
    }
    return 0;
}

/* What is only known when all names were read: which tracks share a thread, and
 * in which interpreter a thread is where that is not the main one. */
static int
tell_apart(struct imagemeta *imagemeta, size_t at)
{
    struct stored_track *stored = imagemeta->tracks[at];
    struct track *track = &stored->track;
    char suffix[32];
    track->own_tid = track->tid;
    if (!track->greenlet && track->interpreter == 0)
        return 0;
    track->main = false;
    track->own_tid = SHARED_TIDS + (uint32_t)stored->id % SHARED_TIDS;
    if (track->interpreter == 0)
        return 0;
    if (!stored->named && inherit_name(imagemeta, at) != 0)
        return -1;
    size_t length = strlen(track->name);
    int more = snprintf(suffix, sizeof suffix, " (interpreter %u)",
                        track->interpreter);
    char *name = realloc(track->name, length + (size_t)more + 1);
    if (name == NULL)
        return -1;
    memcpy(name + length, suffix, (size_t)more + 1);
    track->name = name;
    return 0;
}

/* == ALL OF THEM ============================================================ */

static int
build_image(struct archive *archive, struct spoolfile *file,
            const struct chunk *chunks, size_t count)
{
    struct trace *trace = &archive->trace;
    uint32_t first = trace->track_count;
    struct image *image = add_image(archive, chunks);
    if (image == NULL || name_image(image, file->header.host) != 0 ||
        add_tracks(archive, image, chunks, count) != 0)
        return -1;
    image->chunks = chunks;
    image->chunk_count = count;
    struct imagemeta meta = {archive, image, NULL, 0};
    if (trace->tracks != NULL)
        meta.tracks = (struct stored_track **)(void *)(trace->tracks + first);
    meta.track_count = trace->track_count - first;
    if (read_meta(&meta, file, chunks, count) != 0 ||
        imagemeta_take_stop(&meta, &file->header) != 0)
        return -1;
    for (size_t at = 0; at < meta.track_count; at++)
        if (tell_apart(&meta, at) != 0)
            return -1;
    if (meta.track_count > 1)
        qsort(meta.tracks, meta.track_count, sizeof *meta.tracks,
              compare_tracks);
    for (uint32_t i = first; i < trace->track_count; i++)
        trace->tracks[i]->number = i;
    return 0;
}

static bool
same_image(const struct chunk *a, const struct chunk *b)
{
    return a->started == b->started && a->pid == b->pid && a->boot == b->boot &&
           a->spool == b->spool;
}

static int
reopen(struct archive *archive, struct spoolfile *file, uint32_t *open,
       uint32_t spool)
{
    if (*open == spool)
        return 0;
    spoolfile_close(file);
    *open = UINT32_MAX;
    if (archive_open_spool(archive, spool, file) != 0)
        return -1;
    *open = spool;
    return 0;
}

static int
build_images(struct archive *archive, struct spoolfile *file)
{
    const struct chunk *chunks = archive->chunks;
    uint32_t open = UINT32_MAX;
    for (size_t begin = 0, end; begin < archive->chunk_count; begin = end) {
        end = begin + 1;
        while (end < archive->chunk_count &&
               same_image(&chunks[begin], &chunks[end]))
            end++;
        if (reopen(archive, file, &open, chunks[begin].spool) != 0 ||
            build_image(archive, file, chunks + begin, end - begin) != 0)
            return -1;
    }
    return 0;
}

int
image_build(struct archive *archive)
{
    struct spoolfile file = {.fd = -1};
    struct meta_text none = {"", 0};
    archive->tracer = names_intern(&archive->names, FUNCTION_TRACER, 0, none,
                                   (struct meta_text){"(codesnap)", 10}, none);
    archive->unknown = names_intern(&archive->names, FUNCTION_UNKNOWN, 0, none,
                                    (struct meta_text){"(unknown)", 9}, none);
    if (archive->tracer == NULL || archive->unknown == NULL)
        return -1;
    int result = build_images(archive, &file);
    int cause = errno;
    spoolfile_close(&file);
    resolve_parents(archive);
    archive->trace.functions = archive->names.functions;
    archive->trace.function_count = archive->names.count;
    errno = cause;
    return result;
}
