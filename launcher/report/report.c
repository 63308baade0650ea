/* SPDX-License-Identifier: Apache-2.0
 *
 * report.c: the verb `report`: which view, and what all views have in common.
 */
#include "launcher/report/report.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "launcher/convert/conversion.h"
#include "launcher/convert/kept.h"
#include "launcher/convert/narrow.h"
#include "launcher/convert/summary.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"
#include "launcher/support/verb.h"

struct report_wish report_wish;

/* == THE VIEW ============================================================== */

static int
read_limit(const struct options *options)
{
    const char *value = options_text(options, OPTION_limit);
    char *end;
    report_wish.limited = options_is_given(options, OPTION_limit);
    if (!report_wish.limited)
        return 0;
    report_wish.limit = strtoull(value, &end, 10);
    if (!*end && *value >= '0' && *value <= '9')
        return 0;
    message_say("--limit: '%s' is no number of rows; 0 shows all", value);
    return -1;
}

const struct format *
report_choose(const struct options *options)
{
    static const struct {
        enum option option;
        const struct format *view;
    } views[] = {
        {OPTION_tree, &report_tree},
        {OPTION_slowest, &report_slowest},
        {OPTION_threads, &report_threads},
        {OPTION_processes, &report_processes},
    };
    const struct format *chosen = NULL;
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (!options_is_given(options, views[i].option))
            continue;
        if (chosen) {
            message_say("one of --tree, --slowest, --threads and --processes "
                        "at a time");
            return NULL;
        }
        chosen = views[i].view;
    }
    report_wish.sort = options_text(options, OPTION_sort);
    report_wish.json = options_flag(options, OPTION_json);
    if (options_is_given(options, OPTION_slowest))
        report_wish.slowest = options_text(options, OPTION_slowest);
    if (read_limit(options) < 0)
        return NULL;
    return chosen ? chosen : &report_functions;
}

uint64_t
report_rows(const struct page *page, uint64_t count, uint64_t usual)
{
    uint64_t limit = report_wish.limit;
    if (!report_wish.limited)
        limit = page->colour || page->width ? usual : 0;
    return limit == 0 || count < limit ? count : limit;
}

/* == WHAT ALL HAVE ========================================================= */

static void
put_counted(struct page *page, uint64_t number, const char *one,
            const char *many)
{
    page_count(page, number, 0);
    page_text(page, number == 1 ? one : many);
}

/* "3 of 7 calls"; where there is no number of all, or it is the same, "3 calls". */
static void
put_share(struct page *page, uint64_t number, uint64_t of, const char *one,
          const char *many)
{
    if (of != 0 && number != of) {
        page_count(page, number, 0);
        page_text(page, " of ");
        number = of;
    }
    put_counted(page, number, one, many);
}

/* As many of all there are. */
static void
put_tracks(struct page *page, const struct trace *trace, uint32_t tracks,
           uint32_t greenlets)
{
    uint32_t all = trace_greenlets(trace);
    put_share(page, tracks - greenlets, trace->track_count - all, " thread, ",
              " threads, ");
    if (all > 0)
        put_share(page, greenlets, all, " greenlet, ", " greenlets, ");
}

static void
put_whole(struct page *page, const struct trace *trace)
{
    put_counted(page, trace->calls, " call, ", " calls, ");
    put_counted(page, trace->process_count, " process, ", " processes, ");
    put_tracks(page, trace, trace->track_count, trace_greenlets(trace));
    page_duration(page, trace->duration_ns, 0);
}

/* What the options left of it. */
static void
put_part(struct page *page, const struct trace *trace, const struct kept *kept)
{
    put_share(page, kept->calls, kept_of_calls(kept, trace), " call, ",
              " calls, ");
    put_share(page, kept->processes, trace->process_count, " process, ",
              " processes, ");
    put_tracks(page, trace, kept->tracks, kept->greenlets);
    page_duration(page, kept->to_ns - kept->from_ns, 0);
    page_text(page, " of ");
    page_duration(page, trace->duration_ns, 0);
}

void
report_close(struct page *page, const struct trace *trace)
{
    page_end_line(page);
    if (kept_now())
        put_part(page, trace, kept_now());
    else
        put_whole(page, trace);
    if (trace->lost) {
        page_text(page, "; lost: ");
        put_counted(page, trace->lost, " event", " events");
    }
    if (trace->damaged_bytes) {
        page_text(page, "; left out: ");
        put_counted(page, trace->damaged_bytes, " damaged byte",
                    " damaged bytes");
    }
    page_end_line(page);
}

void
report_calls(struct sink *sink, const struct trace *trace)
{
    const struct kept *kept = kept_now();
    escape_count(sink, "calls", kept ? kept->calls : trace->calls);
    if (kept && kept_of_calls(kept, trace))
        escape_count(sink, "of_calls", trace->calls);
}

void
report_sums(struct sink *sink, const struct trace *trace)
{
    report_calls(sink, trace);
    escape_count(sink, "duration_ns", trace->duration_ns);
    escape_count(sink, "lost", trace->lost);
}

/* == THE VERB ============================================================== */

static int
report(const struct options *options, const struct format *view,
       struct child *child, char *session)
{
    struct outputs outputs;
    struct summary summary = {.session = session, .outputs = &outputs};
    for (size_t end = strlen(session); end > 1 && session[end - 1] == '/';)
        session[--end] = '\0';
    output_show(&outputs, view);
    report_wish.session = session;
    summary.conversion =
        conversion_run(child, &(struct sessions){&summary.session, 1, true},
                       &outputs, options);
    if (!summary.conversion)
        return STATUS_FAILED;
    if (summary.conversion->interrupted)
        child_end_as(SIGINT);
    if (!conversion_is_complete(summary.conversion, &outputs)) {
        summary_say_failure(&summary);
        return STATUS_FAILED;
    }
    if (summary.conversion->empty) {
        message_say("%s: no call is recorded in it", session);
        return STATUS_FAILED;
    }
    return 0;
}

int
report_show(const struct options *options, const struct format *view, int argc,
            char **argv)
{
    struct child child;
    struct narrowing narrowing;
    int status = narrow_choose(&narrowing, options);
    if (status)
        return status;
    child_begin(&child);
    for (int i = 1; i < argc && !status; i++)
        status = report(options, view, &child, argv[i]);
    return status;
}

int
report_verb(const struct options *options, int argc, char **argv)
{
    const struct format *view = report_choose(options);
    return view ? report_show(options, view, argc, argv) : STATUS_USAGE;
}
