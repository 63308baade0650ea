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
#include "formats/trace/archive.h"
#include "formats/trace/filling.h"
#include "formats/trace/meta.h"

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
    process->host = text_clean(host, host_bytes);
    bool all = process->name != NULL && process->executable != NULL &&
               process->command != NULL && process->interpreter != NULL &&
               process->directory != NULL && process->host != NULL;
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

static struct lane *
add_lane(struct archive *archive, struct image *image,
         const struct chunk *chunks, size_t count)
{
    struct trace *trace = &archive->trace;
    void *list = grow(trace->tracks, trace->track_count, sizeof *trace->tracks);
    if (list == NULL)
        return NULL;
    trace->tracks = list;
    struct lane *lane = calloc(1, sizeof *lane);
    if (lane == NULL)
        return NULL;
    lane->track.process = &image->process;
    lane->track.tid = chunks->tid;
    lane->track.interpreter = chunks->interpreter;
    lane->track.main = chunks->tid == chunks->pid;
    lane->image = image;
    lane->chunks = chunks;
    lane->chunk_count = count;
    lane->id = chunks->track;
    lane->first_ticks = chunks->base_ticks;
    lane->track.name = lane->track.main ? text_clean("MainThread", 10)
                                        : numbered("thread", chunks->tid);
    trace->tracks[trace->track_count++] = &lane->track;
    return lane->track.name != NULL ? lane : NULL;
}

static int
add_lanes(struct archive *archive, struct image *image,
          const struct chunk *chunks, size_t count)
{
    size_t begin = 0;
    while (begin < count) {
        size_t end = begin + 1;
        while (end < count && chunks[end].track == chunks[begin].track)
            end++;
        if (chunks[begin].track != 0 &&
            add_lane(archive, image, chunks + begin, end - begin) == NULL)
            return -1;
        begin = end;
    }
    return 0;
}

static int
compare_lanes(const void *a, const void *b)
{
    const struct lane *x = *(struct lane *const *)a;
    const struct lane *y = *(struct lane *const *)b;
    if (x->first_ticks != y->first_ticks)
        return x->first_ticks < y->first_ticks ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* == WHAT IS SAID OF THEM =================================================== */

static int
read_meta(struct filling *filling, struct spoolfile *file,
          const struct chunk *chunks, size_t count)
{
    struct spool_chunk raw;
    uint64_t *damaged = &filling->archive->trace.damaged_bytes;
    for (size_t i = 0; i < count && chunks[i].track == 0; i++) {
        int found = spoolfile_chunk_at(file, chunks[i].offset, &raw);
        if (found < 0)
            return -1;
        if (found && meta_read(file, &raw, filling_take, filling, damaged) != 0)
            return -1;
    }
    return 0;
}

/* No thread id is as large: the kernel's end at 2^22. */
#define SHARED_TIDS (1u << 30)

/* In another interpreter the thread may have no name: then it is called as in the
 * main one.  The lanes are in the order in which they began. */
static int
inherit_name(struct filling *filling, size_t at)
{
    struct track *track = &filling->lanes[at]->track;
    while (at-- > 0) {
        const struct track *other = &filling->lanes[at]->track;
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
tell_apart(struct filling *filling, size_t at)
{
    struct lane *lane = filling->lanes[at];
    struct track *track = &lane->track;
    char suffix[32];
    track->own_tid = track->tid;
    if (!track->greenlet && track->interpreter == 0)
        return 0;
    track->main = false;
    track->own_tid = SHARED_TIDS + (uint32_t)lane->id % SHARED_TIDS;
    if (track->interpreter == 0)
        return 0;
    if (!lane->named && inherit_name(filling, at) != 0)
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
        add_lanes(archive, image, chunks, count) != 0)
        return -1;
    image->chunk_count = count;
    struct filling filling = {archive, image, NULL, 0};
    if (trace->tracks != NULL)
        filling.lanes = (struct lane **)(void *)(trace->tracks + first);
    filling.lane_count = trace->track_count - first;
    if (read_meta(&filling, file, chunks, count) != 0 ||
        filling_take_stop(&filling, &file->header) != 0)
        return -1;
    for (size_t at = 0; at < filling.lane_count; at++)
        if (tell_apart(&filling, at) != 0)
            return -1;
    if (filling.lane_count > 1)
        qsort(filling.lanes, filling.lane_count, sizeof *filling.lanes,
              compare_lanes);
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
    struct names_text none = {"", 0};
    archive->tracer = names_intern(&archive->names, FUNCTION_TRACER, 0, none,
                                   (struct names_text){"(codesnap)", 10}, none);
    archive->unknown = names_intern(&archive->names, FUNCTION_UNKNOWN, 0, none,
                                    (struct names_text){"(unknown)", 9}, none);
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
