/* SPDX-License-Identifier: Apache-2.0
 *
 * info.c: the verb `info`: what a session holds, how complete it is, and what
 * was lost.  A view of the report, which see.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "formats/base/escape.h"
#include "formats/base/phrase.h"
#include "formats/shape/about.h"
#include "formats/shape/waitkind.h"
#include "formats/spool/session.h"
#include "formats/trace/trouble.h"
#include "launcher/convert/tally.h"
#include "launcher/report/processtree.h"
#include "launcher/report/report.h"
#include "launcher/report/view.h"
#include "launcher/support/message.h"
#include "launcher/support/verb.h"

#define TREE_ROWS 30

struct info {
    struct sink *sink;
    const struct trace *trace;
    struct printer printer;
    uint64_t spans, unfinished, gaps;
};

/* == LINES ================================================================= */

static void
put_label(struct info *info, const char *label)
{
    printer_bold(&info->printer);
    printer_text(&info->printer, label);
    printer_plain(&info->printer);
    printer_indent(&info->printer, 14 - (unsigned)strlen(label));
}

static void
put_line(struct info *info, const char *label, const char *text)
{
    if (!*text)
        return;
    put_label(info, label);
    printer_text(&info->printer, text);
    printer_end_line(&info->printer);
}

static void
put_number(struct info *info, const char *label, uint64_t number,
           const char *behind)
{
    put_label(info, label);
    printer_count(&info->printer, number, 0);
    printer_text(&info->printer, behind);
    printer_end_line(&info->printer);
}

static void
put_begin(struct info *info)
{
    char text[64];
    time_t seconds = (time_t)(info->trace->realtime_ns / 1000000000u);
    struct tm parts;
    if (localtime_r(&seconds, &parts) &&
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &parts))
        put_line(info, "started", text);
}

/* == HOW IT ENDED ========================================================== */

static void
explain_end(const struct trace *trace, char *text, size_t room)
{
    int status = trace->wait_status;
    int living = session_count_living(report_wish.session);
    struct session_file file;
    if (trace->backing->is_output && !trace->root_ended)
        snprintf(text, room, "an output of codesnap");
    else if (living > 0)
        snprintf(text, room, "still being written by %d process%s", living,
                 living == 1 ? "" : "es");
    else if (trace->root_ended && WIFSIGNALED(status))
        snprintf(text, room, "whole; the program died of signal %d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (trace->root_ended)
        snprintf(text, room, "whole; the program's status was %d",
                 WEXITSTATUS(status));
    else if (session_read(report_wish.session, &file) != 0)
        snprintf(text, room, "its file '%s' is not there", SESSION_FILE);
    else if (file.state == SESSION_OPEN)
        snprintf(text, room, "never closed: the recording was cut off");
    else
        snprintf(text, room, "whole");
}

static void
put_processes(struct info *info)
{
    const struct trace *trace = info->trace;
    uint64_t unknown = 0;
    char text[96] = "";
    for (uint32_t i = 0; i < trace->process_count; i++)
        unknown += !trace->processes[i]->has_status &&
                   !trace->processes[i]->replaced &&
                   !trace->processes[i]->running;
    if (unknown)
        snprintf(text, sizeof text, ", of %llu it is not known how they ended",
                 (unsigned long long)unknown);
    put_number(info, "processes", trace->process_count, text);
    uint32_t greenlets = trace_greenlets(trace);
    put_number(info, "threads", trace->track_count - greenlets, "");
    if (greenlets)
        put_number(info, "greenlets", greenlets, "");
}

/* Who started whom, and how each ended. */
static void
put_tree(struct info *info)
{
    const struct trace *trace = info->trace;
    struct processtree_node *order =
        trace->process_count > 1 ? processtree_order(trace) : NULL;
    unsigned width = processtree_width(trace);
    uint32_t shown = 0;
    char pid[16];
    for (; order && shown < trace->process_count && shown < TREE_ROWS;
         shown++) {
        snprintf(pid, sizeof pid, "%u", order[shown].process->pid);
        printer_head(&info->printer, pid, 14);
        printer_indent(&info->printer, 2);
        processtree_put(&info->printer, &order[shown], width);
    }
    if (order && shown < trace->process_count) {
        printer_indent(&info->printer, 16);
        printer_text(&info->printer,
                     "... codesnap report --processes shows all");
        printer_end_line(&info->printer);
    }
    free(order);
}

static void
put_cost(struct info *info)
{
    const struct trace *trace = info->trace;
    if (!trace->cost_ns)
        return;
    put_label(info, "tracing took");
    printer_text(&info->printer, "about ");
    printer_share(&info->printer, trace->cost_ns, trace->duration_ns, 0);
    printer_text(&info->printer, ", ");
    printer_duration(&info->printer, trace->cost_ns, 0);
    if (trace->process_count > 1)
        printer_text(&info->printer, " of the process that it took most of");
    printer_end_line(&info->printer);
}

static void
put_filter(struct info *info)
{
    const char *filter = trace_filter(info->trace);
    if (*filter)
        put_line(info, "recorded with", filter);
}

static void
put_startup(struct info *info)
{
    uint64_t most = trace_startup(info->trace);
    if (!most)
        return;
    put_label(info, "its start");
    printer_duration(&info->printer, most, 0);
    printer_text(&info->printer, ", before the recording");
    printer_end_line(&info->printer);
}

static void
put_troubles(struct info *info)
{
    static const char *const labels[] = {
        [TROUBLE_STRAY] = "anomalies",
        [TROUBLE_UNSEEN] = "unseen ends",
        [TROUBLE_GAP] = "gaps",
        [TROUBLE_THROTTLED] = "throttled",
    };
    char text[8192];
    for (int kind = 0; kind < TROUBLE_KINDS; kind++)
        put_line(info, labels[kind],
                 trouble_say(&info->trace->troubles, (enum trouble_kind)kind,
                             TROUBLES_KEPT, text, sizeof text));
}

static void
put_losses(struct info *info)
{
    const struct trace *trace = info->trace;
    put_number(info, "lost", trace->lost,
               trace->lost == 1 ? " event" : " events");
    if (trace->damaged_bytes)
        put_number(info, "damaged", trace->damaged_bytes, " bytes, left out");
    put_troubles(info);
    for (uint32_t i = 0; i < trace->note_count; i++)
        put_line(info, "note", trace->notes[i].text);
}

static void
put_arguments(struct info *info)
{
    const struct trace *trace = info->trace;
    char passed[80];
    struct phrase phrase = phrase_begin(passed, sizeof passed);
    phrase_add(&phrase, trace->arguments == 1 ? " call" : " calls");
    if (trace->arguments_passed) {
        phrase_add(&phrase, "; not looked at, too many a second: ");
        phrase_add_count(&phrase, trace->arguments_passed, "call", "calls");
    }
    if (trace->arguments || trace->arguments_passed)
        put_number(info, "arguments", trace->arguments, passed);
}

static uint64_t
waited_ns(const struct trace *trace, int kind)
{
    uint64_t ns = 0;
    for (uint32_t i = 0; i < trace->track_count; i++)
        ns += trace->tracks[i]->wait_ns[kind];
    return ns;
}

/* "blocked 12.1 ms, preempted 3.4 ms, gil 1.2 ms, not known 10 us", of all threads
 * together. */
static void
put_waits(struct info *info)
{
    bool any = false;
    for (int kind = 1; kind < WAIT_KINDS; kind++) {
        uint64_t ns = waited_ns(info->trace, kind);
        if (ns == 0)
            continue;
        if (!any)
            put_label(info, "waits");
        printer_text(&info->printer, any ? ", " : "");
        printer_text(&info->printer,
                     kind == WAIT_UNSEEN ? "not known" : waitkind_names[kind]);
        printer_text(&info->printer, " ");
        printer_duration(&info->printer, ns, 0);
        any = true;
    }
    if (any)
        printer_end_line(&info->printer);
    else if (!trace_has_cpu(info->trace))
        put_line(info, "CPU", "not known when threads were on it");
}

static void
put_waits_json(struct info *info)
{
    char name[32];
    for (int kind = 1; kind < WAIT_KINDS; kind++) {
        snprintf(name, sizeof name, "%s_ns", waitkind_names[kind]);
        escape_count(info->sink, name, waited_ns(info->trace, kind));
    }
}

/* Of a part: how many calls are in it, and of how many. */
static void
put_calls(struct info *info)
{
    const struct tally *tally = tally_now();
    uint64_t calls = info->trace->calls;
    put_label(info, "calls");
    printer_count(&info->printer, tally ? tally->calls : calls, 0);
    if (tally && tally_all_calls(tally, info->trace)) {
        printer_text(&info->printer, " of ");
        printer_count(&info->printer, calls, 0);
    }
    printer_end_line(&info->printer);
}

static void
put_text(struct info *info)
{
    const struct trace *trace = info->trace;
    char text[256];
    printer_begin(&info->printer, info->sink);
    put_line(info, "session", message_name(report_wish.session));
    put_line(info, "command", trace->command);
    put_line(info, "host", trace->host);
    put_begin(info);
    put_label(info, "duration");
    printer_duration(&info->printer, trace->duration_ns, 0);
    printer_end_line(&info->printer);
    explain_end(trace, text, sizeof text);
    put_line(info, "state", text);
    if (trace->part)
        put_line(info, "part", trace->part);
    put_processes(info);
    put_tree(info);
    put_number(info, "functions", trace->function_count, "");
    put_calls(info);
    put_number(info, "spans", info->spans,
               " (generator steps and the tracer's own work too)");
    if (info->unfinished)
        put_number(info, "unfinished", info->unfinished, "");
    if (trace->instants)
        put_number(info, "instants", trace->instants, "");
    if (trace->exceptions)
        put_number(info, "exceptions", trace->exceptions, "");
    if (trace->task_steps)
        put_number(info, "task steps", trace->task_steps, "");
    if (trace->samples)
        put_number(info, "counters", trace->samples, " values");
    put_arguments(info);
    put_waits(info);
    put_number(info, "size", trace->spool_bytes, " bytes");
    put_filter(info);
    put_cost(info);
    put_startup(info);
    put_losses(info);
}

/* == JSON ================================================================== */

static void
put_json(struct info *info)
{
    const struct trace *trace = info->trace;
    struct sink *sink = info->sink;
    char state[256];
    explain_end(trace, state, sizeof state);
    sink_puts(sink, "{");
    escape_member(sink, "session", message_name(report_wish.session));
    sink_puts(sink, ",");
    escape_member(sink, "command", trace->command);
    sink_puts(sink, ",");
    escape_member(sink, "host", trace->host);
    sink_puts(sink, ",");
    escape_member(sink, "state", state);
    if (trace->part) {
        sink_puts(sink, ",");
        escape_member(sink, "part", trace->part);
    }
    escape_count(sink, "realtime_ns", trace->realtime_ns);
    escape_count(sink, "duration_ns", trace->duration_ns);
    escape_count(sink, "processes", trace->process_count);
    escape_count(sink, "threads", trace->track_count - trace_greenlets(trace));
    escape_count(sink, "greenlets", trace_greenlets(trace));
    escape_count(sink, "functions", trace->function_count);
    report_calls(sink, trace);
    escape_count(sink, "spans", info->spans);
    escape_count(sink, "unfinished", info->unfinished);
    escape_count(sink, "instants", trace->instants);
    escape_count(sink, "exceptions", trace->exceptions);
    escape_count(sink, "task_steps", trace->task_steps);
    escape_count(sink, "counter_values", trace->samples);
    escape_count(sink, "arguments", trace->arguments);
    escape_count(sink, "arguments_passed", trace->arguments_passed);
    put_waits_json(info);
    escape_count(sink, "size_bytes", trace->spool_bytes);
    escape_count(sink, "tracer_cost_ns", trace->cost_ns);
    escape_count(sink, "lost", trace->lost);
    escape_count(sink, "damaged_bytes", trace->damaged_bytes);
    escape_count(sink, "anomalies", trace->anomalies);
    escape_count(sink, "gaps", info->gaps);
    about_troubles(sink, trace, escape_string);
    sink_puts(sink, "}\n");
}

/* == BEING A FORMAT ======================================================== */

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    (void)options;
    struct info *info = calloc(1, sizeof *info);
    if (!info)
        return NULL;
    info->sink = sink;
    info->trace = trace;
    return info;
}

static int
close_span(void *state, const struct span *span)
{
    struct info *info = state;
    info->spans++;
    info->unfinished += span->closed == CLOSE_UNFINISHED;
    return 0;
}

/* Those of a large page that are known as sums alone. */
static int
add_condensed(void *state, const struct condensed *condensed)
{
    struct info *info = state;
    for (size_t i = 0; i < condensed->count; i++)
        info->spans +=
            condensed->entries[i].calls + condensed->entries[i].resumes;
    return 0;
}

static int
gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    (void)start_ns;
    (void)end_ns;
    ((struct info *)state)->gaps++;
    return 0;
}

static int
end(void *state, int failed)
{
    if (!failed)
        (report_wish.json ? put_json : put_text)(state);
    free(state);
    return 0;
}

static const struct format info_view = {
    .name = "info",
    .suffix = "",
    .summary = "what a session holds",
    .begin = begin,
    .close = close_span,
    .gap = gap,
    .condensed = add_condensed,
    .end = end,
};

int
info_verb(const struct options *options, int argc, char **argv)
{
    report_wish.json = options_flag(options, OPTION_json);
    return report_show(options, &info_view, argc, argv);
}
