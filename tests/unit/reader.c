/* SPDX-License-Identifier: Apache-2.0
 *
 * reader.c: tests that records come out as the spans they mean.
 */
#include "formats/reader.h"

#include "tests/unit/forge.h"
#include "tests/unit/spy.h"
#include "tests/unit/tap.h"

static struct spy spy;

static struct trace *
open_forged(struct forge *forge)
{
    static int number;
    char folder[512], error[512] = "";
    snprintf(folder, sizeof folder, "%s/%d", tap_scratch(), ++number);
    forge_save(forge, folder);
    forge_free(forge);
    struct trace *trace = trace_open(folder, error, sizeof error);
    if (trace == NULL)
        printf("Bail out! %s\n", error), exit(1);
    return trace;
}

/* What the forged session's track says, compared; calls too, unless < 0. */
static void
expect_track(const char *name, struct forge *forge, uint32_t track,
             const char *expected, long long anomalies)
{
    struct trace *trace = open_forged(forge);
    int result = track < trace->track_count
                     ? spy_read(&spy, trace, trace->tracks[track])
                     : -1;
    bool fine = result == 0 && spy.wrong == 0 &&
                (long long)trace->anomalies == anomalies;
    if (!fine)
        printf("# result %d, wrong %u, anomalies %lld\n", result, spy.wrong,
               (long long)trace->anomalies);
    tap_same(name, fine ? spy.text : "", expected);
    trace_close(trace);
}

static void
expect(const char *name, struct forge *forge, const char *expected)
{
    expect_track(name, forge, 0, expected, 0);
}

static void
expect_anomalies(const char *name, struct forge *forge, const char *expected,
                 long long anomalies)
{
    expect_track(name, forge, 0, expected, anomalies);
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
    forge_record(&forge, SPOOL_EXIT, 3, 600);
    expect("calls from before the track lie around what was in them", &forge,
           "+f3@0~ +f2@1~ +f1@100 -f1@200 -f2@300 +f4@400 -f4@500 -f3@600");
}

static void
test_unopened_skips(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_EXIT_UNOPENED, 2, 300);
    expect_anomalies("a call from before ends what is still open in it", &forge,
                     "+f2@0~ +f1@100 -f1@300? -f2@301", 1);
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

/* == PROCESSES AND THREADS ================================================== */

static void
test_fork(void)
{
    static const uint32_t stack[] = {2};
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 2, 100);
    forge_open_process(&forge, (struct forge_process){.pid = 101,
                                                      .start_ns = 500,
                                                      .parent_pid = 100,
                                                      .first_id = 5});
    forge_function(&forge, 5, SPOOL_C_FUNCTION, 0, "list", "append", "");
    forge_thread(&forge, 2, "Child\xff\"");
    forge_open_chunk(&forge, (struct forge_chunk){.kind = SPOOL_TRACK,
                                                  .pid = 101,
                                                  .tid = 101,
                                                  .start_ns = 500,
                                                  .track = 2,
                                                  .base_ns = 600,
                                                  .stack_depth = 1,
                                                  .stack_stored = 1,
                                                  .stack = stack});
    forge_record(&forge, SPOOL_ENTER_C, 5, 700);
    forge_record(&forge, SPOOL_EXIT, 5, 800);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 4, 900);
    struct forge again = forge;
    again.bytes = memcpy(malloc(forge.room), forge.bytes, forge.room);
    expect_track(
        "a fork has its own names and its parent's", &forge, 1,
        "+f2@600~ +list.append@700 -list.append@800 +f4@900 -f4@901... "
        "-f2@901...",
        0);
    struct trace *trace = open_forged(&again);
    tap_equal("a fork is a process", trace->process_count, 2);
    tap_ok(trace->processes[1]->forked_from == trace->processes[0],
           "a fork knows its parent");
    tap_equal("a fork starts when it did",
              (long long)trace->processes[1]->start_ns, 500);
    tap_same("a thread's name is cleaned", trace->tracks[1]->name,
             "Child\xef\xbf\xbd\"");
    tap_same("a main thread has its usual name", trace->tracks[0]->name,
             "MainThread");
    trace_close(trace);
}

static void
test_process(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_word(&forge, spool_ext_head(600, 0, SPOOL_EXT_TRACK_END));
    forge_open_process(&forge,
                       (struct forge_process){.pid = 50, .start_ns = 7});
    forge_note(&forge, SPOOL_NOTE_LOST, 17, "disk full");
    struct trace *trace = open_forged(&forge);
    struct process *process = trace->processes[0];
    tap_same("a process is called by its script", process->name, "a b.py");
    tap_same("a command is quoted", process->command, "python3 -u 'a b.py' x");
    tap_ok(process->ended, "a process that said END has ended");
    tap_ok(!trace->processes[1]->ended, "another one has not");
    tap_ok(trace->tracks[0]->ended, "a thread that said so has ended");
    tap_equal("processes are sorted by their start", process->pid, 100);
    tap_equal("time 0 has a date", (long long)trace->realtime_ns,
              (long long)FORGE_REAL);
    tap_equal("a track ends behind its last record",
              (long long)trace->tracks[0]->end_ns, 201);
    tap_equal("what was lost is counted", (long long)trace->lost, 17);
    tap_same("a note is kept", trace->notes[0].text, "disk full");
    tap_equal("nothing is damaged", (long long)trace->damaged_bytes, 0);
    trace_close(trace);
}

static void
test_same_function(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_open_process(&forge,
                       (struct forge_process){.pid = 101, .start_ns = 5});
    forge_functions(&forge, 3, 12);
    struct trace *trace = open_forged(&forge);
    tap_equal("equal functions of two processes are one", trace->function_count,
              2 + 12);
    trace_close(trace);
}

/* == CLOCKS ================================================================= */

static void
forge_boot(struct forge *forge, const char *boot_id, uint64_t realtime_ns)
{
    forge_simple(forge);
    struct spool_header *header = forge_header(forge);
    memset(header->boot_id, 0, sizeof header->boot_id);
    memcpy(header->boot_id, boot_id, strlen(boot_id));
    header->clock.realtime_ns = realtime_ns;
    forge_record(forge, SPOOL_ENTER_PYTHON, 1, 100);
}

/* Two machines, or one that was started again. */
static void
test_boots(void)
{
    struct forge forge, other;
    char folder[512], path[600], error[512];
    forge_boot(&forge, FORGE_BOOT, FORGE_REAL);
    forge_boot(&other, "another", FORGE_REAL + 5000);
    snprintf(folder, sizeof folder, "%s/boots", tap_scratch());
    snprintf(path, sizeof path, "%s/7.spool", folder);
    forge_save(&forge, folder);
    forge_write(path, other.bytes, other.used);
    forge_free(&forge);
    forge_free(&other);
    struct trace *trace = trace_open(folder, error, sizeof error);
    tap_equal("boots are joined by the time of day",
              (long long)trace->processes[1]->start_ns, 5000);
    spy_read(&spy, trace, trace->tracks[1]);
    tap_same("their tracks too", spy.text, "+f1@5100 -f1@5101...");
    trace_close(trace);
}

/* A session that was never closed gets its second pair of clocks now. */
static void
test_baseline(void)
{
    static char *none[] = {NULL};
    struct session_file file;
    char output[2048], folder[1024], error[512];
    snprintf(output, sizeof output, "%s/short", tap_scratch());
    session_create(output, NULL, 0, none, folder, sizeof folder);
    session_read(folder, &file);
    struct forge forge;
    forge_begin(&forge);
    struct spool_header *header = forge_header(&forge);
    memcpy(header->boot_id, file.boot_id, sizeof header->boot_id);
    header->clock_kind = file.clock_kind;
    header->clock = file.begin;
    snprintf(output, sizeof output, "%s/1.spool", folder);
    forge_write(output, forge.bytes, forge.used);
    forge_free(&forge);
    trace_close(trace_open(folder, error, sizeof error));
    session_read(folder, &file);
    tap_ok(file.end.ticks != 0 || file.clock_kind == SPOOL_MONOTONIC_NS,
           "a short recording's clock is read again, and kept");
    struct spool_clock end = file.end;
    trace_close(trace_open(folder, error, sizeof error));
    session_read(folder, &file);
    tap_ok(memcmp(&end, &file.end, sizeof end) == 0, "but only once");
}

/* == REFUSALS =============================================================== */

static void
test_errors(void)
{
    char error[256], folder[512];
    snprintf(folder, sizeof folder, "%s/nothing", tap_scratch());
    tap_ok(trace_open(folder, error, sizeof error) == NULL &&
               strstr(error, "no such session") != NULL,
           "a folder that is not there is said");
    mkdir(folder, 0700);
    tap_ok(trace_open(folder, error, sizeof error) == NULL &&
               strstr(error, "is no session") != NULL,
           "a folder that is no session is said");
}

static void
test_newer(void)
{
    char error[256], folder[512];
    struct forge forge;
    forge_simple(&forge);
    forge_header(&forge)->features = 1;
    snprintf(folder, sizeof folder, "%s/newer", tap_scratch());
    forge_save(&forge, folder);
    forge_free(&forge);
    tap_ok(trace_open(folder, error, sizeof error) == NULL &&
               strstr(error, "another version") != NULL,
           "a spool with unknown features is refused");
}

int
main(void)
{
    test_nesting();
    test_generator();
    test_ties();
    test_unfinished();
    test_unknown_id();
    test_skipped_exit();
    test_time_record();
    test_unknown_ext();
    test_busy();
    test_unopened();
    test_unopened_skips();
    test_stray_exit();
    test_inherited();
    test_gap();
    test_gap_entered();
    test_two_gaps();
    test_missing_chunk();
    test_two_chunks();
    test_fork();
    test_process();
    test_same_function();
    test_boots();
    test_baseline();
    test_errors();
    test_newer();
    return tap_done();
}
