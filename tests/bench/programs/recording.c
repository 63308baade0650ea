/* SPDX-License-Identifier: Apache-2.0
 *
 * recording.c: what the benchmark must know of a session and no output says in
 * one line: how much was recorded, what the tracer says of its own cost, and
 * the tracer's own work (BUSY records), the longest pieces with their times.
 *
 *     recording SESSION        prints one JSON object
 */
#include <stdio.h>
#include <string.h>

#include "formats/reader/reader.h"

#define LONGEST 1000

struct busy {
    uint64_t start_ns, duration_ns;
};

static struct {
    uint64_t spans;
    uint64_t count, total_ns;
    struct busy longest[LONGEST]; /* descending */
} found;

static void
keep_busy(struct busy busy)
{
    found.count++;
    found.total_ns += busy.duration_ns;
    for (int i = 0; i < LONGEST; i++) {
        if (busy.duration_ns <= found.longest[i].duration_ns)
            continue;
        struct busy other = found.longest[i];
        found.longest[i] = busy;
        busy = other;
    }
}

static int
close_span(void *context, const struct span *span)
{
    (void)context;
    found.spans++;
    if (span->function->kind == FUNCTION_TRACER)
        keep_busy((struct busy){span->start_ns, span->end_ns - span->start_ns});
    return 0;
}

static void
print_processes(const struct trace *trace)
{
    printf(", \"processes\": [");
    for (uint32_t i = 0; i < trace->process_count; i++)
        printf("%s{\"python_call_ps\": %llu, \"c_call_ps\": %llu}",
               i ? ", " : "",
               (unsigned long long)trace->processes[i]->python_call_ps,
               (unsigned long long)trace->processes[i]->c_call_ps);
    printf("]");
}

static void
print_busy(void)
{
    printf(", \"busy\": {\"count\": %llu, \"total_ns\": %llu, \"longest\": [",
           (unsigned long long)found.count, (unsigned long long)found.total_ns);
    for (int i = 0; i < LONGEST && found.longest[i].duration_ns; i++)
        printf("%s[%llu, %llu]", i ? ", " : "",
               (unsigned long long)found.longest[i].start_ns,
               (unsigned long long)found.longest[i].duration_ns);
    printf("]}");
}

int
main(int argc, char **argv)
{
    static const struct track_visitor visitor = {.close = close_span};
    char error[512] = "usage: recording SESSION";
    struct trace *trace =
        argc == 2 ? trace_open(argv[1], error, sizeof error) : NULL;
    if (!trace) {
        fprintf(stderr, "recording: %s\n", error);
        return 1;
    }
    for (uint32_t i = 0; i < trace->track_count; i++)
        if (track_read(trace, trace->tracks[i], &visitor, NULL) != 0)
            return 1;
    printf("{\"calls\": %llu, \"lost\": %llu, \"anomalies\": %llu, "
           "\"spool_bytes\": %llu, \"realtime_ns\": %llu",
           (unsigned long long)trace->calls, (unsigned long long)trace->lost,
           (unsigned long long)trace->anomalies,
           (unsigned long long)trace->spool_bytes,
           (unsigned long long)trace->realtime_ns);
    print_processes(trace);
    print_busy();
    puts("}");
    trace_close(trace);
    return 0;
}
