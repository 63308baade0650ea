/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.c: reads the session as any reader would, while it is being written.
 */
#include "agent/session/snapshot.h"

#include <stdio.h>
#include <unistd.h>

#include "formats/format.h"
#include "formats/reader/reader.h"

static bool
is_own(const struct process *image)
{
    while (image && image->pid != (uint32_t)getpid())
        image = image->forked_from;
    return image != NULL;
}

static bool
takes_own(const struct format_filter *filter, const struct track *track)
{
    (void)filter;
    return is_own(track->process);
}

static void *
begin_through(const struct format_filter *filter, const struct trace *trace,
              struct track_visitor *visitor, void *context)
{
    (void)filter, (void)trace, (void)visitor;
    return context;
}

static void
end_through(void *context)
{
    (void)context;
}

static const struct format_filter own_filter = {takes_own, begin_through,
                                                end_through};

/* CLOCK_MONOTONIC of this boot in the trace's time. */
static uint64_t
trace_time(struct trace *trace, uint64_t monotonic_ns)
{
    for (uint32_t i = 0; i < trace->process_count; i++)
        if (is_own(trace->processes[i]))
            return reader_ns(trace, trace->processes[i], monotonic_ns);
    return 0;
}

static int
write_trace(struct trace *trace, const struct format *format,
            const struct snapshot *snapshot, char *error, size_t error_bytes)
{
    struct format_options options = {0};
    if (snapshot->own)
        options.filter = &own_filter;
    if (snapshot->to_ns) {
        options.from_ns = trace_time(trace, snapshot->from_ns);
        options.to_ns = trace_time(trace, snapshot->to_ns) + 1;
    }
    return format_convert(trace, format, snapshot->path, &options, error,
                          error_bytes);
}

int
snapshot_locate(const struct snapshot *snapshot, uint64_t *from_ns,
                uint64_t *to_ns, char *error, size_t error_bytes)
{
    struct trace *trace = trace_open(snapshot->folder, error, error_bytes);
    if (!trace)
        return -1;
    *from_ns = trace_time(trace, snapshot->from_ns);
    *to_ns = trace_time(trace, snapshot->to_ns) + 1;
    trace_close(trace);
    return 0;
}

int
snapshot_write(const struct snapshot *snapshot, char *error, size_t error_bytes)
{
    const struct format *format = snapshot->format
                                      ? format_by_name(snapshot->format)
                                      : format_for_path(snapshot->path);
    if (!format) {
        snprintf(error, error_bytes, "%s: no format that the agent writes",
                 snapshot->path);
        return -1;
    }
    struct trace *trace = trace_open(snapshot->folder, error, error_bytes);
    if (!trace)
        return -1;
    int result = write_trace(trace, format, snapshot, error, error_bytes);
    trace_close(trace);
    return result;
}
