/* SPDX-License-Identifier: Apache-2.0
 *
 * html/tables.c: the two JSON scripts of FORMAT.md.  Every '<' in a string is
 * escaped: no name, whatever it is, can end the script or open a comment.
 */
#include "formats/html/tables.h"

#include <stdlib.h>
#include <string.h>

#include "build/version.h"
#include "formats/html/text.h"
#include "formats/shape/about.h"
#include "formats/shape/own.h"
#include "formats/slow/explain.h"

/* -- values -------------------------------------------------------------- */

/* name comes with what stands before it: `{"pid` or `,"name`. */
static void
put_key(struct sink *sink, const char *name)
{
    sink_puts(sink, name);
    sink_puts(sink, "\":");
}

static void
put_number(struct sink *sink, const char *name, uint64_t value)
{
    put_key(sink, name);
    sink_decimal(sink, value);
}

static void
put_string(struct sink *sink, const char *name, const char *value)
{
    put_key(sink, name);
    html_text_put(sink, value ? value : "");
}

static void
put_flag(struct sink *sink, const char *name, bool value)
{
    put_key(sink, name);
    sink_puts(sink, value ? "true" : "false");
}

static void
put_comma(struct sink *sink, uint32_t index)
{
    if (index)
        sink_puts(sink, ",\n");
}

/* -- processes, tracks, notes -------------------------------------------- */

static void
put_process(struct sink *sink, const struct process *process)
{
    sink_puts(sink, "{");
    about_process(sink, process, html_text_put);
    sink_puts(sink, "}");
}

static void
put_track(struct sink *sink, const struct track *track)
{
    put_number(sink, "{\"process", track->process->number);
    put_number(sink, ",\"tid", track->tid);
    put_string(sink, ",\"name", track->name);
    put_flag(sink, ",\"main", track->main);
    if (track->greenlet)
        put_flag(sink, ",\"greenlet", true);
    put_flag(sink, ",\"ended", track->ended);
    put_number(sink, ",\"start_ns", track->start_ns);
    put_number(sink, ",\"end_ns", track->end_ns);
    sink_puts(sink, "}");
}

static void
put_note(struct sink *sink, const struct note *note)
{
    put_key(sink, "{\"process");
    if (note->process)
        sink_decimal(sink, note->process->number);
    else
        sink_puts(sink, "null");
    put_number(sink, ",\"code", (uint64_t)note->code);
    put_number(sink, ",\"count", note->count);
    put_string(sink, ",\"text", note->text);
    sink_puts(sink, "}");
}

static void
put_lists(struct sink *sink, const struct trace *trace)
{
    put_key(sink, ",\n\"processes");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < trace->process_count; i++) {
        put_comma(sink, i);
        put_process(sink, trace->processes[i]);
    }
    put_key(sink, "],\n\"tracks");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < trace->track_count; i++) {
        put_comma(sink, i);
        put_track(sink, trace->tracks[i]);
    }
    put_key(sink, "],\n\"notes");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < trace->note_count; i++) {
        put_comma(sink, i);
        put_note(sink, &trace->notes[i]);
    }
    sink_puts(sink, "]");
}

/* -- functions and files ------------------------------------------------- */

static int
compare_files(const void *one, const void *other)
{
    const struct function *a = *(struct function *const *)one;
    const struct function *b = *(struct function *const *)other;

    return strcmp(a->file, b->file);
}

/* Write each file once and note its place for each function; "" comes first. */
static int
put_files(struct sink *sink, const struct trace *trace, uint32_t *file_of)
{
    uint32_t count = trace->function_count, files = 0;
    size_t bytes = (count ? count : 1) * sizeof(struct function *);
    struct function **sorted = malloc(bytes);
    const char *last = "";

    if (!sorted)
        return -1;
    if (count)
        memcpy(sorted, trace->functions, bytes);
    qsort(sorted, count, sizeof *sorted, compare_files);
    put_key(sink, ",\n\"files");
    sink_puts(sink, "[\"\"");
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(sorted[i]->file, last) != 0) {
            last = sorted[i]->file;
            files++;
            sink_puts(sink, ",\n");
            html_text_put(sink, last);
        }
        file_of[sorted[i]->number] = files;
    }
    sink_puts(sink, "]");
    free(sorted);
    return 0;
}

static void
put_names(struct sink *sink, const struct trace *trace)
{
    for (uint32_t i = 0; i < trace->function_count; i++) {
        put_comma(sink, i);
        html_text_put(sink, trace->functions[i]->name);
    }
    put_key(sink, "],\n\"module");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < trace->function_count; i++) {
        put_comma(sink, i);
        html_text_put(sink, trace->functions[i]->module);
    }
}

static void
put_place(struct sink *sink, const struct trace *trace, const uint32_t *file_of)
{
    put_key(sink, "],\n\"file");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < trace->function_count; i++) {
        sink_puts(sink, i ? "," : "");
        sink_decimal(sink, file_of[i]);
    }
    put_key(sink, "],\n\"line");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < trace->function_count; i++) {
        sink_puts(sink, i ? "," : "");
        sink_decimal(sink, trace->functions[i]->line);
    }
    put_key(sink, "],\n\"kind");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < trace->function_count; i++) {
        sink_puts(sink, i ? "," : "");
        sink_decimal(sink, (uint64_t)trace->functions[i]->kind);
    }
    put_key(sink, "],\n\"own");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < trace->function_count; i++) {
        sink_puts(sink, i ? "," : "");
        sink_decimal(sink, own_is(trace->functions[i]));
    }
    sink_puts(sink, "]}");
}

static int
put_functions(struct sink *sink, const struct trace *trace)
{
    uint32_t *file_of = calloc(trace->function_count + 1u, sizeof *file_of);

    if (!file_of)
        return -1;
    if (put_files(sink, trace, file_of) < 0) {
        free(file_of);
        return -1;
    }
    put_key(sink, ",\n\"functions");
    put_key(sink, "{\"name");
    sink_puts(sink, "[");
    put_names(sink, trace);
    put_place(sink, trace, file_of);
    free(file_of);
    return 0;
}

/* -- the two scripts ----------------------------------------------------- */

static void
put_realtime(struct sink *sink, uint64_t realtime_ns)
{
    put_key(sink, ",\n\"realtime_ns");
    sink_puts(sink, "\"");
    sink_decimal(sink, realtime_ns);
    sink_puts(sink, "\"");
}

static void
put_wait_status(struct sink *sink, const struct trace *trace)
{
    put_key(sink, ",\"wait_status");
    if (trace->root_ended)
        sink_decimal(sink, (uint64_t)(unsigned)trace->wait_status);
    else
        sink_puts(sink, "null");
}

static void
put_occasion(struct sink *sink, const struct format_occasion *occasion)
{
    put_string(sink, ",\"occasion\":{\"text", occasion->text);
    put_number(sink, ",\"track", occasion->track);
    put_number(sink, ",\"start_ns", occasion->start_ns);
    put_number(sink, ",\"end_ns", occasion->end_ns);
    sink_puts(sink, "}");
}

int
html_tables_write(struct sink *sink, const struct trace *trace,
                  const struct format_options *options)
{
    sink_puts(sink, "<script type=\"application/json\""
                    " id=\"codesnap-tables\">\n");
    put_number(sink, "{\"version", 1);
    put_string(sink, ",\"tracer", "codesnap " CODESNAP_VERSION);
    put_string(sink, ",\"command", trace->command);
    put_string(sink, ",\"host", trace->host);
    put_realtime(sink, trace->realtime_ns);
    put_number(sink, ",\"duration_ns", trace->duration_ns);
    put_wait_status(sink, trace);
    if (options->to_ns) {
        put_number(sink, ",\"from_ns", options->from_ns);
        put_number(sink, ",\"to_ns", options->to_ns);
    }
    if (options->occasion)
        put_occasion(sink, options->occasion);
    if (options->part)
        put_string(sink, ",\"part", options->part);
    put_lists(sink, trace);
    if (put_functions(sink, trace) < 0)
        return -1;
    sink_puts(sink, "}\n</script>\n");
    return 0;
}

static void
put_short(struct sink *sink, const struct html_sums *sums)
{
    put_number(sink, ",\n\"short\":{\"threshold_ns", sums->threshold_ns);
    put_number(sink, ",\"aggregates", sums->aggregates);
    put_number(sink, ",\"spans", sums->condensed);
    put_key(sink, ",\"durations");
    html_histogram_write(sums->durations, sink);
    sink_puts(sink, "}");
}

static void
put_verdict(struct sink *sink, const struct trace *trace,
            const struct verdict *verdict)
{
    char cause[1024];

    explain_cause(trace, verdict, cause, sizeof cause);
    put_number(sink, "{\"function", verdict->function);
    put_number(sink, ",\"calls", verdict->calls);
    put_number(sink, ",\"slow_calls", verdict->slow_calls);
    put_number(sink, ",\"threshold_ns", verdict->threshold_ns);
    put_number(sink, ",\"lost_ns", verdict->lost_ns);
    put_number(sink, ",\"usual_ns", verdict->usual_ns);
    put_number(sink, ",\"worst_ns", verdict->worst_ns);
    put_string(sink, ",\"cause", cause);
    put_key(sink, ",\"seen_by");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < verdict->seen_count; i++) {
        sink_puts(sink, i ? "," : "");
        sink_decimal(sink, verdict->seen_by[i]);
    }
    sink_puts(sink, "]}");
}

static void
put_slow(struct sink *sink, const struct trace *trace,
         const struct verdicts *slow)
{
    put_key(sink, ",\n\"slow");
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < slow->count; i++) {
        put_comma(sink, i);
        put_verdict(sink, trace, &slow->list[i]);
    }
    sink_puts(sink, "]");
}

void
html_tables_write_end(struct sink *sink, const struct trace *trace,
                      const struct html_sums *sums)
{
    sink_puts(sink, "<script type=\"application/json\""
                    " id=\"codesnap-end\">");
    put_number(sink, "{\"chunks", sums->chunks);
    put_number(sink, ",\"events", sums->events);
    put_number(sink, ",\"annotations", sums->annotations);
    if (sums->waits > 0)
        put_number(sink, ",\"waits", sums->waits);
    put_number(sink, ",\"calls", trace->calls);
    put_number(sink, ",\"anomalies", trace->anomalies);
    put_number(sink, ",\"lost", trace->lost);
    if (trace->arguments_passed)
        put_number(sink, ",\"arguments_passed", trace->arguments_passed);
    put_number(sink, ",\"damaged_bytes", trace->damaged_bytes);
    put_number(sink, ",\"cost_ns", trace->cost_ns);
    about_troubles(sink, trace, html_text_put);
    put_slow(sink, trace, sums->slow);
    if (sums->tasks->tasks.count > 0) {
        put_key(sink, ",\n\"tasks");
        html_tasks_put(sums->tasks, sink);
    }
    if (sums->durations)
        put_short(sink, sums);
    sink_puts(sink, "}</script>\n");
}
