/* SPDX-License-Identifier: Apache-2.0
 *
 * loaded.c: tests that a file is told to be what ran only if nothing that was
 * said of it speaks against it.
 */
#include "formats/trace/trace.h"

#include "tests/unit/forge.h"
#include "tests/unit/tap.h"

#define FILE_NAME "/src/f.py"
#define SECOND    1000000000ull

static void
tell(struct forge *forge, const char *file, bool known, uint64_t size,
     uint64_t modified_ns)
{
    struct spool_meta_source entry = {.known = known,
                                      .size_bytes = size,
                                      .modified_ns =
                                          (int64_t)(FORGE_REAL + modified_ns)};
    forge_text_entry(forge, &entry, sizeof entry, SPOOL_META_SOURCE, 1, &file);
}

/* One process that started at time 0; its names are still open. */
static void
begin(struct forge *forge)
{
    forge_begin(forge);
    forge_open_process(forge, (struct forge_process){.pid = 100});
    forge_functions(forge, 1, 1);
}

static void
go_on_in_child(struct forge *forge)
{
    forge_open_process(forge, (struct forge_process){.pid = 101,
                                                     .parent_pid = 100,
                                                     .start_ns = 5 * SECOND,
                                                     .first_id = 2});
}

static bool
is_still(struct trace *trace, uint64_t size, uint64_t modified_ns)
{
    struct file_status now = {
        .size_bytes = size,
        .modified_s = (int64_t)((FORGE_REAL + modified_ns) / SECOND),
        .modified_ns = (uint32_t)((FORGE_REAL + modified_ns) % SECOND)};
    return trace_is_what_ran(trace, FILE_NAME, &now);
}

static void
test_known(void)
{
    struct forge forge;
    begin(&forge);
    tell(&forge, "/src/e.py", true, 1, 1);
    tell(&forge, FILE_NAME, true, 10, 7);
    tell(&forge, "/src/g.py", true, 1, 1);
    struct trace *trace = forge_open(&forge);
    tap_ok(is_still(trace, 10, 7), "a file with its size and time is the same");
    tap_ok(!is_still(trace, 11, 7), "with another size it is not");
    tap_ok(!is_still(trace, 10, 8), "nor with a later time");
    tap_ok(!is_still(trace, 10, 6), "nor with an earlier one");
    trace_close(trace);
}

static void
test_differing(void)
{
    struct forge forge;
    begin(&forge);
    tell(&forge, FILE_NAME, true, 10, 7);
    go_on_in_child(&forge);
    tell(&forge, FILE_NAME, true, 10, 8);
    struct trace *trace = forge_open(&forge);
    tap_ok(!is_still(trace, 10, 7) && !is_still(trace, 10, 8),
           "a file that was two things is neither");
    trace_close(trace);
}

static void
test_unseen(void)
{
    struct forge forge;
    begin(&forge);
    go_on_in_child(&forge);
    tell(&forge, FILE_NAME, false, 0, 0);
    struct trace *trace = forge_open(&forge);
    tap_ok(is_still(trace, 10, 0), "what was loaded unseen is as it was before "
                                   "the process began");
    tap_ok(!is_still(trace, 10, 1), "also where it is a fork of that");
    trace_close(trace);
}

static void
test_untold(void)
{
    struct forge forge;
    forge_simple(&forge);
    forge_record(&forge, SPOOL_ENTER_PYTHON, 1, 100);
    forge_record(&forge, SPOOL_EXIT, 1, 2 * SECOND);
    struct trace *trace = forge_open(&forge);
    tap_ok(is_still(trace, 10, SECOND), "without a word of it, a file that was "
                                        "not changed after the recording");
    tap_ok(!is_still(trace, 10, 3 * SECOND), "and not one that was");
    trace_close(trace);
}

int
main(void)
{
    test_known();
    test_differing();
    test_unseen();
    test_untold();
    return tap_done();
}
