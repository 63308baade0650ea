/* SPDX-License-Identifier: Apache-2.0
 *
 * report/tracks.c: the tables of threads and of processes: how many calls, and
 * how long something ran.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/shape/about.h"
#include "formats/shape/waitkind.h"
#include "launcher/report/processtree.h"
#include "launcher/report/view.h"

struct sums {
    uint64_t calls;
    uint64_t inside_ns;  /* in calls */
    uint64_t tracer_ns;  /* of it, in the tracer itself */
    uint64_t unfinished; /* calls */
    uint64_t wait_ns[WAIT_KINDS];
    bool has_cpu; /* it is known when it was on the processor */
};

struct tracks {
    struct sink *sink;
    const struct trace *trace;
    struct sums *sums; /* by track */
    struct sums *current;
    uint32_t depth; /* of open calls */
};

static int
track_begin(void *state, const struct track *track)
{
    struct tracks *tracks = state;
    tracks->current = &tracks->sums[track->number];
    tracks->depth = 0;
    return 0;
}

static int
close_span(void *state, const struct span *span)
{
    struct tracks *tracks = state;
    struct sums *sums = tracks->current;
    uint64_t ns = span->end_ns - span->start_ns;
    if (span->function->kind == FUNCTION_TRACER)
        sums->tracer_ns += ns;
    else {
        sums->calls +=
            span->opened == OPEN_CALL && span->function->kind != FUNCTION_SPAN;
        sums->unfinished += span->closed == CLOSE_UNFINISHED;
    }
    if (span->depth == 0)
        sums->inside_ns += ns;
    tracks->depth--;
    return 0;
}

static int
open_span(void *state, const struct span *span)
{
    (void)span;
    ((struct tracks *)state)->depth++;
    return 0;
}

static int
add_wait(void *state, const struct wait *wait)
{
    struct tracks *tracks = state;
    tracks->current->wait_ns[wait->kind] += wait->end_ns - wait->start_ns;
    return 0;
}

/* It is known now what was. */
static int
track_end(void *state, const struct track *track)
{
    ((struct tracks *)state)->current->has_cpu = track->has_cpu;
    return 0;
}

/* Of a large page that knows short calls as sums alone. */
static int
add_condensed(void *state, const struct condensed *condensed)
{
    struct tracks *tracks = state;
    for (size_t i = 0; i < condensed->count; i++)
        tracks->current->calls += condensed->entries[i].calls;
    if (tracks->depth == 0)
        tracks->current->inside_ns += condensed->busy_ns;
    return 0;
}

static struct sums
sum_process(const struct tracks *tracks, const struct process *process,
            uint64_t *threads)
{
    struct sums sums = {0};
    *threads = 0;
    for (uint32_t i = 0; i < tracks->trace->track_count; i++) {
        if (tracks->trace->tracks[i]->process != process)
            continue;
        ++*threads;
        sums.calls += tracks->sums[i].calls;
        sums.inside_ns += tracks->sums[i].inside_ns;
        sums.tracer_ns += tracks->sums[i].tracer_ns;
        sums.unfinished += tracks->sums[i].unfinished;
        sums.has_cpu |= tracks->sums[i].has_cpu;
        for (int kind = 0; kind < WAIT_KINDS; kind++)
            sums.wait_ns[kind] += tracks->sums[i].wait_ns[kind];
    }
    return sums;
}

/* == TEXT ================================================================== */

/* On a narrow terminal the name is worth more than these. */
static bool
is_wide(const struct printer *printer)
{
    return printer_has_room(printer, 120);
}

static bool
is_narrow(const struct printer *printer)
{
    return !printer_has_room(printer, 100);
}

/* status: how wide that of a process is; 0: of threads. */
static void
put_head(struct printer *printer, unsigned status, bool cpu)
{
    printer_bold(printer);
    printer_head(printer, "pid", 9);
    if (!status || !is_narrow(printer))
        printer_head(printer, status ? "threads" : "tid", 9);
    if (is_wide(printer))
        printer_head(printer, "starts at", 12);
    printer_head(printer, "duration", 11);
    if (!is_narrow(printer))
        printer_head(printer, "in calls", 11);
    if (is_wide(printer))
        printer_head(printer, "tracer", 11);
    if (cpu && !is_narrow(printer)) {
        printer_head(printer, "blocked", 11);
        printer_head(printer, "preempted", 11);
        printer_head(printer, "GIL", 11);
    }
    printer_head(printer, "calls", 13);
    printer_text(printer, status ? "  status" : "  thread");
    if (status) {
        printer_indent(printer, status - (unsigned)strlen("status") + 2);
        printer_text(printer, "process");
    }
    printer_plain(printer);
    printer_end_line(printer);
}

static void
put_plain(struct printer *printer, uint32_t number)
{
    char text[16];
    size_t at = sizeof text;
    text[--at] = '\0';
    do
        text[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    printer_head(printer, text + at, 9);
}

static void
put_sums(struct printer *printer, const struct sums *sums, uint64_t start_ns,
         uint64_t end_ns, bool cpu)
{
    if (is_wide(printer))
        printer_duration(printer, start_ns, 12);
    printer_duration(printer, end_ns > start_ns ? end_ns - start_ns : 0, 11);
    if (!is_narrow(printer))
        printer_duration(printer, sums->inside_ns, 11);
    if (is_wide(printer))
        printer_duration(printer, sums->tracer_ns, 11);
    if (cpu && !is_narrow(printer)) {
        printer_duration(printer, sums->wait_ns[WAIT_BLOCKED], 11);
        printer_duration(printer, sums->wait_ns[WAIT_PREEMPTED], 11);
        printer_duration(printer, sums->wait_ns[WAIT_GIL], 11);
    }
    printer_count(printer, sums->calls, 13);
    printer_indent(printer, 2);
}

static void
put_threads(struct tracks *tracks)
{
    struct printer printer;
    printer_begin(&printer, tracks->sink);
    report_title(&printer, tracks->trace, "threads");
    bool cpu = trace_has_cpu(tracks->trace);
    put_head(&printer, 0, cpu);
    uint64_t rows =
        report_rows(&printer, tracks->trace->track_count, UINT64_MAX);
    for (uint32_t i = 0; i < rows; i++) {
        const struct track *track = tracks->trace->tracks[i];
        put_plain(&printer, track->process->pid);
        put_plain(&printer, track->tid);
        put_sums(&printer, &tracks->sums[i], track->start_ns, track->end_ns,
                 cpu);
        printer_name(&printer, track->name);
    }
    report_close(&printer, tracks->trace);
}

static void
put_processes(struct tracks *tracks)
{
    struct printer printer;
    struct processtree_node *order = processtree_order(tracks->trace);
    printer_begin(&printer, tracks->sink);
    report_title(&printer, tracks->trace, "processes");
    unsigned width = processtree_width(tracks->trace);
    bool cpu = trace_has_cpu(tracks->trace);
    put_head(&printer, width, cpu);
    uint64_t rows =
        report_rows(&printer, tracks->trace->process_count, UINT64_MAX);
    for (uint32_t i = 0; order && i < rows; i++) {
        const struct process *process = order[i].process;
        uint64_t threads;
        struct sums sums = sum_process(tracks, process, &threads);
        put_plain(&printer, process->pid);
        if (!is_narrow(&printer))
            printer_count(&printer, threads, 9);
        put_sums(&printer, &sums, process->start_ns, process->end_ns, cpu);
        processtree_put(&printer, &order[i], width);
    }
    free(order);
    report_close(&printer, tracks->trace);
}

/* == JSON ================================================================== */

/* "blocked_ns": 1234 */
static void
put_wait(struct sink *sink, enum wait_kind kind, uint64_t ns)
{
    char name[32];
    snprintf(name, sizeof name, "%s_ns", waitkind_names[kind]);
    escape_count(sink, name, ns);
}

static void
put_members(struct sink *sink, const struct sums *sums)
{
    escape_count(sink, "in_calls_ns", sums->inside_ns);
    escape_count(sink, "tracer_ns", sums->tracer_ns);
    escape_count(sink, "calls", sums->calls);
    escape_count(sink, "unfinished", sums->unfinished);
    for (int kind = 1; kind < WAIT_KINDS; kind++)
        if (sums->wait_ns[kind] > 0 ||
            (sums->has_cpu && waitkind_is_off((enum wait_kind)kind)))
            put_wait(sink, (enum wait_kind)kind, sums->wait_ns[kind]);
    sink_puts(sink, "}");
}

static void
put_threads_json(struct tracks *tracks)
{
    struct sink *sink = tracks->sink;
    uint64_t rows = report_json_rows(tracks->trace->track_count);
    sink_puts(sink, "{\"threads\":[");
    for (uint32_t i = 0; i < rows; i++) {
        const struct track *track = tracks->trace->tracks[i];
        sink_puts(sink, i ? ",\n{" : "\n{");
        escape_member(sink, "name", track->name);
        escape_count(sink, "pid", track->process->pid);
        escape_count(sink, "tid", track->tid);
        escape_count(sink, "start_ns", track->start_ns);
        escape_count(sink, "end_ns", track->end_ns);
        put_members(sink, &tracks->sums[i]);
    }
    sink_puts(sink, "]}\n");
}

static void
put_processes_json(struct tracks *tracks)
{
    struct sink *sink = tracks->sink;
    uint64_t rows = report_json_rows(tracks->trace->process_count);
    sink_puts(sink, "{\"processes\":[");
    for (uint32_t i = 0; i < rows; i++) {
        const struct process *process = tracks->trace->processes[i];
        uint64_t threads;
        struct sums sums = sum_process(tracks, process, &threads);
        sink_puts(sink, i ? ",\n{" : "\n{");
        about_process(sink, process, escape_string);
        escape_count(sink, "threads", threads);
        put_members(sink, &sums);
    }
    sink_puts(sink, "]}\n");
}

/* == BEING A FORMAT ======================================================== */

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    (void)options;
    struct tracks *tracks = calloc(1, sizeof *tracks);
    if (!tracks)
        return NULL;
    tracks->sink = sink;
    tracks->trace = trace;
    tracks->sums = calloc((size_t)trace->track_count + 1, sizeof *tracks->sums);
    if (tracks->sums)
        return tracks;
    free(tracks);
    errno = ENOMEM;
    return NULL;
}

static int
finish(struct tracks *tracks, int failed, void (*text)(struct tracks *),
       void (*json)(struct tracks *))
{
    if (!failed)
        (report_wish.json ? json : text)(tracks);
    free(tracks->sums);
    free(tracks);
    return 0;
}

static int
end_threads(void *state, int failed)
{
    return finish(state, failed, put_threads, put_threads_json);
}

static int
end_processes(void *state, int failed)
{
    return finish(state, failed, put_processes, put_processes_json);
}

const struct format report_threads = {
    .name = "threads",
    .suffix = "",
    .summary = "a table of threads",
    .begin = begin,
    .track_begin = track_begin,
    .open = open_span,
    .close = close_span,
    .wait = add_wait,
    .condensed = add_condensed,
    .track_end = track_end,
    .end = end_threads,
};

const struct format report_processes = {
    .name = "processes",
    .suffix = "",
    .summary = "a table of processes",
    .begin = begin,
    .track_begin = track_begin,
    .open = open_span,
    .close = close_span,
    .wait = add_wait,
    .condensed = add_condensed,
    .track_end = track_end,
    .end = end_processes,
};
