/* SPDX-License-Identifier: Apache-2.0
 *
 * condense.c: an HTML output that sums up short calls has every call once: told
 * or in an aggregate.  And the excerpt of a window has the calls that run in
 * it.
 */
#include "formats/format.h"
#include "formats/html/histogram.h"
#include "formats/reader/reader.h"
#include "formats/shape/profile.h"
#include "launcher/replay/open.h"

#include "tests/unit/forge.h"
#include "tests/unit/page.h"
#include "tests/unit/tap.h"

static char text[8 << 20];

/* == READING THE OUTPUT ===================================================== */

struct sums {
    uint64_t opened, closed; /* told ones */
    uint64_t in_aggregates, self_ns, busy_ns;
};

static void
add_chunk(struct sums *sums)
{
    page_varint(); /* track */
    uint64_t events = page_varint();
    page_varint();
    page_varint();
    for (uint64_t stored = page_varint(); stored > 0; stored--) {
        page_varint();
        page_varint();
        page_varint();
    }
    page_varint();
    for (; events > 0; events--) {
        uint64_t token = page_varint();
        sums->opened += token >= 16;
        sums->closed += token < 5;
    }
}

static void
add_aggregates(struct sums *sums)
{
    page_varint();
    for (uint64_t aggregates = page_varint(); aggregates > 0; aggregates--) {
        page_varint();
        page_varint();
        page_varint();
        for (uint64_t levels = page_varint(), i = 0; i < levels; i++) {
            uint64_t busy_ns = page_varint();
            sums->busy_ns += i == 0 ? busy_ns : 0;
        }
        for (uint64_t left = page_varint(); left > 0; left--) {
            page_varint();
            sums->in_aggregates += page_varint();
            sums->in_aggregates += page_varint();
            sums->self_ns += page_varint();
            page_varint();
            page_varint();
            page_varint();
        }
    }
}

static struct sums
add_up(void)
{
    static const char begin[] = "class=\"codesnap-chunk";
    struct sums sums = {0};
    for (char *next = strstr(text, begin); next != NULL;
         next = strstr(next + 1, begin)) {
        bool aggregates =
            strncmp(next + strlen(begin), " codesnap-aggregates", 20) == 0;
        page_decode(strstr(next, "\">") + 2);
        (aggregates ? add_aggregates : add_chunk)(&sums);
    }
    return sums;
}

static void
convert(struct forge *forge, const struct format_options *options)
{
    char folder[512], output[600], error[512] = "";
    snprintf(folder, sizeof folder, "%s/session", tap_scratch());
    snprintf(output, sizeof output, "%s/out.html", tap_scratch());
    forge_save(forge, folder);
    struct trace *trace = trace_open(folder, error, sizeof error);
    int result = format_convert(trace, format_by_name("html"), output, options,
                                error, sizeof error);
    trace_close(trace);
    tap_same("it is converted", result == 0 ? "" : error, "");
    int fd = open(output, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    close(fd);
    text[got > 0 ? got : 0] = '\0';
}

/* == READING IT BACK ======================================================= */

static int
open_call(void *profile, const struct span *span)
{
    return profile_open(profile, span);
}

static int
close_call(void *profile, const struct span *span)
{
    profile_close(profile, span);
    return 0;
}

static int
add_calls(void *profile, const struct condensed *condensed)
{
    profile_add(profile, condensed);
    return 0;
}

static struct profile
profile_of(struct trace *trace)
{
    const struct track_visitor visitor = {
        .open = open_call, .close = close_call, .condensed = add_calls};
    struct profile profile;
    if (profile_begin(&profile, trace) != 0)
        exit(1);
    for (uint32_t i = 0; i < trace->track_count; i++)
        if (track_read(trace, trace->tracks[i], &visitor, &profile) != 0)
            exit(1);
    return profile;
}

static bool
are_same(const struct profile_function *a, const struct profile_function *b)
{
    return a->steps == b->steps && a->calls == b->calls &&
           a->self_ns == b->self_ns && a->total_ns == b->total_ns &&
           a->sum_ns == b->sum_ns && a->max_ns == b->max_ns;
}

/* The page's functions have the sums of the session's. */
static void
compare_sums(void)
{
    char path[600], error[512] = "";
    snprintf(path, sizeof path, "%s/session", tap_scratch());
    struct trace *session = trace_open(path, error, sizeof error);
    snprintf(path, sizeof path, "%s/out.html", tap_scratch());
    struct trace *page = replay_open(path, error, sizeof error);
    tap_same("the page is read back", error, "");
    tap_ok(page->condensed, "as one that is condensed");
    struct profile all = profile_of(session), sums = profile_of(page);
    uint32_t same = 0;
    for (uint32_t i = 0; i < session->function_count; i++)
        same += are_same(&all.functions[i], &sums.functions[i]);
    tap_equal("each function has the same sums", same, session->function_count);
    tap_equal("and nothing of it is damaged", (long long)page->damaged_bytes,
              0);
    profile_free(&all);
    profile_free(&sums);
    trace_close(session);
    trace_close(page);
}

/* == WHAT IS FORGED ========================================================= */

static uint32_t seed = 1;

static uint32_t
next(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static uint64_t now_ns = 1000, made, outermost_ns;

/* A call whose children take most of its time, or that takes it itself. */
static void
call(struct forge *forge, int depth)
{
    uint64_t start_ns = now_ns;
    uint32_t function = 1 + next(6);
    forge_record(forge, SPOOL_ENTER_PYTHON, function, now_ns);
    made++;
    for (uint32_t left = depth < 7 ? next(5) : 0; left > 0; left--) {
        now_ns += 1 + next(20);
        call(forge, depth + 1);
    }
    now_ns += next(50) == 0 ? 20000 + next(20000) : 1 + next(60);
    forge_record(forge, SPOOL_EXIT, function, now_ns);
    outermost_ns += depth == 0 ? now_ns - start_ns : 0;
    now_ns += 1 + next(10);
}

static void
test_condense(void)
{
    struct format_options options = {.no_source = true, .detail = 1500};
    struct forge forge;
    forge_simple(&forge);
    forge_open_chunk(&forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                  .pid = 100,
                                                  .tid = 101,
                                                  .track = 2,
                                                  .size_bytes = 1 << 18});
    while (made < 6000)
        call(&forge, 0);
    convert(&forge, &options);
    struct sums sums = add_up();
    tap_ok(strstr(text, "\"short\":{\"threshold_ns\":") != NULL,
           "the threshold is said");
    tap_equal("every call is told or counted", sums.opened + sums.in_aggregates,
              made);
    tap_equal("every told call ends", sums.closed, sums.opened);
    tap_ok(sums.opened > 100 && sums.opened <= 1500 * 3 / 8,
           "as many are told as were wanted");
    tap_equal("own times of the counted ones are those of the outermost",
              sums.self_ns, sums.busy_ns);
    compare_sums();

    options.detail = 0;
    convert(&forge, &options);
    sums = add_up();
    tap_equal("a small recording is told whole", sums.opened, made);
    tap_equal("without aggregates", sums.in_aggregates, 0);
    forge_free(&forge);
}

static void
test_excerpt(void)
{
    struct format_options options = {
        .no_source = true, .from_ns = 500, .to_ns = 700};
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100); /* around it */
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200); /* before */
    forge_record(&forge, SPOOL_EXIT, 2, 300);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 400); /* into it */
    forge_record(&forge, SPOOL_EXIT, 2, 550);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 650); /* out of it */
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 750); /* behind, inside that */
    forge_record(&forge, SPOOL_EXIT, 2, 800);
    forge_record(&forge, SPOOL_EXIT, 2, 900);
    forge_record(&forge, SPOOL_EXIT, 1, 1000);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 1100); /* behind */
    forge_record(&forge, SPOOL_EXIT, 2, 1200);
    convert(&forge, &options);
    struct sums sums = add_up();
    tap_equal("calls that run in the window are told", sums.opened, 3);
    tap_equal("to their ends", sums.closed, 3);
    tap_ok(strstr(text, "\"from_ns\":500,\"to_ns\":700") != NULL,
           "the page knows the window");
    forge_free(&forge);
}

static void
test_bins(void)
{
    bool fine = true;
    for (uint64_t ns = 0; ns < 1 << 20; ns += 1 + ns / 64) {
        uint32_t bin = html_histogram_bin(ns);
        fine = fine && html_histogram_least(bin) <= ns &&
               ns < html_histogram_least(bin + 1);
    }
    tap_ok(fine, "a duration lies in its bin");
}

int
main(void)
{
    test_bins();
    test_condense();
    test_excerpt();
    return tap_done();
}
