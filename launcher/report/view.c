/* SPDX-License-Identifier: Apache-2.0
 *
 * view.c: see view.h.
 */
#include "launcher/report/view.h"

#include "formats/base/escape.h"
#include "launcher/convert/tally.h"

struct report_wish report_wish;

/* 0: no limit. */
static uint64_t
at_most(uint64_t count, uint64_t limit)
{
    return limit == 0 || count < limit ? count : limit;
}

uint64_t
report_rows(const struct printer *printer, uint64_t count, uint64_t usual)
{
    bool terminal = printer->colour || printer->width;
    if (report_wish.limited)
        return at_most(count, report_wish.limit);
    return at_most(count, terminal ? usual : 0);
}

uint64_t
report_json_rows(uint64_t count)
{
    return at_most(count, report_wish.limit);
}

void
report_title(struct printer *printer, const struct trace *trace,
             const char *what)
{
    printer_bold(printer);
    printer_text(printer, trace->process_count > 0 ? trace->processes[0]->name
                                                   : "recording");
    printer_text(printer, ": ");
    printer_text(printer, what);
    printer_plain(printer);
    printer_end_line(printer);
}

/* == WHAT ALL HAVE ========================================================= */

static void
put_counted(struct printer *printer, uint64_t number, const char *one,
            const char *many)
{
    printer_count(printer, number, 0);
    printer_text(printer, number == 1 ? one : many);
}

/* "3 of 7 calls"; where there is no number of all, or it is the same, "3 calls". */
static void
put_share(struct printer *printer, uint64_t number, uint64_t of,
          const char *one, const char *many)
{
    if (of != 0 && number != of) {
        printer_count(printer, number, 0);
        printer_text(printer, " of ");
        number = of;
    }
    put_counted(printer, number, one, many);
}

/* As many of all there are. */
static void
put_tracks(struct printer *printer, const struct trace *trace, uint32_t tracks,
           uint32_t greenlets)
{
    uint32_t all = trace_greenlets(trace);
    put_share(printer, tracks - greenlets, trace->track_count - all,
              " thread, ", " threads, ");
    if (all > 0)
        put_share(printer, greenlets, all, " greenlet, ", " greenlets, ");
}

static void
put_whole(struct printer *printer, const struct trace *trace)
{
    put_counted(printer, trace->calls, " call, ", " calls, ");
    put_counted(printer, trace->process_count, " process, ", " processes, ");
    put_tracks(printer, trace, trace->track_count, trace_greenlets(trace));
    printer_duration(printer, trace->duration_ns, 0);
}

/* What the options left of it. */
static void
put_part(struct printer *printer, const struct trace *trace,
         const struct tally *tally)
{
    put_share(printer, tally->calls, tally_all_calls(tally, trace), " call, ",
              " calls, ");
    put_share(printer, tally->processes, trace->process_count, " process, ",
              " processes, ");
    put_tracks(printer, trace, tally->tracks, tally->greenlets);
    printer_duration(printer, tally->to_ns - tally->from_ns, 0);
    printer_text(printer, " of ");
    printer_duration(printer, trace->duration_ns, 0);
}

void
report_close(struct printer *printer, const struct trace *trace)
{
    printer_end_line(printer);
    if (tally_now())
        put_part(printer, trace, tally_now());
    else
        put_whole(printer, trace);
    if (trace->lost) {
        printer_text(printer, "; lost: ");
        put_counted(printer, trace->lost, " event", " events");
    }
    if (trace->damaged_bytes) {
        printer_text(printer, "; left out: ");
        put_counted(printer, trace->damaged_bytes, " damaged byte",
                    " damaged bytes");
    }
    printer_end_line(printer);
}

void
report_calls(struct sink *sink, const struct trace *trace)
{
    const struct tally *tally = tally_now();
    escape_count(sink, "calls", tally ? tally->calls : trace->calls);
    if (tally && tally_all_calls(tally, trace))
        escape_count(sink, "of_calls", trace->calls);
}

void
report_sums(struct sink *sink, const struct trace *trace)
{
    report_calls(sink, trace);
    escape_count(sink, "duration_ns", trace->duration_ns);
    escape_count(sink, "lost", trace->lost);
}
