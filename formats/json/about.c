/* SPDX-License-Identifier: Apache-2.0
 *
 * json/about.c: see json_about.h.
 */
#include "formats/json/about.h"

#include <stdio.h>

#include "formats/base/escape.h"
#include "formats/shape/about.h"

/* == METADATA =============================================================== */

static void
put_metadata(struct sink *sink, const char *before, const char *name,
             uint32_t pid, uint32_t tid)
{
    char text[128];
    snprintf(text, sizeof text,
             "%s{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%u,\"tid\":%u,\"args\":{",
             before, name, pid, tid);
    sink_puts(sink, text);
}

static void
put_sort_index(struct sink *sink, uint32_t index)
{
    sink_puts(sink, "\"sort_index\":");
    sink_decimal(sink, index);
    sink_puts(sink, "}}");
}

static void
put_process(struct sink *sink, const struct process *process)
{
    put_metadata(sink, process->number > 0 ? ",\n" : "\n", "process_name",
                 process->pid, process->pid);
    escape_member(sink, "name", process->name);
    sink_puts(sink, "}}");
    put_metadata(sink, ",\n", "process_sort_index", process->pid, process->pid);
    put_sort_index(sink, process->number);
}

static void
put_thread(struct sink *sink, const struct track *track, uint32_t index)
{
    uint32_t pid = track->process->pid;
    put_metadata(sink, ",\n", "thread_name", pid, track->own_tid);
    escape_member(sink, "name", track->name);
    sink_puts(sink, "}}");
    put_metadata(sink, ",\n", "thread_sort_index", pid, track->own_tid);
    put_sort_index(sink, index);
}

void
json_about_begin(struct sink *sink, const struct trace *trace)
{
    const struct process *last = NULL;
    uint32_t index = 0;
    for (uint32_t i = 0; i < trace->process_count; i++)
        put_process(sink, trace->processes[i]);
    for (uint32_t i = 0; i < trace->track_count; i++) {
        const struct track *track = trace->tracks[i];
        index = track->process == last ? index + 1 : 0;
        last = track->process;
        put_thread(sink, track, index);
    }
}

static void
put_about_track(struct sink *sink, const struct track *track)
{
    sink_puts(sink, "{");
    escape_member(sink, "name", track->name);
    escape_count(sink, "pid", track->process->pid);
    escape_count(sink, "tid", track->tid);
    escape_count(sink, "start_ns", track->start_ns);
    escape_count(sink, "end_ns", track->end_ns);
    escape_count(sink, "calls", track->calls);
    escape_count(sink, "tracer_cost_ns", track->cost_ns);
    if (track->greenlet)
        sink_puts(sink, ",\"greenlet\":true");
    sink_puts(sink, "}");
}

static void
put_note(struct sink *sink, const struct note *note)
{
    sink_puts(sink, "{");
    escape_member(sink, "text", note->text);
    escape_count(sink, "pid", note->process->pid);
    escape_count(sink, "code", note->code);
    escape_count(sink, "count", note->count);
    sink_puts(sink, "}");
}

void
json_about_end(struct sink *sink, const struct trace *trace,
               const struct format_options *options)
{
    char realtime[32];
    snprintf(realtime, sizeof realtime, "%llu",
             (unsigned long long)trace->realtime_ns);
    sink_puts(sink, "\"otherData\":{");
    escape_member(sink, "command", trace->command);
    sink_puts(sink, ",");
    escape_member(sink, "host", trace->host);
    sink_puts(sink, ",");
    escape_member(sink, "realtime_ns", realtime);
    if (options->to_ns) {
        escape_count(sink, "from_ns", options->from_ns);
        escape_count(sink, "to_ns", options->to_ns);
    }
    if (options->part) {
        sink_puts(sink, ",");
        escape_member(sink, "part", options->part);
    }
    escape_count(sink, "duration_ns", trace->duration_ns);
    escape_count(sink, "calls", trace->calls);
    escape_count(sink, "tracer_cost_ns", trace->cost_ns);
    escape_count(sink, "anomalies", trace->anomalies);
    escape_count(sink, "lost", trace->lost);
    escape_count(sink, "damaged_bytes", trace->damaged_bytes);
    if (trace->arguments_passed)
        escape_count(sink, "arguments_passed", trace->arguments_passed);
    about_troubles(sink, trace, escape_string);
    sink_puts(sink, ",\n\"processes\":[");
    for (uint32_t i = 0; i < trace->process_count; i++) {
        sink_puts(sink, i > 0 ? ",\n" : "\n");
        sink_puts(sink, "{");
        about_process(sink, trace->processes[i], escape_string);
        sink_puts(sink, "}");
    }
    sink_puts(sink, "],\n\"threads\":[");
    for (uint32_t i = 0; i < trace->track_count; i++) {
        sink_puts(sink, i > 0 ? ",\n" : "\n");
        put_about_track(sink, trace->tracks[i]);
    }
    sink_puts(sink, "],\n\"notes\":[");
    for (uint32_t i = 0; i < trace->note_count; i++) {
        sink_puts(sink, i > 0 ? ",\n" : "\n");
        put_note(sink, &trace->notes[i]);
    }
    sink_puts(sink, "]}");
}
