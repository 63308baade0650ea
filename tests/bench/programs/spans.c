/* SPDX-License-Identifier: Apache-2.0
 *
 * spans.c: what a page of a large recording must hold, counted in the session
 * itself: the calls of at least a threshold, each, and the sums of all by
 * function, without the tracer's own work.
 *
 *     spans SESSION NANOSECONDS      prints one JSON object
 *
 * A track is [calls, their ns, a checksum of starts, functions and depths]; a
 * function [number, calls, steps, self ns, whole ns, longest ns].  Also the pid
 * of the first track, and when its first call started.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/reader/reader.h"

struct told {
    uint64_t count, total_ns, check;
};

struct sum {
    uint64_t calls, steps, self_ns, whole_ns, longest_ns;
};

struct frame {
    uint64_t inside_ns, work_ns; /* below it: of calls, of the tracer */
};

static struct {
    uint64_t threshold_ns;
    struct told told; /* of the track that is read */
    struct sum *sums;
    struct frame *frames; /* [0] is none */
    size_t depth, room;
    uint64_t first_ns;
} state = {.first_ns = UINT64_MAX};

static void *
needed(void *memory)
{
    if (memory == NULL) {
        perror("spans");
        exit(1);
    }
    return memory;
}

static int
open_span(void *context, const struct span *span)
{
    (void)context;
    if (state.first_ns == UINT64_MAX && span->function->kind != FUNCTION_TRACER)
        state.first_ns = span->start_ns;
    if (++state.depth >= state.room) {
        state.room = 2 * state.depth;
        state.frames =
            needed(realloc(state.frames, state.room * sizeof *state.frames));
    }
    state.frames[state.depth] = (struct frame){0, 0};
    return 0;
}

/* page.mjs makes the same of the calls in a page. */
static void
tell(const struct span *span)
{
    state.told.count++;
    state.told.total_ns += span->end_ns - span->start_ns;
    state.told.check +=
        span->start_ns % 65521 * (1 + span->function->number % 251) +
        span->depth;
}

static void
add(const struct span *span, uint64_t self_ns, uint64_t whole_ns)
{
    struct sum *sum = &state.sums[span->function->number];

    bool call =
        span->opened == OPEN_CALL && span->function->kind != FUNCTION_TRACER;

    sum->calls += call;
    sum->steps += !call;
    sum->self_ns += self_ns;
    sum->whole_ns += whole_ns;
    if (whole_ns > sum->longest_ns)
        sum->longest_ns = whole_ns;
}

static int
close_span(void *context, const struct span *span)
{
    struct frame *frame = &state.frames[state.depth--], *outer = frame - 1;
    uint64_t duration_ns = span->end_ns - span->start_ns;
    uint64_t work_ns = frame->work_ns;

    (void)context;
    if (span->function->kind == FUNCTION_TRACER) {
        add(span, duration_ns, duration_ns);
        work_ns = duration_ns;
    } else {
        add(span, duration_ns - frame->inside_ns, duration_ns - work_ns);
    }
    outer->inside_ns += duration_ns;
    outer->work_ns += work_ns;
    if (duration_ns >= state.threshold_ns)
        tell(span);
    return 0;
}

static void
read_tracks(struct trace *trace)
{
    static const struct track_visitor visitor = {.open = open_span,
                                                 .close = close_span};

    printf("\"tracks\": [");
    for (uint32_t i = 0; i < trace->track_count; i++) {
        memset(&state.told, 0, sizeof state.told);
        if (track_read(trace, trace->tracks[i], &visitor, NULL) != 0) {
            perror("spans");
            exit(1);
        }
        printf("%s[%llu, %llu, %llu]", i ? ", " : "",
               (unsigned long long)state.told.count,
               (unsigned long long)state.told.total_ns,
               (unsigned long long)state.told.check);
    }
    printf("]");
}

static void
print_functions(const struct trace *trace)
{
    const char *comma = "";

    printf(", \"functions\": [");
    for (uint32_t i = 0; i < trace->function_count; i++) {
        const struct sum *sum = &state.sums[i];

        if (sum->calls + sum->steps == 0)
            continue;
        printf("%s[%u, %llu, %llu, %llu, %llu, %llu]", comma, i,
               (unsigned long long)sum->calls, (unsigned long long)sum->steps,
               (unsigned long long)sum->self_ns,
               (unsigned long long)sum->whole_ns,
               (unsigned long long)sum->longest_ns);
        comma = ", ";
    }
    printf("]");
}

int
main(int argc, char **argv)
{
    char error[512] = "usage: spans SESSION NANOSECONDS";
    struct trace *trace =
        argc == 3 ? trace_open(argv[1], error, sizeof error) : NULL;

    if (trace == NULL) {
        fprintf(stderr, "spans: %s\n", error);
        return 1;
    }
    state.threshold_ns = strtoull(argv[2], NULL, 10);
    state.sums = needed(calloc(trace->function_count + 1u, sizeof *state.sums));
    state.room = 64;
    state.frames = needed(calloc(state.room, sizeof *state.frames));
    printf("{");
    read_tracks(trace);
    printf(", \"first\": [%u, %llu]",
           trace->track_count ? trace->tracks[0]->process->pid : 0,
           (unsigned long long)state.first_ns);
    print_functions(trace);
    puts("}");
    trace_close(trace);
    free(state.sums);
    free(state.frames);
    return 0;
}
