/* SPDX-License-Identifier: Apache-2.0
 *
 * annotation.c: tests that instants, counters and named spans come out as they
 * were told, through windows and filters too.
 */
#include <math.h>

#include "formats/shape/excerpt.h"
#include "formats/shape/filter.h"
#include "formats/trace/jsonobject.h"
#include "formats/trace/trace.h"

#include "tests/unit/forge.h"
#include "tests/unit/spy.h"
#include "tests/unit/tap.h"

enum {
    SPAN = 10,
    MARK,
    ROOM_USED,
    ROOM_FREE,
    PLAIN
};

static struct spy spy;

static void
begin(struct forge *forge)
{
    forge_begin(forge);
    forge_open_process(forge, (struct forge_process){.pid = 100});
    forge_functions(forge, 1, 9);
    forge_function(forge, SPAN, SPOOL_NAMED_SPAN, 0, "shop", "pay", "");
    forge_function(forge, MARK, SPOOL_INSTANT_NAME, 0, "shop", "cart", "");
    forge_function(forge, ROOM_USED, SPOOL_COUNTER_SERIES, 0, "room", "used",
                   "");
    forge_function(forge, ROOM_FREE, SPOOL_COUNTER_SERIES, 0, "room", "free",
                   "");
    forge_function(forge, PLAIN, SPOOL_COUNTER_SERIES, 0, "used", "", "");
    forge_open_chunk(
        forge, (struct forge_chunk){
                   .kind = SPOOL_TRACK, .pid = 100, .tid = 100, .track = 1});
}

static void
expect(const char *name, struct forge *forge, const char *expected)
{
    struct trace *trace = forge_open(forge);
    spy_expect(&spy, name, trace, 0, expected, 0);
    trace_close(trace);
}

/* == READING ================================================================ */

static void
test_all(void)
{
    struct forge forge;
    begin(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, SPAN, 200);
    forge_instant(&forge, MARK, 300, "{\"a\": 1}");
    forge_counter(&forge, ROOM_USED, 400, 2, (double[]){1.5, -2});
    forge_record(&forge, SPOOL_EXIT, SPAN, 500);
    forge_instant(&forge, MARK, 600, NULL);
    forge_counter(&forge, PLAIN, 700, 1, (double[]){3});
    forge_record(&forge, SPOOL_EXIT, 1, 800);
    struct trace *trace = forge_open(&forge);
    spy_read(&spy, trace, trace->tracks[0]);
    tap_same("spans, instants and counters come in order", spy.text,
             "+f1@100 +pay@200 *cart@300{\"a\":1} #room.used=1.5@400 "
             "#room.free=-2@400 -pay@500 *cart@600 #used=3@700 -f1@800");
    tap_equal("nothing is wrong", spy.wrong, 0);
    tap_equal("a named span is no call", (long long)trace->calls, 1);
    tap_equal("instants are counted", (long long)trace->instants, 2);
    tap_equal("samples are counted", (long long)trace->samples, 3);
    spy_read(&spy, trace, trace->tracks[0]);
    tap_equal("once", (long long)(trace->instants + trace->samples), 5);
    trace_close(trace);
}

static void
test_ties(void)
{
    struct forge forge;
    begin(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_instant(&forge, MARK, 100, NULL);
    forge_counter(&forge, ROOM_USED, 100, 2, (double[]){1, 2});
    forge_counter(&forge, ROOM_USED, 100, 1, (double[]){3});
    forge_record(&forge, SPOOL_EXIT, 1, 100);
    expect("equal times move, samples of one record share theirs", &forge,
           "+f1@100 *cart@101 #room.used=1@102 #room.free=2@102 "
           "#room.used=3@103 -f1@104");
}

static void
test_nonsense(void)
{
    struct forge forge;
    begin(&forge);
    forge_instant(&forge, 1, 100, NULL);
    forge_instant(&forge, 4711, 110, "{}");
    forge_counter(&forge, MARK, 120, 1, (double[]){1});
    forge_counter(&forge, ROOM_USED, 130, 1, (double[]){NAN});
    forge_counter(&forge, ROOM_USED, 140, 1, (double[]){INFINITY});
    forge_instant(&forge, MARK, 150, "[1]");
    forge_instant(&forge, MARK, 160, "{\"a\":1");
    forge_word(&forge, spool_ext_head(510, 2, SPOOL_EXT_INSTANT));
    forge_word(&forge, MARK);
    forge_word(&forge, 1);
    forge_word(&forge, spool_ext_head(540, 0, SPOOL_EXT_INSTANT));
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 190);
    expect("what makes no sense is left out", &forge,
           "*cart@150 *cart@160 +f1@190 -f1@191...");
}

/* == OBJECTS ================================================================ */

static void
expect_object(const char *text, const char *expected)
{
    char copy[256], name[300];
    size_t count = strlen(text);
    memcpy(copy, text, count);
    count = jsonobject_clean(copy, count);
    copy[count] = '\0';
    snprintf(name, sizeof name, "as JSON: %s", text);
    tap_same(name, copy, expected);
}

static void
test_objects(void)
{
    static const char deep[] = "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                               "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                               "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
                               "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
                               "]}";
    expect_object(" { } ", "{}");
    expect_object("{\"a\" : [1, -2.5e+3, true ,null,\"\\n\"],\n\"b\":{}}",
                  "{\"a\":[1,-2.5e+3,true,null,\"\\n\"],\"b\":{}}");
    expect_object("{\"\\u20ac\\ud83d\\ude00\\ud83d\\u0041\":\"\\u0000\"}",
                  "{\"\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd\\u0041\":"
                  "\"\\u0000\"}");
    expect_object("", "");
    expect_object("{", "");
    expect_object("{}x", "");
    expect_object("{\"a\":01}", "");
    expect_object("{\"a\":NaN}", "");
    expect_object("{\"a\":1,}", "");
    expect_object("{\"a\":\"\\x\"}", "");
    expect_object("{\"a\":\"\\", "");
    expect_object("{\"a\":\"\n\"}", "");
    expect_object("{\"a\":\"\\u12g4\"}", "");
    expect_object(deep, "");
}

static void
test_members(void)
{
    const char *at = "{\"a\":1,\"b,}\\\"\":[{\"c\":\"]}\"},2],\"d\":\"x,\"}";
    struct jsonobject_member member;
    char text[256] = "";
    size_t used = 0;
    while (jsonobject_next(&at, &member))
        used += (size_t)snprintf(text + used, sizeof text - used, "%.*s=%.*s;",
                                 (int)member.key_bytes, member.key,
                                 (int)member.value_bytes, member.value);
    tap_same("members are found", text,
             "a=1;b,}\\\"=[{\"c\":\"]}\"},2];d=\"x,\";");
    at = "{}";
    tap_ok(!jsonobject_next(&at, &member), "an empty object has none");
}

/* == PARTS ================================================================== */

static void
test_window(void)
{
    struct forge forge;
    begin(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_instant(&forge, MARK, 199, NULL);
    forge_instant(&forge, MARK, 200, "{}");
    forge_counter(&forge, PLAIN, 300, 1, (double[]){1});
    forge_record(&forge, SPOOL_EXIT, 1, 400);
    forge_counter(&forge, PLAIN, 500, 1, (double[]){2});
    struct trace *trace = forge_open(&forge);
    struct excerpt *excerpt = excerpt_new(200, 500);
    spy_begin(&spy);
    excerpt_read(excerpt, trace, trace->tracks[0], &spy_visitor, &spy);
    tap_same("a window has what lies in it",
             spy.wrong == 0 ? spy.text : "wrong",
             "+f1@100 *cart@200{} #used=1@300 -f1@400");
    excerpt_free(excerpt);
    trace_close(trace);
}

static void
expect_filtered(const char *name, struct forge *forge, struct filter filter,
                const char *expected)
{
    struct trace *trace = forge_open(forge);
    struct track_visitor visitor = spy_visitor;
    spy_begin(&spy);
    void *context = filter.base.begin(&filter.base, trace, &visitor, &spy);
    track_read(trace, trace->tracks[0], &visitor, context);
    filter.base.end(context);
    tap_same(name, spy.wrong == 0 ? spy.text : "wrong", expected);
    trace_close(trace);
}

static void
forge_nest(struct forge *forge)
{
    begin(forge);
    forge_record(forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_instant(forge, MARK, 150, NULL);
    forge_record(forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_counter(forge, ROOM_USED, 250, 2, (double[]){1, 2});
    forge_record(forge, SPOOL_EXIT, 2, 300);
    forge_instant(forge, MARK, 350, "{}");
    forge_record(forge, SPOOL_ENTER_PYTHON, 3, 400);
    forge_instant(forge, MARK, 450, NULL);
    forge_record(forge, SPOOL_EXIT, 3, 900);
    forge_record(forge, SPOOL_EXIT, 1, 1000);
    forge_record(forge, SPOOL_ENTER_PYTHON, 2, 1100);
    forge_instant(forge, MARK, 1150, NULL);
    forge_record(forge, SPOOL_EXIT, 2, 1200);
}

static void
test_filters(void)
{
    struct forge forge;
    struct filter filter = filter_everything();
    filter.duration_ns = 400;
    forge_nest(&forge);
    expect_filtered("what happens in short calls is told in its order", &forge,
                    filter,
                    "+f1@100 *cart@150 #room.used=1@250 #room.free=2@250 "
                    "*cart@350{} +f3@400 *cart@450 -f3@900 -f1@1000 "
                    "*cart@1150");
    begin(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_instant(&forge, MARK, 150, NULL);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_gap(&forge, 250, 260, 1);
    forge_record(&forge, SPOOL_EXIT, 1, 300);
    expect_filtered("what is open around a gap is told before it", &forge,
                    filter, "+f1@100 *cart@150 [251 260] -f1@300");
    filter = filter_everything();
    filter.function = "f2";
    forge_nest(&forge);
    expect_filtered("a function has what happens in it", &forge, filter,
                    "+f2@200 #room.used=1@250 #room.free=2@250 -f2@300 "
                    "+f2@1100 *cart@1150 -f2@1200");
    filter.function = "room.*";
    forge_nest(&forge);
    expect_filtered("a counter can be asked for", &forge, filter,
                    "#room.used=1@250 #room.free=2@250");
}

int
main(void)
{
    test_all();
    test_ties();
    test_nonsense();
    test_objects();
    test_members();
    test_window();
    test_filters();
    return tap_done();
}
