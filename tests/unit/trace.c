/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.c: tests of what a trace says of its processes, threads and clocks, and
 * of what is no trace.
 */
#include "formats/reader/reader.h"

#include "tests/unit/forge.h"
#include "tests/unit/spy.h"
#include "tests/unit/tap.h"

static struct spy spy;

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
    struct trace *trace = forge_open(&forge);
    spy_expect(&spy, "a fork has its own names and its parent's", trace, 1,
               "+f2@600~ +list.append@700 -list.append@800 +f4@900 "
               "-f4@901... -f2@901...",
               0);
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
    struct trace *trace = forge_open(&forge);
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
    struct trace *trace = forge_open(&forge);
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
               strstr(error, "no session folder") != NULL,
           "a folder that is not there is said");
    mkdir(folder, 0700);
    tap_ok(trace_open(folder, error, sizeof error) == NULL &&
               strstr(error, "not a session") != NULL,
           "a folder that is no session is said");
}

static void
test_newer(void)
{
    char error[256], folder[512];
    struct forge forge;
    forge_simple(&forge);
    forge_header(&forge)->features = 1u << 31;
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
    test_fork();
    test_process();
    test_same_function();
    test_boots();
    test_baseline();
    test_errors();
    test_newer();
    return tap_done();
}
