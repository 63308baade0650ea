/* SPDX-License-Identifier: Apache-2.0
 *
 * view.c: see view.h.
 */
#include "launcher/report/view.h"

#include "formats/base/escape.h"
#include "launcher/convert/kept.h"

struct report_wish report_wish;

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
