/* SPDX-License-Identifier: Apache-2.0
 *
 * replay.c: what all kinds of output tell of a trace, put together.
 */
#include "launcher/replay/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/shape/imports.h"
#include "formats/trace/trouble.h"

/* == LISTS ================================================================= */

/* A zeroed one of bytes at the end of the list of pointers. */
static void *
append(void *list, uint32_t *count, uint32_t *room, size_t bytes)
{
    void ***all = list;
    if (*count == *room) {
        uint32_t more = *room * 2 + 16;
        void *grown = realloc(*all, more * sizeof **all);
        if (!grown)
            return NULL;
        *all = grown;
        *room = more;
    }
    void *one = calloc(1, bytes);
    if (one)
        (*all)[(*count)++] = one;
    return one;
}

static int
replace(char **text, const char *by)
{
    free(*text);
    *text = strdup(by);
    return *text ? 0 : -1;
}

static int
describe(struct process *process, const struct value *about)
{
    const struct value *status = value_member(about, "status");
    process->pid = (uint32_t)value_number(about, "pid");
    process->parent_pid = (uint32_t)value_number(about, "parent_pid");
    process->start_ns = value_number(about, "start_ns");
    process->end_ns = value_number(about, "end_ns");
    process->python_call_ps = value_number(about, "python_call_ps");
    process->c_call_ps = value_number(about, "c_call_ps");
    process->has_usage = value_member(about, "delay_ns") != NULL;
    process->cpu_ns = value_number(about, "cpu_ns");
    process->delay_ns = value_number(about, "delay_ns");
    process->startup_ns = value_number(about, "startup_ns");
    process->has_status = status && status->kind == VALUE_NUMBER;
    process->wait_status = (int)value_number(about, "status");
    process->ended = value_is_true(about, "ended");
    process->replaced = value_is_true(about, "replaced");
    process->running = value_is_true(about, "running");
    if (replace(&process->name, value_text(about, "name")) != 0 ||
        replace(&process->command, value_text(about, "command")) != 0 ||
        replace(&process->interpreter, value_text(about, "interpreter")) != 0 ||
        replace(&process->directory, value_text(about, "directory")) != 0 ||
        replace(&process->filter, value_text(about, "filter")) != 0 ||
        replace(&process->executable, "") != 0)
        return -1;
    return replace(&process->host, "");
}

struct process *
replay_process(struct replay *replay, const struct value *about)
{
    struct trace *trace = &replay->trace;
    struct process *process = append(&trace->processes, &trace->process_count,
                                     &replay->process_room, sizeof *process);
    if (!process)
        return NULL;
    process->number = trace->process_count - 1;
    return describe(process, about) == 0 ? process : NULL;
}

struct track *
replay_track(struct replay *replay, const char *name, struct process *process)
{
    struct trace *trace = &replay->trace;
    struct track *track = append(&trace->tracks, &trace->track_count,
                                 &replay->track_room, sizeof *track);
    if (!track)
        return NULL;
    track->number = trace->track_count - 1;
    track->process = process;
    track->name = strdup(name);
    return track->name ? track : NULL;
}

struct function *
replay_function(struct replay *replay, enum function_kind kind,
                const char *name)
{
    struct trace *trace = &replay->trace;
    struct function *function =
        append(&trace->functions, &trace->function_count,
               &replay->function_room, sizeof *function);
    if (!function)
        return NULL;
    function->number = trace->function_count - 1;
    function->kind = kind;
    function->name = strdup(name);
    function->name_bytes = strlen(name);
    function->module = strdup("");
    function->qualified_name = strdup(name);
    function->file = strdup("");
    return function->name && function->module && function->qualified_name &&
                   function->file
               ? function
               : NULL;
}

void
replay_cut_place(struct function *function)
{
    static const char module[] = "<module>";
    char *name = function->qualified_name, *place = strrchr(name, '(');
    if (place && place > name && place[-1] == ' ')
        place[-1] = '\0';
    if (imports_is_module(function) && strlen(name) >= strlen(module))
        strcpy(name, module);
}

/* == ABOUT ALL ============================================================= */

/* "forked_from" and "origin" are numbers in the lists. */
static void
link_processes(struct replay *replay, const struct value *list)
{
    struct trace *trace = &replay->trace;
    uint32_t number = 0;
    for (const struct value *at = list; at; at = at->next, number++) {
        const struct value *from = value_member(at, "forked_from");
        struct process *process = trace->processes[number];
        if (!from || from->kind != VALUE_NUMBER || from->number >= number)
            continue;
        process->forked_from = trace->processes[from->number];
        process->forked = true;
    }
}

/* "--window 1.5ms..20ms --thread main", or NULL. */
static int
describe_part(struct trace *trace, const struct value *about)
{
    const char *options = value_text(about, "part");
    uint64_t to_ns = value_number(about, "to_ns");
    char window[80] = "";
    if (to_ns > 0)
        snprintf(window, sizeof window, "--window %.12gms..%.12gms",
                 (double)value_number(about, "from_ns") / 1e6,
                 (double)to_ns / 1e6);
    if (!*window && !*options)
        return 0;
    size_t room = strlen(options) + sizeof window + 1;
    trace->part = malloc(room);
    if (!trace->part)
        return -1;
    snprintf(trace->part, room, "%s%s%s", window,
             *window && *options ? " " : "", options);
    return 0;
}

int
replay_about(struct replay *replay, const struct value *about)
{
    struct trace *trace = &replay->trace;
    const struct value *list = value_first(value_member(about, "processes"));
    if (trace->command) {
        errno = EINVAL; /* told before */
        return -1;
    }
    trace->command = strdup(value_text(about, "command"));
    trace->host = strdup(value_text(about, "host"));
    trace->duration_ns = value_number(about, "duration_ns");
    trace->realtime_ns = strtoull(value_text(about, "realtime_ns"), NULL, 10);
    uint32_t number = 0;
    for (const struct value *at = list; at; at = at->next, number++)
        if (number < trace->process_count
                ? describe(trace->processes[number], at) != 0
                : !replay_process(replay, at))
            return -1;
    link_processes(replay, list);
    return trace->command && trace->host ? describe_part(trace, about) : -1;
}

void
replay_about_origins(struct replay *replay, const struct value *about)
{
    struct trace *trace = &replay->trace;
    uint32_t number = 0;
    for (const struct value *at = value_first(value_member(about, "processes"));
         at; at = at->next, number++) {
        const struct value *origin = value_member(at, "origin");
        uint64_t track = value_number(origin, "track");
        if (!origin || origin->kind != VALUE_OBJECT ||
            track >= trace->track_count ||
            trace->tracks[track]->process->number >= number)
            continue; /* a parent comes first, so that no circle can arise */
        trace->processes[number]->origin = trace->tracks[track];
        trace->processes[number]->origin_ns = value_number(origin, "ns");
    }
}

int
replay_about_notes(struct replay *replay, const struct value *notes)
{
    struct trace *trace = &replay->trace;
    size_t count = 0;
    for (const struct value *at = value_first(notes); at; at = at->next)
        count++;
    trace->notes = calloc(count + 1, sizeof *trace->notes);
    if (!trace->notes)
        return -1;
    for (const struct value *at = value_first(notes); at; at = at->next) {
        struct note *note = &trace->notes[trace->note_count];
        note->code = (enum spool_note)value_number(at, "code");
        note->count = value_number(at, "count");
        note->text = strdup(value_text(at, "text"));
        if (!note->text)
            return -1;
        trace->note_count++;
    }
    return 0;
}

/* == TROUBLES ============================================================== */

static const struct track *
find_track(const struct trace *trace, uint64_t pid, uint64_t tid,
           const char *name)
{
    for (uint32_t i = 0; i < trace->track_count; i++) {
        const struct track *track = trace->tracks[i];
        if (track->process->pid == pid && track->tid == tid &&
            strcmp(track->name, name) == 0)
            return track;
    }
    return NULL;
}

static const struct function *
find_function(const struct trace *trace, const char *name)
{
    for (uint32_t i = 0; i < trace->function_count; i++)
        if (strcmp(trace->functions[i]->name, name) == 0)
            return trace->functions[i];
    return NULL;
}

static void
take_places(const struct trace *trace, const struct value *list,
            struct trouble *first)
{
    const struct value *at = value_first(list);
    for (int i = 0; at && i < TROUBLES_KEPT; at = at->next, i++)
        first[i] = (struct trouble){
            .track =
                find_track(trace, value_number(at, "pid"),
                           value_number(at, "tid"), value_text(at, "thread")),
            .function = find_function(trace, value_text(at, "function")),
            .ns = value_number(at, "ns"),
            .end_ns = value_number(at, "end_ns"),
            .calls_per_second = value_number(at, "calls_per_second"),
        };
}

void
replay_about_troubles(struct replay *replay, const struct value *troubles)
{
    struct troubles *all = &replay->trace.troubles;
    for (const struct value *at = value_first(troubles); at; at = at->next)
        for (int kind = 0; kind < TROUBLE_KINDS; kind++) {
            if (strcmp(value_text(at, "kind"),
                       trouble_name((enum trouble_kind)kind)) != 0)
                continue;
            all->count[kind] = value_number(at, "count");
            take_places(&replay->trace, value_member(at, "first"),
                        all->first[kind]);
        }
}

void *
replay_fail(struct replay *replay, const char *what)
{
    snprintf(replay->error, replay->error_bytes, "%s: %s", replay->path, what);
    return NULL;
}

void
replay_release(struct replay *replay)
{
    struct trace *trace = &replay->trace;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        struct process *process = trace->processes[i];
        free(process->name);
        free(process->executable);
        free(process->command);
        free(process->interpreter);
        free(process->directory);
        free(process->filter);
        free(process->host);
        free(process);
    }
    for (uint32_t i = 0; i < trace->track_count; i++) {
        free(trace->tracks[i]->name);
        free(trace->tracks[i]);
    }
    for (uint32_t i = 0; i < trace->function_count; i++) {
        free(trace->functions[i]->name);
        free(trace->functions[i]->module);
        free(trace->functions[i]->qualified_name);
        free(trace->functions[i]->file);
        free(trace->functions[i]);
    }
    for (uint32_t i = 0; i < trace->note_count; i++)
        free(trace->notes[i].text);
    free(trace->processes);
    free(trace->tracks);
    free(trace->functions);
    free(trace->notes);
    free(trace->command);
    free(trace->host);
    free(trace->part);
}
