/* SPDX-License-Identifier: Apache-2.0
 *
 * image.c: the second step of opening a trace.  Makes the processes and tracks
 * from the sorted chunks, and fills in what their meta chunks say. 
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/archive.h"
#include "formats/meta.h"
#include "formats/text.h"

/* What an entry of a meta chunk is about. */
struct filling {
    struct archive *archive;
    struct image *image;
    struct lane **lanes; /* of this image, by id */
    size_t lane_count;
};

static int
set_text(char **text, char *value)
{
    if (value == NULL)
        return -1;
    free(*text);
    *text = value;
    return 0;
}

/* == WHAT THE ENTRIES SAY =================================================== */

static int
take_process(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_process *entry = (const void *)meta;
    struct image *image = filling->image;
    struct process *process = &image->process;
    struct names_text executable = meta_string(meta, 0);
    struct names_text arguments = meta_string(meta, 1);
    struct names_text interpreter = meta_string(meta, 2);
    struct names_text directory = meta_string(meta, 3);
    process->parent_pid = entry->parent_pid;
    process->forked = entry->how == SPOOL_FORKED;
    image->parent_start_ns = entry->parent_start_ns;
    image->first_id = entry->first_id;
    image->exec_start = entry->exec_start;
    if (set_text(&process->executable,
                 text_clean(executable.bytes, executable.count)) != 0 ||
        set_text(&process->command,
                 text_command(arguments.bytes, arguments.count)) != 0 ||
        set_text(&process->interpreter,
                 text_clean(interpreter.bytes, interpreter.count)) != 0 ||
        set_text(&process->directory,
                 text_clean(directory.bytes, directory.count)) != 0)
        return -1;
    return set_text(&process->name,
                    text_process_name(executable.bytes, executable.count,
                                      arguments.bytes, arguments.count));
}

static int
add_name(struct image *image, uint32_t id, const struct function *function)
{
    if (image->name_count == image->name_room) {
        size_t room = image->name_room == 0 ? 64 : image->name_room * 2;
        struct named *names = realloc(image->names, room * sizeof *names);
        if (names == NULL)
            return -1;
        image->names = names;
        image->name_room = room;
    }
    image->names[image->name_count].id = id;
    image->names[image->name_count++].function = function;
    return 0;
}

/* Kinds that came later than this reader are names without a file, as of C. */
static enum function_kind
function_kind(uint32_t kind)
{
    switch (kind) {
    case SPOOL_PYTHON_FUNCTION: return FUNCTION_PYTHON;
    case SPOOL_NAMED_SPAN: return FUNCTION_SPAN;
    case SPOOL_INSTANT_NAME: return FUNCTION_INSTANT;
    case SPOOL_COUNTER_SERIES: return FUNCTION_COUNTER;
    default: return FUNCTION_C;
    }
}

static int
take_function(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_function *entry = (const void *)meta;
    enum function_kind kind = function_kind(entry->kind);
    if (entry->id >= SPOOL_FUNCTION_LIMIT)
        return 0;
    const struct function *function = names_intern(
        &filling->archive->names, kind, entry->line, meta_string(meta, 0),
        meta_string(meta, 1), meta_string(meta, 2));
    if (function == NULL)
        return -1;
    if (kind == FUNCTION_C) {
        struct function *own = (struct function *)function; /* in names */
        own->method = entry->flags == SPOOL_C_METHOD;
        own->class_method = entry->flags == SPOOL_C_CLASS_METHOD;
    }
    return add_name(filling->image, entry->id, function);
}

static int
compare_id(const void *key, const void *element)
{
    uint64_t id = *(const uint64_t *)key;
    const struct lane *lane = *(struct lane *const *)element;
    return (id > lane->id) - (id < lane->id);
}

static struct lane *
find_lane(const struct filling *filling, uint64_t track)
{
    struct lane **found = NULL;
    if (filling->lane_count > 0)
        found = bsearch(&track, filling->lanes, filling->lane_count,
                        sizeof *filling->lanes, compare_id);
    return found != NULL ? *found : NULL;
}

static int
take_thread(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_thread *entry = (const void *)meta;
    struct names_text name = meta_string(meta, 0);
    struct lane *lane = find_lane(filling, entry->track);
    if (lane == NULL || name.count == 0)
        return 0;
    lane->named = true;
    return set_text(&lane->track.name, text_clean(name.bytes, name.count));
}

static int
take_greenlet(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_greenlet *entry = (const void *)meta;
    struct lane *lane = find_lane(filling, entry->track);
    if (lane != NULL)
        lane->track.greenlet = true;
    return 0;
}

static int
take_end(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_end *entry = (const void *)meta;
    struct boot *boot =
        &filling->archive
             ->boots[filling->image->boot - filling->archive->boots];
    filling->image->process.ended = true;
    filling->image->end_ticks = entry->clock.ticks;
    return clockfit_add(&boot->pairs, entry->clock);
}

/* Laid in beforehand, for a day that did not come. */
static bool
is_blank(const struct spool_meta_note *entry)
{
    return entry->count == 0 && (entry->code == SPOOL_NOTE_LOST ||
                                 entry->code == SPOOL_NOTE_UNTRACED);
}

static char *
note_text(const struct spool_meta_note *entry, struct names_text text)
{
    char counted[128];
    if (entry->code != SPOOL_NOTE_UNTRACED)
        return text_clean(text.bytes, text.count);
    int length = snprintf(counted, sizeof counted,
                          "%llu program%s started with a cleaned environment, "
                          "not recorded",
                          (unsigned long long)entry->count,
                          entry->count == 1 ? "" : "s");
    return text_clean(counted, (size_t)length);
}

static int
take_note(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_note *entry = (const void *)meta;
    struct trace *trace = &filling->archive->trace;
    if (is_blank(entry))
        return 0;
    struct note *notes =
        realloc(trace->notes, (trace->note_count + 1) * sizeof *notes);
    if (notes == NULL)
        return -1;
    trace->notes = notes;
    struct note *note = &notes[trace->note_count];
    note->process = &filling->image->process;
    note->code = entry->code <= SPOOL_NOTE_UNTRACED
                     ? (enum spool_note)entry->code
                     : SPOOL_NOTE_TEXT;
    note->count = entry->count;
    note->text = note_text(entry, meta_string(meta, 0));
    if (note->text == NULL)
        return -1;
    trace->note_count++;
    if (note->code == SPOOL_NOTE_LOST)
        trace->lost += note->count;
    return 0;
}

static int
take_cost(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_cost *entry = (const void *)meta;
    filling->image->process.python_call_ps = entry->python_call_ps;
    filling->image->process.c_call_ps = entry->c_call_ps;
    return 0;
}

static int
take_origin(struct filling *filling, const struct spool_meta *meta)
{
    filling->image->origin =
        *(const struct spool_meta_origin *)(const void *)meta;
    return 0;
}

static int
add_told(struct archive *archive, struct told told)
{
    if (archive->told_count == archive->told_room) {
        size_t room = archive->told_room == 0 ? 64 : archive->told_room * 2;
        struct told *list = realloc(archive->told, room * sizeof *list);
        if (list == NULL)
            return -1;
        archive->told = list;
        archive->told_room = room;
    }
    archive->told[archive->told_count++] = told;
    return 0;
}

static int
take_status(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_status *entry = (const void *)meta;
    struct process *process = &filling->image->process;
    if (entry->teller == SPOOL_TOLD_BY_PARENT)
        return add_told(filling->archive,
                        (struct told){filling->image, entry->pid,
                                      (int)entry->wait_status,
                                      entry->monotonic_ns});
    if (entry->pid == process->pid) { /* else it was never filled in */
        process->has_status = true;
        process->wait_status = (int)entry->wait_status;
    }
    return 0;
}

static int
take(void *context, const struct spool_meta *meta)
{
    switch (meta->type) {
    case SPOOL_META_PROCESS: return take_process(context, meta);
    case SPOOL_META_FUNCTION: return take_function(context, meta);
    case SPOOL_META_THREAD: return take_thread(context, meta);
    case SPOOL_META_GREENLET: return take_greenlet(context, meta);
    case SPOOL_META_END: return take_end(context, meta);
    case SPOOL_META_NOTE: return take_note(context, meta);
    case SPOOL_META_COST: return take_cost(context, meta);
    case SPOOL_META_ORIGIN: return take_origin(context, meta);
    case SPOOL_META_STATUS: return take_status(context, meta);
    default: return 0;
    }
}

/* == MAKING THEM ============================================================ */

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
        if (found && meta_read(file, &raw, take, filling, damaged) != 0)
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
            return set_text(&track->name,
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
    if (read_meta(&filling, file, chunks, count) != 0)
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
