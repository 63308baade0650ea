/* SPDX-License-Identifier: Apache-2.0
 *
 * imagemeta.c: see imagemeta.h.
 */
#include "formats/reader/imagemeta.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/amount.h"
#include "formats/base/list.h"
#include "formats/base/phrase.h"
#include "formats/base/rule.h"
#include "formats/base/text.h"
#include "formats/reader/loaded.h"

static int
take_process(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_process *entry = (const void *)meta;
    struct image *image = imagemeta->image;
    struct process *process = &image->process;
    struct meta_text executable = meta_string(meta, 0);
    struct meta_text arguments = meta_string(meta, 1);
    struct meta_text interpreter = meta_string(meta, 2);
    struct meta_text directory = meta_string(meta, 3);
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
    case SPOOL_WAIT_NAME: return FUNCTION_WAIT;
    case SPOOL_EXCEPTION_TYPE: return FUNCTION_EXCEPTION;
    default: return FUNCTION_C;
    }
}

static enum function_owner
function_owner(uint32_t flags)
{
    return (flags & SPOOL_OWNER_KNOWN) == 0  ? OWNER_UNKNOWN
           : (flags & SPOOL_OWNER_USER) != 0 ? OWNER_USER
                                             : OWNER_OTHER;
}

/* What is no part of its name.  In names, so it is ours to write. */
static void
describe(const struct function *known, const struct spool_meta_function *entry)
{
    struct function *function = (struct function *)known;
    if (function->kind == FUNCTION_C) {
        function->method = entry->flags == SPOOL_C_METHOD;
        function->class_method = entry->flags == SPOOL_C_CLASS_METHOD;
    }
    if (function->kind == FUNCTION_PYTHON)
        function->owner = function_owner(entry->flags);
}

static int
take_function(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_function *entry = (const void *)meta;
    enum function_kind kind = function_kind(entry->kind);
    if (entry->id >= SPOOL_FUNCTION_LIMIT)
        return 0;
    const struct function *function = names_intern(
        &imagemeta->archive->names, kind, entry->line, meta_string(meta, 0),
        meta_string(meta, 1), meta_string(meta, 2));
    if (function == NULL)
        return -1;
    describe(function, entry);
    return add_name(imagemeta->image, entry->id, function);
}

static int
compare_id(const void *key, const void *element)
{
    uint64_t id = *(const uint64_t *)key;
    const struct stored_track *stored = *(struct stored_track *const *)element;
    return (id > stored->id) - (id < stored->id);
}

static struct stored_track *
find_track(const struct imagemeta *imagemeta, uint64_t track)
{
    struct stored_track **found = NULL;
    if (imagemeta->track_count > 0)
        found = bsearch(&track, imagemeta->tracks, imagemeta->track_count,
                        sizeof *imagemeta->tracks, compare_id);
    return found != NULL ? *found : NULL;
}

static int
take_thread(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_thread *entry = (const void *)meta;
    struct meta_text name = meta_string(meta, 0);
    struct stored_track *stored = find_track(imagemeta, entry->track);
    if (stored == NULL || name.count == 0)
        return 0;
    stored->named = true;
    return text_replace(&stored->track.name,
                        text_clean(name.bytes, name.count));
}

static int
take_greenlet(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_greenlet *entry = (const void *)meta;
    struct stored_track *stored = find_track(imagemeta, entry->track);
    if (stored != NULL)
        stored->track.greenlet = true;
    return 0;
}

static int
take_source(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_source *entry = (const void *)meta;
    struct meta_text file = meta_string(meta, 0);
    return loaded_take(&imagemeta->archive->loaded, imagemeta->image,
                       imagemeta->image->start_monotonic_ns, entry,
                       text_clean(file.bytes, file.count));
}

static int
take_end(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_end *entry = (const void *)meta;
    struct boot *boot =
        &imagemeta->archive
             ->boots[imagemeta->image->boot - imagemeta->archive->boots];
    imagemeta->image->process.ended = true;
    imagemeta->image->end_ticks = entry->clock.ticks;
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
note_text(const struct spool_meta_note *entry, struct meta_text text)
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
imagemeta_add_note(struct trace *trace, struct process *process,
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
add_note(struct imagemeta *imagemeta, enum spool_note code, uint64_t count,
         char *text)
{
    return imagemeta_add_note(&imagemeta->archive->trace,
                              &imagemeta->image->process, code, count, text);
}

static int
take_note(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_note *entry = (const void *)meta;
    if (is_blank(entry))
        return 0;
    enum spool_note code = entry->code <= SPOOL_NOTE_UNTRACED
                               ? (enum spool_note)entry->code
                               : SPOOL_NOTE_TEXT;
    return add_note(imagemeta, code, entry->count,
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
    case E2BIG: return "the session was as large as --max-size lets it become";
    case EOVERFLOW: return "it had more functions than can be numbered";
    default: return strerror((int)cause);
    }
}

/* What came after a recording was full, as --max-size wanted, was not lost: how much
 * that is, and it is counted no more. */
static uint64_t
take_back_lost(struct imagemeta *imagemeta)
{
    struct trace *trace = &imagemeta->archive->trace;
    uint64_t count = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < trace->note_count; i++) {
        struct note *note = &trace->notes[i];
        if (note->code != SPOOL_NOTE_LOST ||
            note->process != &imagemeta->image->process) {
            trace->notes[kept++] = *note;
            continue;
        }
        count += note->count;
        free(note->text);
    }
    trace->note_count = kept;
    trace->lost -= count;
    return count;
}

static int add_stop(struct imagemeta *imagemeta, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int
add_stop(struct imagemeta *imagemeta, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    struct phrase phrase = phrase_begin(text, sizeof text);
    phrase_add_list(&phrase, format, arguments);
    va_end(arguments);
    return add_note(imagemeta, SPOOL_NOTE_STOOD_DOWN, 0,
                    text_clean(text, phrase.used));
}

int
imagemeta_take_stop(struct imagemeta *imagemeta,
                    const struct spool_header *header)
{
    const struct image *image = imagemeta->image;
    const char *name = image->process.name;
    const char *cause = reason(header->stopped_cause);
    double seconds =
        (double)(header->stopped_ns - image->start_monotonic_ns) / 1e9;
    uint64_t left_out =
        header->stopped_cause == E2BIG ? take_back_lost(imagemeta) : 0;
    bool is_own = header->stopped_ns >= image->start_monotonic_ns &&
                  header->stopped_pid == image->process.pid;
    if (left_out && is_own)
        return add_stop(imagemeta,
                        "after %.3f s recording stopped, since %s; %" PRIu64
                        " events of %.99s came after that",
                        seconds, cause, left_out, name);
    if (left_out)
        return add_stop(imagemeta, "%" PRIu64 " events of %.99s came when %s",
                        left_out, name, cause);
    return is_own ? add_stop(imagemeta,
                             "after %.3f s nothing more of %.99s could be "
                             "recorded: %s",
                             seconds, name, cause)
                  : 0;
}

static int
take_cost(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_cost *entry = (const void *)meta;
    imagemeta->image->process.python_call_ps = entry->python_call_ps;
    imagemeta->image->process.c_call_ps = entry->c_call_ps;
    return 0;
}

static int
take_usage(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_usage *entry = (const void *)meta;
    struct process *process = &imagemeta->image->process;
    process->has_usage = entry->delay_ns != UINT64_MAX;
    process->cpu_ns = entry->cpu_ns;
    process->delay_ns = process->has_usage ? entry->delay_ns : 0;
    return 0;
}

#define FILTER_BYTES 1024

static void
add_shortest(struct phrase *phrase, uint64_t ns)
{
    char text[AMOUNT_ROOM];
    phrase_add(phrase, "%s--min-duration=%s", phrase->used ? " " : "",
               amount_say((struct amount){.ns = ns}, text));
}

/* As the options on a command line, cut where they are too long. */
static int
take_filter(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_filter *entry = (const void *)meta;
    struct meta_text rules = meta_string(meta, 0);
    char text[FILTER_BYTES];
    struct phrase phrase = phrase_begin(text, sizeof text);
    struct span_of_text list = {rules.bytes, rules.count};
    for (struct rule rule; rule_take(&list, &rule);)
        if (rule.kind) /* the recording passed over anything else */
            phrase_add(&phrase, "%s--%.*s", phrase.used ? " " : "",
                       (int)rule.text.length, rule.text.bytes);
    if (entry->most_calls > 0)
        phrase_add(&phrase, "%s--max-depth=%u", phrase.used ? " " : "",
                   entry->most_calls);
    if (entry->shortest_ns > 0)
        add_shortest(&phrase, entry->shortest_ns);
    if (entry->most_overhead > 0)
        phrase_add(&phrase, "%s--max-overhead=%g%%", phrase.used ? " " : "",
                   entry->most_overhead / 10.0);
    if (entry->own)
        phrase_add(&phrase, "%s--own", phrase.used ? " " : "");
    return text_replace(&imagemeta->image->process.filter,
                        text_clean(text, phrase.used));
}

static int
take_rule(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_rule *entry = (const void *)meta;
    if (entry->number < 64)
        imagemeta->image->process.rules_fitted |= UINT64_C(1) << entry->number;
    return 0;
}

static int
take_throttled(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_throttled *entry = (const void *)meta;
    struct image *image = imagemeta->image;
    if (image->throttled_count == image->throttled_room) {
        uint32_t room = image->throttled_room ? image->throttled_room * 2 : 16;
        void *list = realloc(image->throttled, room * sizeof *image->throttled);
        if (list == NULL)
            return -1;
        image->throttled = list;
        image->throttled_room = room;
    }
    image->throttled[image->throttled_count++] =
        (struct throttled){entry->id, entry->ticks, entry->calls_per_second};
    return 0;
}

static int
take_startup(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_startup *entry = (const void *)meta;
    imagemeta->image->process.startup_ns = entry->took_ns;
    return 0;
}

static int
take_origin(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    imagemeta->image->origin =
        *(const struct spool_meta_origin *)(const void *)meta;
    return 0;
}

static int
add_exit_report(struct archive *archive, struct exit_report report)
{
    if (archive->exit_report_count == archive->exit_report_room &&
        list_grow((void **)&archive->exit_reports, &archive->exit_report_room,
                  sizeof *archive->exit_reports) != 0)
        return -1;
    archive->exit_reports[archive->exit_report_count++] = report;
    return 0;
}

static int
take_status(struct imagemeta *imagemeta, const struct spool_meta *meta)
{
    const struct spool_meta_status *entry = (const void *)meta;
    struct process *process = &imagemeta->image->process;
    if (entry->reporter == SPOOL_REPORTED_BY_PARENT)
        return add_exit_report(
            imagemeta->archive,
            (struct exit_report){imagemeta->image, entry->pid,
                                 (int)entry->wait_status, entry->monotonic_ns});
    if (entry->pid == process->pid) { /* else it was never filled in */
        process->has_status = true;
        process->wait_status = (int)entry->wait_status;
    }
    return 0;
}

int
imagemeta_take(void *context, const struct spool_meta *meta)
{
    switch (meta->type) {
    case SPOOL_META_PROCESS: return take_process(context, meta);
    case SPOOL_META_FUNCTION: return take_function(context, meta);
    case SPOOL_META_THREAD: return take_thread(context, meta);
    case SPOOL_META_GREENLET: return take_greenlet(context, meta);
    case SPOOL_META_SOURCE: return take_source(context, meta);
    case SPOOL_META_END: return take_end(context, meta);
    case SPOOL_META_NOTE: return take_note(context, meta);
    case SPOOL_META_FILTER: return take_filter(context, meta);
    case SPOOL_META_RULE: return take_rule(context, meta);
    case SPOOL_META_THROTTLED: return take_throttled(context, meta);
    case SPOOL_META_COST: return take_cost(context, meta);
    case SPOOL_META_STARTUP: return take_startup(context, meta);
    case SPOOL_META_ORIGIN: return take_origin(context, meta);
    case SPOOL_META_STATUS: return take_status(context, meta);
    case SPOOL_META_USAGE: return take_usage(context, meta);
    default: return 0;
    }
}
