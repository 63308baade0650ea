/* SPDX-License-Identifier: Apache-2.0
 *
 * htmlannotations.c: instants and the values of counters in an HTML output:
 * every one, in order, with its track, in as many scripts as that takes.  And
 * what the tables say of a process.
 */
#include "formats/format.h"

#include "tests/unit/page.h"
#include "tests/unit/tap.h"

#define BURST 200000

extern const struct format format_html;

static char text[16 << 20];
static size_t used;

static void
take(void *context, const void *more, size_t count)
{
    (void)context;
    if (used + count < sizeof text) {
        memcpy(text + used, more, count);
        used += count;
    }
}

/* -- a trace that is told by hand ------------------------------------------ */

static char empty[] = "", thread[] = "T";
static char saved[] = "saved", waiting[] = "queue.waiting";

static struct function functions[] = {
    {.number = 0, .kind = FUNCTION_INSTANT, .name = saved},
    {.number = 1, .kind = FUNCTION_COUNTER, .name = waiting},
};
static struct function *function_list[] = {&functions[0], &functions[1]};
static struct track tracks[2];
static struct track *track_list[] = {&tracks[0], &tracks[1]};
static struct process processes[2];
static struct process *process_list[] = {&processes[0], &processes[1]};
static struct trace trace = {
    .processes = process_list,
    .process_count = 2,
    .tracks = track_list,
    .track_count = 2,
    .functions = function_list,
    .function_count = 2,
    .command = empty,
    .host = empty,
};

static void
fill_in(void)
{
    for (uint32_t i = 0; i < 2; i++) {
        functions[i].module = functions[i].qualified_name = functions[i].file =
            empty;
        tracks[i].number = i;
        tracks[i].process = &processes[i];
        tracks[i].name = thread;
        processes[i].number = i;
        processes[i].name = processes[i].command = empty;
        processes[i].interpreter = processes[i].directory =
            processes[i].filter = empty;
    }
    processes[1].origin = &tracks[0];
    processes[1].origin_ns = 77;
    processes[1].has_status = true;
    processes[1].wait_status = 9;
}

static int
tell(void *html)
{
    static const char words[] = "{\"to\":\"</script>\"}";
    struct instant instant = {&functions[0], 50, words, sizeof words - 1};
    struct sample sample = {&functions[1], 60, -1.5};
    int failed = format_html.track_begin(html, &tracks[0]) |
                 format_html.instant(html, &instant) |
                 format_html.sample(html, &sample) |
                 format_html.track_end(html, &tracks[0]) |
                 format_html.track_begin(html, &tracks[1]);

    for (uint64_t i = 0; i < BURST; i++) {
        sample.ns = 1000 + 10 * i;
        sample.value = (double)i;
        failed |= format_html.sample(html, &sample);
    }
    return failed | format_html.track_end(html, &tracks[1]);
}

static int
convert(void)
{
    const struct format_options options = {.no_source = true};
    struct sink sink;
    void *html;

    if (sink_divert(&sink, take, NULL))
        return -1;
    html = format_html.begin(&sink, &trace, &options);
    if (!html || format_html.end(html, tell(html)))
        return -1;
    return sink_close(&sink);
}

/* -- reading it ------------------------------------------------------------ */

static double
number(void)
{
    double value;

    memcpy(&value, page_at, sizeof value);
    page_at += sizeof value;
    return value;
}

static const char *
next_script(const char *from)
{
    static const char head[] =
        "class=\"codesnap-chunk codesnap-annotations\" data-track=\"";
    const char *script = strstr(from, head);

    if (!script)
        return NULL;
    script = strchr(script + sizeof head - 1, '>') + 1;
    page_decode(script);
    return script;
}

static void
test_first(const char *script)
{
    tap_ok(script && page_bytes[0] == 0 && page_varint() == 0 &&
               page_varint() == 2,
           "a script has a track's annotations");
    tap_ok(page_varint() == 0 && page_varint() == 50 && page_varint() == 18 &&
               memcmp(page_at, "{\"to\":\"</script>\"}", 18) == 0,
           "an instant has its name, time and text");
    page_at += 18;
    tap_ok(page_varint() == 1 && page_varint() == 10 && number() == -1.5,
           "a sample has its series, the time since, and its value");
}

static void
test_burst(const char *script)
{
    uint64_t next = 0, scripts = 0;
    bool fine = true;

    for (; (script = next_script(script)); scripts++) {
        uint64_t ns = 0;
        fine = fine && page_varint() == 1;
        for (uint64_t left = page_varint(); left > 0 && fine; left--, next++) {
            fine = page_varint() == 1;
            ns += page_varint();
            fine = fine && ns == 1000 + 10 * next && number() == (double)next;
        }
    }
    tap_ok(fine && next == BURST && scripts > 1,
           "many annotations come in several scripts, none is lost");
}

int
main(void)
{
    const char *script;

    fill_in();
    tap_ok(convert() == 0, "a page with annotations is written");
    tap_ok(strstr(text, "\"origin\":null,\"status\":null,") != NULL,
           "what is not known of a process is null");
    tap_ok(strstr(text, "\"origin\":{\"track\":0,\"ns\":77},\"status\":9,") !=
               NULL,
           "where a process came from and how it ended is told");
    script = next_script(strstr(text, "id=\"codesnap-tables\">"));
    test_first(script);
    test_burst(script);
    return tap_done();
}
