/* SPDX-License-Identifier: Apache-2.0
 *
 * speedscope.c: speedscope's evented profiles, one for each track.  Streams:
 * the frames come last, since a JSON object has no order.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/shape/writer.h"

struct speedscope {
    struct sink *sink;
    const struct trace *trace;
    uint64_t last_ns;
    bool any_profile, any_event;
};

static void
put_event(struct speedscope *speedscope, const char *type, uint32_t frame,
          uint64_t ns)
{
    struct sink *sink = speedscope->sink;
    sink_puts(sink, speedscope->any_event ? ",\n" : "\n");
    sink_puts(sink, type);
    sink_decimal(sink, frame);
    sink_puts(sink, ",\"at\":");
    sink_decimal(sink, ns);
    sink_write(sink, "}", 1);
    speedscope->any_event = true;
    speedscope->last_ns = ns;
}

static int
speedscope_open(void *state, const struct span *span)
{
    put_event(state, "{\"type\":\"O\",\"frame\":", span->function->number,
              span->start_ns);
    return 0;
}

static int
speedscope_close(void *state, const struct span *span)
{
    put_event(state, "{\"type\":\"C\",\"frame\":", span->function->number,
              span->end_ns);
    return 0;
}

/* The frame behind those of all functions. */
static int
speedscope_gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct speedscope *speedscope = state;
    uint32_t frame = speedscope->trace->function_count;
    if (start_ns < speedscope->last_ns)
        start_ns = speedscope->last_ns;
    if (end_ns < start_ns)
        end_ns = start_ns;
    put_event(state, "{\"type\":\"O\",\"frame\":", frame, start_ns);
    put_event(state, "{\"type\":\"C\",\"frame\":", frame, end_ns);
    return 0;
}

/* 0, or -1 without memory. */
static int
put_name(struct sink *sink, const struct track *track)
{
    char *process = track->process->name;
    size_t bytes = strlen(process) + strlen(track->name) + 4;
    char *name = malloc(bytes);
    if (name == NULL)
        return -1;
    strcpy(name, process);
    strcat(name, ", ");
    strcat(name, track->name);
    escape_member(sink, "name", name);
    free(name);
    return 0;
}

static int
speedscope_track_begin(void *state, const struct track *track)
{
    struct speedscope *speedscope = state;
    struct sink *sink = speedscope->sink;
    sink_puts(sink, speedscope->any_profile ? ",\n" : "\n");
    sink_puts(sink, "{\"type\":\"evented\",");
    if (put_name(sink, track) != 0)
        return -1;
    sink_puts(sink, ",\"unit\":\"nanoseconds\",\"startValue\":0,\"events\":[");
    speedscope->any_profile = true;
    speedscope->any_event = false;
    speedscope->last_ns = track->start_ns;
    return 0;
}

static int
speedscope_track_end(void *state, const struct track *track)
{
    struct speedscope *speedscope = state;
    uint64_t end_ns = track->end_ns;
    if (end_ns < speedscope->last_ns)
        end_ns = speedscope->last_ns;
    sink_puts(speedscope->sink, "],\"endValue\":");
    sink_decimal(speedscope->sink, end_ns);
    sink_puts(speedscope->sink, "}");
    return 0;
}

static void *
speedscope_begin(struct sink *sink, const struct trace *trace,
                 const struct format_options *options)
{
    (void)options;
    struct speedscope *speedscope = calloc(1, sizeof *speedscope);
    if (speedscope == NULL)
        return NULL;
    speedscope->sink = sink;
    speedscope->trace = trace;
    sink_puts(sink, "{\"$schema\":\"https://www.speedscope.app/"
                    "file-format-schema.json\",\"exporter\":\"codesnap\",");
    escape_member(sink, "name", trace->command);
    sink_puts(sink, ",\n\"profiles\":[");
    return speedscope;
}

static void
put_frame(struct sink *sink, const struct function *function)
{
    sink_puts(sink, "{");
    escape_member(sink, "name", function->name);
    if (function->file[0] != '\0') {
        sink_puts(sink, ",");
        escape_member(sink, "file", function->file);
        sink_puts(sink, ",\"line\":");
        sink_decimal(sink, function->line);
    }
    sink_puts(sink, "},\n");
}

static int
speedscope_end(void *state, int failed)
{
    struct speedscope *speedscope = state;
    struct sink *sink = speedscope->sink;
    const struct trace *trace = speedscope->trace;
    if (!failed) {
        sink_puts(sink, "],\n\"shared\":{\"frames\":[\n");
        for (uint32_t i = 0; i < trace->function_count; i++)
            put_frame(sink, trace->functions[i]);
        sink_puts(sink, "{\"name\":\"(gap)\"}]}}\n");
    }
    free(speedscope);
    return 0;
}

const struct format format_speedscope = {
    .name = "speedscope",
    .suffix = ".speedscope.json",
    .summary = "for speedscope.app, one profile a thread",
    .begin = speedscope_begin,
    .track_begin = speedscope_track_begin,
    .open = speedscope_open,
    .close = speedscope_close,
    .gap = speedscope_gap,
    .track_end = speedscope_track_end,
    .end = speedscope_end,
};
