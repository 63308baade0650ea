/* SPDX-License-Identifier: Apache-2.0
 *
 * output.c: fuzzes `codesnap report` and `info` on files with libFuzzer: the input is
 * a page or JSON of ours, but for its last byte, which chooses the view.  Whatever
 * is in it, it is read or refused with one line that says why.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/format.h"
#include "launcher/replay/open.h"
#include "launcher/report/info.c" /* its view is its own */
#include "tests/fuzz/input.h"

static const struct format *const views[] = {
    &report_functions, &report_tree,      &report_slowest,
    &report_threads,   &report_processes, &info_view,
};

enum {
    VIEWS = sizeof views / sizeof *views
};

static const char *path;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    path = input_begin("output");
    return 0;
}

static void
show(struct trace *trace, unsigned choice)
{
    static const char *const orders[] = {"self", "calls", "max", "name"};
    char error[512] = "";
    const struct format_options options = {0};
    report_wish = (struct report_wish){
        .sort = orders[choice / VIEWS % 4],
        .slowest = "*",
        .limit = 20,
        .json = choice / VIEWS / 4 % 2,
        .session = path,
    };
    if (format_convert(trace, views[choice % VIEWS], "/dev/null", &options,
                       error, sizeof error) != 0 &&
        error[0] == '\0')
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[512] = "";
    if (size == 0)
        return 0;
    input_store(data, size - 1);
    struct trace *trace = replay_open(path, error, sizeof error);
    if (!input_is_open(trace, error))
        return 0;
    show(trace, data[size - 1]);
    trace_close(trace);
    return 0;
}
