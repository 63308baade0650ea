/* SPDX-License-Identifier: Apache-2.0
 *
 * filling.c: see filling.h.
 */
#include "formats/trace/filling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/list.h"
#include "formats/base/text.h"
#include "formats/trace/loaded.h"

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
    if (text_replace(&process->executable,
                     text_clean(executable.bytes, executable.count)) != 0 ||
        text_replace(&process->command,
                     text_command(arguments.bytes, arguments.count)) != 0 ||
        text_replace(&process->interpreter,
                     text_clean(interpreter.bytes, interpreter.count)) != 0 ||
        text_replace(&process->directory,
                     text_clean(directory.bytes, directory.count)) != 0)
        return -1;
    return text_replace(&process->name,
                        text_process_name(executable.bytes, executable.count,
                                          arguments.bytes, arguments.count));
}

static int
add_name(struct image *image, uint32_t id, const struct function *function)
{
    if (image->name_count == image->name_room &&
        list_grow((void **)&image->names, &image->name_room,
                  sizeof *image->names) != 0)
        return -1;
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
    return text_replace(&lane->track.name, text_clean(name.bytes, name.count));
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
take_source(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_source *entry = (const void *)meta;
    struct names_text file = meta_string(meta, 0);
    return loaded_take(&filling->archive->loaded, filling->image, entry,
                       text_clean(file.bytes, file.count));
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

int
filling_add_note(struct trace *trace, struct process *process,
                 enum spool_note code, uint64_t count, char *text)
{
    size_t bytes = (trace->note_count + 1) * sizeof *trace->notes;
    struct note *notes = text ? realloc(trace->notes, bytes) : NULL;
    if (notes == NULL) {
        free(text);
        return -1;
    }
    trace->notes = notes;
    notes[trace->note_count++] = (struct note){process, code, count, text};
    if (code == SPOOL_NOTE_LOST)
        trace->lost += count;
    return 0;
}

static int
add_note(struct filling *filling, enum spool_note code, uint64_t count,
         char *text)
{
    return filling_add_note(&filling->archive->trace, &filling->image->process,
                            code, count, text);
}

static int
take_note(struct filling *filling, const struct spool_meta *meta)
{
    const struct spool_meta_note *entry = (const void *)meta;
    if (is_blank(entry))
        return 0;
    enum spool_note code = entry->code <= SPOOL_NOTE_UNTRACED
                               ? (enum spool_note)entry->code
                               : SPOOL_NOTE_TEXT;
    return add_note(filling, code, entry->count,
                    note_text(entry, meta_string(meta, 0)));
}

/* EFAULT is what a page of a full disk is to the kernel. */
static const char *
reason(uint32_t cause)
{
    switch (cause) {
    case 0: return "it ended before it could say why";
    case EFAULT: return "no space was left, or the quota was used up";
    case EFBIG: return "its file was as large as it may become";
    case EOVERFLOW: return "it had more functions than can be numbered";
    default: return strerror((int)cause);
    }
}

int
filling_take_stop(struct filling *filling, const struct spool_header *header)
{
    const struct image *image = filling->image;
    char text[256];
    if (header->stopped_ns < image->start_monotonic_ns ||
        header->stopped_pid != image->process.pid)
        return 0;
    uint64_t ns = header->stopped_ns - image->start_monotonic_ns;
    int length = snprintf(text, sizeof text,
                          "after %.3f s nothing more of %.99s could be "
                          "recorded: %s",
                          (double)ns / 1e9, image->process.name,
                          reason(header->stopped_cause));
    return add_note(filling, SPOOL_NOTE_STOOD_DOWN, 0,
                    text_clean(text, (size_t)(length < 255 ? length : 255)));
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
    if (archive->told_count == archive->told_room &&
        list_grow((void **)&archive->told, &archive->told_room,
                  sizeof *archive->told) != 0)
        return -1;
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

int
filling_take(void *context, const struct spool_meta *meta)
{
    switch (meta->type) {
    case SPOOL_META_PROCESS: return take_process(context, meta);
    case SPOOL_META_FUNCTION: return take_function(context, meta);
    case SPOOL_META_THREAD: return take_thread(context, meta);
    case SPOOL_META_GREENLET: return take_greenlet(context, meta);
    case SPOOL_META_SOURCE: return take_source(context, meta);
    case SPOOL_META_END: return take_end(context, meta);
    case SPOOL_META_NOTE: return take_note(context, meta);
    case SPOOL_META_COST: return take_cost(context, meta);
    case SPOOL_META_ORIGIN: return take_origin(context, meta);
    case SPOOL_META_STATUS: return take_status(context, meta);
    default: return 0;
    }
}
