/* SPDX-License-Identifier: Apache-2.0
 *
 * reader.c: tests that records come out as the spans they mean.
 */
#include "formats/trace/trace.h"

#include "tests/unit/forge.h"
#include "tests/unit/spy.h"
#include "tests/unit/tap.h"

static struct spy spy;

static void
expect_anomalies(const char *name, struct forge *forge, const char *expected,
                 long long anomalies)
{
    struct trace *trace = forge_open(forge);
    spy_expect(&spy, name, trace, 0, expected, anomalies);
    trace_close(trace);
}

static void
expect(const char *name, struct forge *forge, const char *expected)
{
    expect_anomalies(name, forge, expected, 0);
}

/* == CALLS ================================================================== */

static void
test_nesting(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_C, 2, 200);
    forge_record(&forge, SPOOL_EXIT, 2, 300);
    forge_record(&forge, SPOOL_EXIT_EXCEPTION, 1, 400);
    expect("calls nest", &forge, "+f1@100 +f2@200 -f2@300 -f1@400!");
}

static void
test_control(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_record(&forge, SPOOL_EXIT_CONTROL, 2, 300);
    forge_record(&forge, SPOOL_EXIT_EXCEPTION, 1, 400);
    expect("an exception that is no error is told apart", &forge,
           "+f1@100 +f2@200 -f2@300c -f1@400!");
}

static void
test_generator(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_YIELD, 1, 200);
    forge_record(&forge, SPOOL_RESUME, 1, 300);
    forge_record(&forge, SPOOL_YIELD, 1, 400);
    forge_record(&forge, SPOOL_THROW, 1, 500);
    forge_record(&forge, SPOOL_EXIT_EXCEPTION, 1, 600);
    expect("a generator's steps are spans", &forge,
           "+f1@100 -f1@200y +f1@300> -f1@400y +f1@500^ -f1@600!");
}

static void
test_ties(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 100);
    forge_record(&forge, SPOOL_EXIT, 2, 100);
    forge_record(&forge, SPOOL_EXIT, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 3, 90);
    forge_record(&forge, SPOOL_EXIT, 3, 110);
    expect("equal times move by a nanosecond", &forge,
           "+f1@100 +f2@101 -f2@102 -f1@103 +f3@104 -f3@110");
}

static void
test_unfinished(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 3, 300);
    expect("open calls end with the track, unfinished", &forge,
           "+f1@100 +f2@200 +f3@300 -f3@301... -f2@301... -f1@301...");
}

static void
test_unknown_id(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 4711, 100);
    forge_record(&forge, SPOOL_EXIT, 4711, 200);
    expect("a function without a name is unknown", &forge,
           "+(unknown)@100 -(unknown)@200");
}

static void
test_skipped_exit(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 3, 300);
    forge_record(&forge, SPOOL_EXIT, 1, 400);
    expect_anomalies("an exit closes what it skips", &forge,
                     "+f1@100 +f2@200 +f3@300 -f3@400? -f2@401? -f1@402", 2);
}

static void
test_time_record(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_word(&forge, forge_ticks(900000000) << 4 | SPOOL_TIME);
    forge.base_ns = 900000000;
    forge_record(&forge, SPOOL_EXIT, 1, 900000050);
    expect("a TIME record moves the base", &forge, "+f1@100 -f1@900000050");
}

static void
test_unknown_ext(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_word(&forge, spool_ext_head(450, 2, (enum spool_ext)77));
    forge_word(&forge, 0);
    forge_word(&forge, spool_word(0, 5, SPOOL_ENTER_C));
    forge_record(&forge, SPOOL_EXIT, 1, 200);
    expect("an unknown extended record is skipped", &forge, "+f1@100 -f1@200");
}

static void
test_busy(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_BUSY, 3, 1100); /* 3 * 256 ticks are 256 ns */
    forge_record(&forge, SPOOL_BUSY, 3, 1356);
    forge_record(&forge, SPOOL_EXIT, 1, 2000);
    expect("the tracer's own work is a span", &forge,
           "+f1@100 +(codesnap)@844 -(codesnap)@1100 +(codesnap)@1101 "
           "-(codesnap)@1356 -f1@2000");
}

/* == CALLS THAT WERE OPEN BEFORE ============================================ */

static void
test_unopened(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_EXIT, 1, 200);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 2, 300);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 4, 400);
    forge_record(&forge, SPOOL_EXIT, 4, 500);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 3, 600);
    expect("calls from before the track lie around what was in them", &forge,
           "+f3@0~ +f2@1~ +f1@100 -f1@200 -f2@300 +f4@400 -f4@500 -f3@600");
}

static void
test_unopened_inside(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 2, 300);
    forge_record(&forge, SPOOL_EXIT, 1, 400);
    expect_anomalies("no call from before ends inside one that began since",
                     &forge, "+f1@100 -f1@400", 1);
}

static void
test_stray_exit(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_EXIT, 2, 300);
    forge_record(&forge, SPOOL_EXIT, 1, 400);
    expect_anomalies("a stray exit inside a call is passed over", &forge,
                     "+f1@100 -f1@400", 1);
}

static void
test_stray_outside(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_EXIT, 1, 200);
    forge_record(&forge, SPOOL_EXIT, 2, 300);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 3, 400);
    forge_record(&forge, SPOOL_EXIT, 3, 500);
    expect_anomalies("a stray exit outside of all calls makes none up", &forge,
                     "+f1@100 -f1@200 +f3@400 -f3@500", 1);
}

/* f1 is open twice, and the exit of one comes from nowhere. */
static void
test_stray_twin(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_record(&forge, SPOOL_EXIT, 1, 300);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 3, 400);
    forge_record(&forge, SPOOL_EXIT, 3, 500);
    forge_record(&forge, SPOOL_EXIT, 2, 600);
    forge_record(&forge, SPOOL_EXIT, 1, 700);
    expect_anomalies("a stray exit closes no call of its function further out",
                     &forge, "+f1@100 +f2@200 +f3@400 -f3@500 -f2@600 -f1@700",
                     1);
}

static void
test_given_up(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_record(&forge, SPOOL_EXIT, 1, 300);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 2, 600);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 1, 700);
    expect_anomalies("a call that the agent gave up ends all the same", &forge,
                     "+f1@100 +f2@200 -f2@600 -f1@700", 1);
}

static void
test_inherited(void)
{
    static const uint32_t stack[] = {2, 1};
    struct forge forge;
    forge_begin(&forge);
    forge_open_process(&forge, (struct forge_process){.pid = 100});
    forge_functions(&forge, 1, 9);
    forge_open_chunk(&forge, (struct forge_chunk){
                                 .kind = SPOOL_TRACK,
                                 .pid = 100,
                                 .tid = 100,
                                 .track = 1,
                                 .base_ns = 50,
                                 .stack_depth = 3, /* one more was left out */
                                 .stack_stored = 2,
                                 .stack = stack});
    forge_record(&forge, SPOOL_EXIT, 2, 100);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 4, 150);
    forge_record(&forge, SPOOL_EXIT, 1, 200);
    forge_record(&forge, SPOOL_EXIT, 3, 300);
    expect("unseen calls go between those that were inherited", &forge,
           "+f3@0~ +f1@1~ +f4@2~ +f2@3~ -f2@50 -f4@100 -f1@150 -f3@250");
}

/* == GAPS =================================================================== */

static void
test_gap(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_gap(&forge, 300, 400, 1);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 3, 500);
    forge_record(&forge, SPOOL_EXIT, 3, 600);
    forge_record(&forge, SPOOL_EXIT, 1, 700);
    expect("a gap closes what ended in it", &forge,
           "+f1@100 +f2@200 -f2@300? [301 400] +f3@500 -f3@600 -f1@700");
}

static void
test_gap_entered(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_gap(&forge, 200, 300, 1);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 3, 400);
    forge_record(&forge, SPOOL_EXIT, 3, 500);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 2, 600);
    forge_record(&forge, SPOOL_EXIT, 1, 700);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 4, 800);
    expect("a call that began in a gap opens at its end", &forge,
           "+f4@0~ +f1@100 [200 300] +f2@301~ +f3@400 -f3@500 -f2@600 -f1@700 "
           "-f4@800");
}

static void
test_two_gaps(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_gap(&forge, 100, 200, 0);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 210);
    forge_gap(&forge, 300, 400, 1);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 3, 500);
    forge_record(&forge, SPOOL_EXIT, 1, 600);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 2, 700);
    expect("each gap gets the calls that began in it", &forge,
           "[100 200] +f2@201~ +f1@210 [300 400] +f3@401~ -f3@500 -f1@600 "
           "-f2@700");
}

static void
test_missing_chunk(void)
{
    static const uint32_t stack[] = {5, 1};
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 200);
    forge_open_chunk(&forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                  .pid = 100,
                                                  .tid = 100,
                                                  .track = 1,
                                                  .sequence = 2,
                                                  .base_ns = 1000,
                                                  .stack_depth = 2,
                                                  .stack_stored = 2,
                                                  .stack = stack});
    forge_record(&forge, SPOOL_EXIT, 5, 1100);
    forge_record(&forge, SPOOL_EXIT, 1, 1200);
    expect("behind a missing chunk its stack is right again", &forge,
           "+f1@100 +f2@200 -f2@201? [202 1000] +f5@1001~ -f5@1100 -f1@1200");
}

static void
test_two_chunks(void)
{
    static const uint32_t stack[] = {1};
    struct forge forge;
    forge_begin(&forge);
    forge_open_chunk(&forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                  .pid = 100,
                                                  .tid = 100,
                                                  .track = 1,
                                                  .sequence = 1,
                                                  .base_ns = 1000,
                                                  .stack_depth = 1,
                                                  .stack_stored = 1,
                                                  .stack = stack});
    forge_record(&forge, SPOOL_EXIT, 1, 1100);
    forge_open_process(&forge, (struct forge_process){.pid = 100});
    forge_functions(&forge, 1, 9);
    forge_open_chunk(
        &forge, (struct forge_chunk){
                    .kind = SPOOL_TRACK, .pid = 100, .tid = 100, .track = 1});
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    expect("chunks are read in their order, wherever they lie", &forge,
           "+f1@100 -f1@1100");
}

int
main(void)
{
    test_nesting();
    test_control();
    test_generator();
    test_ties();
    test_unfinished();
    test_unknown_id();
    test_skipped_exit();
    test_time_record();
    test_unknown_ext();
    test_busy();
    test_unopened();
    test_unopened_inside();
    test_stray_exit();
    test_stray_outside();
    test_stray_twin();
    test_given_up();
    test_inherited();
    test_gap();
    test_gap_entered();
    test_two_gaps();
    test_missing_chunk();
    test_two_chunks();
    return tap_done();
}
