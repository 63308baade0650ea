/* SPDX-License-Identifier: Apache-2.0
 *
 * report/slow.c: which functions have calls that are far slower than usual, and
 * why.  The rule is in formats/slow/.
 */
#include <errno.h>
#include <stdlib.h>

#include "formats/base/escape.h"
#include "formats/shape/waitkind.h"
#include "formats/slow/explain.h"
#include "formats/slow/slow.h"
#include "launcher/report/view.h"

struct search {
    struct sink *sink;
    const struct trace *trace;
    struct slow *slow;
    bool turned;
};

enum {
    USUAL_ROWS = 20,
    CAUSE_BYTES = 1024
};

/* == TEXT ================================================================== */

static void
put_head(struct printer *printer, const struct verdicts *verdicts)
{
    printer_bold(printer);
    if (verdicts->count == 0)
        printer_text(printer,
                     "Nothing to look at: no function has calls that are "
                     "far slower than usual.");
    else {
        printer_count(printer, verdicts->count, 0);
        printer_text(printer,
                     " to look at: functions with calls that are far slower "
                     "than usual");
    }
    printer_plain(printer);
    printer_end_line(printer);
    if (verdicts->count == 0)
        return;
    printer_bold(printer);
    printer_head(printer, "lost", 10);
    printer_head(printer, "slow", 8);
    printer_head(printer, "of calls", 12);
    printer_head(printer, "usually", 10);
    printer_head(printer, "worst", 10);
    printer_text(printer, "  function, cause");
    printer_plain(printer);
    printer_end_line(printer);
}

/* "seen by price_of < handle and 3 more". */
static void
put_seen(struct search *search, struct printer *printer,
         const struct verdict *verdict)
{
    enum {
        SHOWN = 3
    };
    if (verdict->seen_count == 0)
        return;
    printer_text(printer, "; seen by ");
    for (uint32_t i = 0; i < verdict->seen_count && i < SHOWN; i++) {
        printer_text(printer, i > 0 ? " < " : "");
        printer_text(
            printer,
            explain_name(search->trace->functions[verdict->seen_by[i]]));
    }
    if (verdict->seen_count <= SHOWN)
        return;
    printer_text(printer, " and ");
    printer_count(printer, verdict->seen_count - SHOWN, 0);
    printer_text(printer, verdict->seen_count - SHOWN == 1 ? " more caller"
                                                           : " more callers");
}

static void
put_row(struct search *search, struct printer *printer,
        const struct verdict *verdict)
{
    char cause[CAUSE_BYTES];
    printer_duration(printer, verdict->lost_ns, 10);
    printer_count(printer, verdict->slow_calls, 8);
    printer_count(printer, verdict->calls, 12);
    printer_duration(printer, verdict->usual_ns, 10);
    printer_duration(printer, verdict->worst_ns, 10);
    printer_indent(printer, 2);
    printer_name(printer, search->trace->functions[verdict->function]->name);
    explain_cause(search->trace, verdict, cause, sizeof cause);
    printer_indent(printer, 54);
    printer_text(printer, cause);
    put_seen(search, printer, verdict);
    printer_end_line(printer);
}

static void
put_text(struct search *search, const struct verdicts *verdicts)
{
    struct printer printer;
    printer_begin(&printer, search->sink);
    uint64_t rows = report_rows(&printer, verdicts->count, USUAL_ROWS);
    put_head(&printer, verdicts);
    for (uint32_t i = 0; i < rows; i++)
        put_row(search, &printer, &verdicts->list[i]);
    if (rows < verdicts->count) {
        printer_dim(&printer);
        printer_count(&printer, verdicts->count - rows, 10);
        printer_text(&printer, " more (--limit 0 shows all)");
        printer_plain(&printer);
        printer_end_line(&printer);
    }
    report_close(&printer, search->trace);
}

/* == JSON ================================================================== */

static void
put_object(struct search *search, const struct verdict *verdict)
{
    struct sink *sink = search->sink;
    struct function *const *functions = search->trace->functions;
    const struct function *function = functions[verdict->function];
    char cause[CAUSE_BYTES];
    sink_puts(sink, "{");
    escape_member(sink, "function", explain_name(function));
    sink_puts(sink, ",");
    escape_member(sink, "module", function->module);
    sink_puts(sink, ",");
    escape_member(sink, "file", function->file);
    escape_count(sink, "line", function->line);
    escape_count(sink, "calls", verdict->calls);
    escape_count(sink, "slow_calls", verdict->slow_calls);
    escape_count(sink, "lost_ns", verdict->lost_ns);
    escape_count(sink, "usual_ns", verdict->usual_ns);
    escape_count(sink, "worst_ns", verdict->worst_ns);
    escape_count(sink, "threshold_ns", verdict->threshold_ns);
    sink_puts(sink, ",\"seen_by\":[");
    for (uint32_t i = 0; i < verdict->seen_count; i++) {
        sink_puts(sink, i > 0 ? "," : "");
        escape_string(sink, explain_name(functions[verdict->seen_by[i]]));
    }
    sink_puts(sink, "],");
    explain_cause(search->trace, verdict, cause, sizeof cause);
    escape_member(sink, "cause", cause);
    if (verdict->waits != 0) {
        sink_puts(sink, ",");
        escape_member(sink, "waits", waitkind_names[verdict->waits]);
        escape_count(sink, "extra_ns", verdict->extra_ns);
        escape_count(sink, "waits_ns", verdict->waits_ns);
    }
    sink_puts(sink, "}");
}

static void
put_json(struct search *search, const struct verdicts *verdicts)
{
    uint64_t rows = report_wish.limit;
    if (!rows || rows > verdicts->count)
        rows = verdicts->count;
    sink_puts(search->sink, "[");
    for (uint32_t i = 0; i < rows; i++) {
        sink_puts(search->sink, i > 0 ? ",\n" : "\n");
        put_object(search, &verdicts->list[i]);
    }
    sink_puts(search->sink, "]\n");
}

/* == BEING A FORMAT ======================================================== */

static bool
wants_survey(void *state)
{
    (void)state;
    return true;
}

static int
open_span(void *state, const struct span *span)
{
    return slow_open(((struct search *)state)->slow, span);
}

static int
close_span(void *state, const struct span *span)
{
    return slow_close(((struct search *)state)->slow, span);
}

static int
add_wait(void *state, const struct wait *wait)
{
    slow_wait(((struct search *)state)->slow, wait);
    return 0;
}

static int
leaf(void *state, const struct span *span)
{
    return slow_leaf(((struct search *)state)->slow, span);
}

static int
survey_track(void *state, const struct track *track)
{
    slow_track(((struct search *)state)->slow, track);
    return 0;
}

static int
track_begin(void *state, const struct track *track)
{
    struct search *search = state;
    (void)track;
    if (search->turned)
        return 0;
    search->turned = true;
    return slow_turn(search->slow);
}

static void
discard(struct search *search)
{
    slow_free(search->slow);
    free(search);
}

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    (void)options;
    struct search *search = calloc(1, sizeof *search);
    if (!search)
        return NULL;
    search->sink = sink;
    search->trace = trace;
    search->slow = slow_new(trace);
    if (search->slow)
        return search;
    discard(search);
    errno = ENOMEM;
    return NULL;
}

static int
end(void *state, int failed)
{
    struct search *search = state;
    struct verdicts *verdicts = failed ? NULL : slow_verdicts(search->slow);
    if (verdicts && report_wish.json)
        put_json(search, verdicts);
    else if (verdicts)
        put_text(search, verdicts);
    int result = failed || verdicts ? 0 : -1;
    verdicts_free(verdicts);
    discard(search);
    if (result)
        errno = ENOMEM;
    return result;
}

const struct format report_slow = {
    .name = "slow",
    .suffix = "",
    .summary = "functions with slow calls",
    .begin = begin,
    .track_begin = track_begin,
    .open = open_span,
    .close = close_span,
    .leaf = leaf,
    .wait = add_wait,
    .end = end,
    .wants_survey = wants_survey,
    .survey_track = survey_track,
    .survey_open = open_span,
    .survey = close_span,
    .survey_leaf = leaf,
};
