/* SPDX-License-Identifier: Apache-2.0
 *
 * session.c: fuzzes the reader and the writers with libFuzzer: the input is a
 * spool, but for its last byte, which chooses the format.  The sum of calls
 * must not depend on the format, and two readings give the same.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/format.h"
#include "formats/reader/reader.h"
#include "tests/fuzz/input.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    input_begin("1-0.spool");
    return 0;
}

/* What track_read promises. */
struct check {
    uint64_t last_ns;
    uint64_t depth;
    uint64_t spans;
    int ending; /* unfinished spans are being closed */
};

static int
check_open(void *context, const struct span *span)
{
    struct check *check = context;
    if (check->ending || span->start_ns < check->last_ns ||
        span->depth != check->depth++)
        abort();
    check->last_ns = span->start_ns + 1;
    return 0;
}

static int
check_close(void *context, const struct span *span)
{
    struct check *check = context;
    if (check->depth == 0 || span->depth != --check->depth ||
        span->end_ns < span->start_ns)
        abort();
    if (span->closed == CLOSE_UNFINISHED)
        check->ending = 1;
    else if (check->ending || span->end_ns < check->last_ns)
        abort();
    else
        check->last_ns = span->end_ns + 1;
    check->spans++;
    return 0;
}

static int
check_instant(void *context, const struct instant *instant)
{
    struct check *check = context;
    if (check->ending || instant->ns < check->last_ns ||
        (instant->name->kind != FUNCTION_INSTANT &&
         instant->name->kind != FUNCTION_EXCEPTION) ||
        strlen(instant->text) != instant->text_bytes ||
        (instant->text_bytes > 0 && instant->text[0] != '{'))
        abort();
    check->last_ns = instant->ns + 1;
    return 0;
}

static int
check_sample(void *context, const struct sample *sample)
{
    struct check *check = context;
    if (check->ending || sample->ns + 1 < check->last_ns ||
        sample->series->kind != FUNCTION_COUNTER ||
        sample->value - sample->value != 0)
        abort();
    check->last_ns = sample->ns + 1;
    return 0;
}

static uint64_t
read_all(struct trace *trace)
{
    const struct track_visitor visitor = {.open = check_open,
                                          .close = check_close,
                                          .instant = check_instant,
                                          .sample = check_sample};
    uint64_t spans = 0;
    for (uint32_t i = 0; i < trace->track_count; i++) {
        struct check check = {0};
        if (track_read(trace, trace->tracks[i], &visitor, &check) != 0)
            continue;
        if (check.depth != 0)
            abort();
        spans += check.spans;
    }
    return spans;
}

static void
write_out(struct trace *trace, unsigned choice)
{
    char error[512];
    size_t count = 0;
    while (format_at(count))
        count++;
    struct format_options options = {0};
    if (format_convert(trace, format_at(choice % count), "/dev/null", &options,
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
    struct trace *trace = trace_open(input_folder, error, sizeof error);
    if (!input_is_open(trace, error))
        return 0;
    uint64_t spans = read_all(trace);
    if (read_all(trace) != spans)
        abort();
    write_out(trace, data[size - 1]);
    trace_close(trace);
    return 0;
}
