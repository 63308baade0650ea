/* SPDX-License-Identifier: Apache-2.0
 *
 * json.c: tests of the Chrome trace events, byte for byte.
 */
#include "formats/format.h"
#include "formats/reader/reader.h"

#include "tests/unit/forge.h"
#include "tests/unit/tap.h"

static char text[1 << 20];

/* Converts what was forged and reads the output back. */
static const char *
convert(struct forge *forge)
{
    char folder[512], output[600], error[512];
    snprintf(folder, sizeof folder, "%s/session", tap_scratch());
    snprintf(output, sizeof output, "%s/out.json", tap_scratch());
    forge_save(forge, folder);
    forge_free(forge);
    struct trace *trace = trace_open(folder, error, sizeof error);
    const struct format *format = format_for_path(output);
    int result =
        format_convert(trace, format, output, NULL, error, sizeof error);
    trace_close(trace);
    int fd = open(output, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    close(fd);
    text[got > 0 ? got : 0] = '\0';
    return result == 0 ? text : "";
}

static void
expect_part(const char *name, const char *whole, const char *part)
{
    if (!tap_ok(strstr(whole, part) != NULL, name))
        printf("# %s\n# is not in\n# %s\n", part, whole);
}

static void
test_events(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 1000);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 1234567);
    forge_record(&forge, SPOOL_EXIT, 2, 1234568);
    forge_record(&forge, SPOOL_EXIT, 1, 10000000);
    const char *got = convert(&forge);
    expect_part("complete events come in the order of their exits", got,
                ",\n{\"ph\":\"X\",\"cat\":\"FEE\",\"name\":\"f2 (f.py:2)\","
                "\"ts\":1234.567,\"dur\":0.001,\"pid\":100,\"tid\":100}"
                ",\n{\"ph\":\"X\",\"cat\":\"FEE\",\"name\":\"f1 (f.py:1)\","
                "\"ts\":1.000,\"dur\":9999.000,\"pid\":100,\"tid\":100}"
                "\n],\n");
    expect_part("process and thread are named", got,
                "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
                "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":100,"
                "\"tid\":100,\"args\":{\"name\":\"a b.py\"}},\n"
                "{\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":100,"
                "\"tid\":100,\"args\":{\"sort_index\":0}},\n"
                "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":100,"
                "\"tid\":100,\"args\":{\"name\":\"MainThread\"}},\n"
                "{\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":100,"
                "\"tid\":100,\"args\":{\"sort_index\":0}},\n");
    expect_part("full paths are in a table of their own", got,
                "\"functions\":[\n"
                "{\"name\":\"f1 (f.py:1)\",\"module\":\"m\","
                "\"file\":\"/src/f.py\",\"line\":1},\n"
                "{\"name\":\"f2 (f.py:2)\",\"module\":\"m\","
                "\"file\":\"/src/f.py\",\"line\":2}]}\n");
    expect_part("the sums are there", got,
                "\"calls\":2,\"tracer_cost_ns\":0,\"anomalies\":0,\"lost\":0,"
                "\"damaged_bytes\":0");
}

static void
test_others(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 1000);
    forge_record(&forge, SPOOL_BUSY, 3, 2000);
    forge_gap(&forge, 3000, 4000, 1);
    const char *got = convert(&forge);
    expect_part("an open call is a B", got,
                "{\"ph\":\"B\",\"cat\":\"FEE\",\"name\":\"f1 (f.py:1)\","
                "\"ts\":1.000,\"pid\":100,\"tid\":100}\n]");
    expect_part("the tracer's work is no call", got,
                "{\"ph\":\"X\",\"cat\":\"codesnap\",\"name\":\"(codesnap)\","
                "\"ts\":1.744,\"dur\":0.256,\"pid\":100,\"tid\":100}");
    expect_part("where the gap is, is said", got,
                ",\"troubles\":[{\"kind\":\"gap\",\"count\":1,\"first\":[{"
                "\"ns\":3000,\"end_ns\":4000,\"pid\":100,\"tid\":100,"
                "\"thread\":\"MainThread\"}]}]");
    expect_part("a gap is shown", got,
                "{\"ph\":\"X\",\"cat\":\"codesnap\",\"name\":\"(gap)\","
                "\"ts\":3.000,\"dur\":1.000,\"pid\":100,\"tid\":100}");
}

static void
test_escapes(void)
{
    struct forge forge;
    forge_begin(&forge);
    forge_open_process(&forge, (struct forge_process){.pid = 100});
    forge_function(&forge, 1, SPOOL_C_FUNCTION, 0, "",
                   "a\"b\\c\nd\x01/\xed\xa0\x80\xff</script>", "");
    forge_open_chunk(
        &forge, (struct forge_chunk){
                    .kind = SPOOL_TRACK, .pid = 100, .tid = 100, .track = 1});
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 1000);
    forge_record(&forge, SPOOL_EXIT, 1, 2000);
    expect_part("any name is valid JSON", convert(&forge),
                "\"name\":\"a\\\"b\\\\c\\nd\\u0001/\xef\xbf\xbd\xef\xbf\xbd"
                "</script>\",");
}

static void
test_long_name(void)
{
    static char name[100001];
    struct forge forge;
    memset(name, 'x', sizeof name - 1);
    forge_begin(&forge);
    forge_open_process(&forge, (struct forge_process){.pid = 100});
    forge_open_chunk(&forge, (struct forge_chunk){.kind = SPOOL_META,
                                                  .pid = 100,
                                                  .sequence = 1,
                                                  .size_bytes = 1 << 17});
    forge_function(&forge, 1, SPOOL_PYTHON_FUNCTION, 1, "", name, "/f.py");
    forge_open_chunk(
        &forge, (struct forge_chunk){
                    .kind = SPOOL_TRACK, .pid = 100, .tid = 100, .track = 1});
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 1000);
    forge_record(&forge, SPOOL_EXIT, 1, 2000);
    const char *got = convert(&forge);
    const char *found = strstr(got, "\"X\",\"cat\":\"FEE\",\"name\":\"x");
    tap_ok(found != NULL && strspn(found + 24, "x") == sizeof name - 1 &&
               strstr(got, "x (f.py:1)\",\"ts\":1.000,\"dur\":1.000") != NULL,
           "a name of 100 kB is whole");
}

/* A later image with the same pid would be swallowed by an open B. */
static void
test_exec(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 1000);
    forge_open_process(&forge,
                       (struct forge_process){.pid = 100, .start_ns = 5000});
    forge_functions(&forge, 1, 1);
    forge_open_chunk(&forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                  .pid = 100,
                                                  .tid = 100,
                                                  .start_ns = 5000,
                                                  .track = 2,
                                                  .base_ns = 6000});
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 7000);
    const char *got = convert(&forge);
    expect_part("what an exec cut off is closed", got,
                "\"ts\":1.000,\"dur\":0.001,\"pid\":100,\"tid\":100}");
    expect_part("what it left open is a B", got,
                "\"ts\":7.000,\"pid\":100,\"tid\":100}");
}

static void
test_table(void)
{
    static const char *const names[] = {
#define FORMAT(name, suffix, summary) #name, suffix, summary,
#include "formats/formats.def"
#undef FORMAT
    };
    bool same = true;
    for (size_t i = 0; format_at(i) != NULL; i++)
        same = same && strcmp(format_at(i)->name, names[3 * i]) == 0 &&
               strcmp(format_at(i)->suffix, names[3 * i + 1]) == 0 &&
               strcmp(format_at(i)->summary, names[3 * i + 2]) == 0;
    tap_ok(same, "formats are what their table says");
    tap_ok(format_by_name("json") == format_for_path("x.json") &&
               format_by_name("json") != NULL,
           "a format is found by name and suffix");
    tap_ok(format_for_path("x.jso") == NULL && format_by_name("x") == NULL,
           "what is no format is none");
}

int
main(void)
{
    test_events();
    test_others();
    test_escapes();
    test_long_name();
    test_exec();
    test_table();
    return tap_done();
}
