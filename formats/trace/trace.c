/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.c: what is the same wherever a trace comes from.
 */
#include "formats/trace/trace.h"

void
trace_close(struct trace *trace)
{
    trace->backing->close(trace);
}

int
track_read(struct trace *trace, struct track *track,
           const struct track_visitor *visitor, void *context)
{
    return trace->backing->read(trace, track, visitor, context);
}

uint32_t
trace_greenlets(const struct trace *trace)
{
    uint32_t greenlets = 0;
    for (uint32_t i = 0; i < trace->track_count; i++)
        greenlets += trace->tracks[i]->greenlet;
    return greenlets;
}

const char *
trace_filter(const struct trace *trace)
{
    for (uint32_t i = 0; i < trace->process_count; i++)
        if (*trace->processes[i]->filter != '\0')
            return trace->processes[i]->filter;
    return "";
}

bool
trace_has_cpu(const struct trace *trace)
{
    for (uint32_t i = 0; i < trace->track_count; i++)
        if (trace->tracks[i]->has_cpu)
            return true;
    return false;
}

uint64_t
trace_startup(const struct trace *trace)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < trace->process_count; i++)
        if (trace->processes[i]->startup_ns > most)
            most = trace->processes[i]->startup_ns;
    return most;
}

bool
trace_is_what_ran(const struct trace *trace, const char *file,
                  const struct file_status *now)
{
    uint64_t end_ns = trace->realtime_ns + trace->duration_ns;
    int64_t modified_ns = now->modified_s * 1000000000 + now->modified_ns;
    int known = trace->backing->is_what_ran != NULL
                    ? trace->backing->is_what_ran(trace, file, now)
                    : -1;
    return known < 0 ? modified_ns <= (int64_t)end_ns : known;
}
