/* SPDX-License-Identifier: Apache-2.0
 *
 * report/slowest.c: the longest single calls of the functions that were asked
 * for.  As many as are shown are kept, in a heap with the shortest on top.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/shape/glob.h"
#include "launcher/report/view.h"

enum {
    USUAL_ROWS = 20,
    MOST_ROWS = 1000000
};

struct call {
    const struct function *function;
    const struct track *track;
    uint64_t start_ns, duration_ns;
    bool unfinished;
};

struct slowest {
    struct sink *sink;
    const struct trace *trace;
    const struct track *track;
    signed char *fits; /* by function: -1 not known yet */
    struct call *heap;
    size_t count, room;
};

/* == THE HEAP ============================================================== */

/* Of equally long ones the earlier one counts as longer. */
static bool
is_shorter(const struct call *a, const struct call *b)
{
    if (a->duration_ns != b->duration_ns)
        return a->duration_ns < b->duration_ns;
    if (a->start_ns != b->start_ns)
        return a->start_ns > b->start_ns;
    return a->track->number > b->track->number;
}

static void
sift_down(struct call *heap, size_t count, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_shorter(&heap[child + 1], &heap[child]))
            child++;
        if (!is_shorter(&heap[child], &heap[at]))
            return;
        struct call swapped = heap[at];
        heap[at] = heap[child];
        heap[child] = swapped;
    }
}

static void
sift_up(struct call *heap, size_t at)
{
    while (at > 0 && is_shorter(&heap[at], &heap[(at - 1) / 2])) {
        struct call swapped = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swapped;
        at = (at - 1) / 2;
    }
}

static bool
fits(struct slowest *slowest, const struct function *function)
{
    signed char *known = &slowest->fits[function->number];
    if (*known < 0)
        *known = function->kind != FUNCTION_TRACER &&
                 glob_fits(report_wish.slowest, function);
    return *known != 0;
}

static int
close_span(void *state, const struct span *span)
{
    struct slowest *slowest = state;
    struct call call = {span->function, slowest->track, span->start_ns,
                        span->end_ns - span->start_ns,
                        span->closed == CLOSE_UNFINISHED};
    bool full = slowest->count == slowest->room;
    if ((full && !is_shorter(&slowest->heap[0], &call)) ||
        !fits(slowest, span->function))
        return 0;
    if (full) {
        slowest->heap[0] = call;
        sift_down(slowest->heap, slowest->count, 0);
    } else {
        slowest->heap[slowest->count] = call;
        sift_up(slowest->heap, slowest->count++);
    }
    return 0;
}

/* == WRITING =============================================================== */

static int
compare(const void *a, const void *b)
{
    return is_shorter(a, b) ? 1 : is_shorter(b, a) ? -1 : 0;
}

static void
put_text(struct slowest *slowest)
{
    struct printer printer;
    printer_begin(&printer, slowest->sink);
    report_title(&printer, slowest->trace, "slowest calls");
    printer_bold(&printer);
    printer_head(&printer, "duration", 11);
    printer_head(&printer, "starts at", 13);
    printer_text(&printer, "  function, thread");
    printer_plain(&printer);
    printer_end_line(&printer);
    for (size_t i = 0; i < slowest->count; i++) {
        const struct call *call = &slowest->heap[i];
        printer_duration(&printer, call->duration_ns, 11);
        printer_duration(&printer, call->start_ns, 13);
        printer_indent(&printer, 2);
        printer_text(&printer, call->function->name);
        printer_text(&printer, call->unfinished ? " (unfinished), " : ", ");
        printer_name(&printer, call->track->name);
    }
    report_close(&printer, slowest->trace);
}

static void
put_json(struct slowest *slowest)
{
    struct sink *sink = slowest->sink;
    sink_puts(sink, "{\"slowest\":[");
    for (size_t i = 0; i < slowest->count; i++) {
        const struct call *call = &slowest->heap[i];
        sink_puts(sink, i ? ",\n{" : "\n{");
        escape_member(sink, "name", call->function->name);
        escape_count(sink, "duration_ns", call->duration_ns);
        escape_count(sink, "start_ns", call->start_ns);
        escape_count(sink, "pid", call->track->process->pid);
        escape_count(sink, "tid", call->track->tid);
        sink_puts(sink, ",");
        escape_member(sink, "thread", call->track->name);
        sink_puts(sink, call->unfinished ? ",\"unfinished\":true}"
                                         : ",\"unfinished\":false}");
    }
    sink_puts(sink, "]}\n");
}

/* == BEING A FORMAT ======================================================== */

static void
discard(struct slowest *slowest)
{
    free(slowest->fits);
    free(slowest->heap);
    free(slowest);
}

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    (void)options;
    struct slowest *slowest = calloc(1, sizeof *slowest);
    if (!slowest)
        return NULL;
    slowest->sink = sink;
    slowest->trace = trace;
    slowest->room = USUAL_ROWS;
    if (report_wish.limited)
        slowest->room = report_wish.limit && report_wish.limit < MOST_ROWS
                            ? report_wish.limit
                            : MOST_ROWS;
    slowest->heap = malloc(slowest->room * sizeof *slowest->heap);
    slowest->fits = malloc((size_t)trace->function_count + 1);
    if (!slowest->heap || !slowest->fits) {
        discard(slowest);
        errno = ENOMEM;
        return NULL;
    }
    memset(slowest->fits, -1, (size_t)trace->function_count + 1);
    return slowest;
}

static int
track_begin(void *state, const struct track *track)
{
    ((struct slowest *)state)->track = track;
    return 0;
}

static int
end(void *state, int failed)
{
    struct slowest *slowest = state;
    qsort(slowest->heap, slowest->count, sizeof *slowest->heap, compare);
    if (!failed && report_wish.json)
        put_json(slowest);
    else if (!failed)
        put_text(slowest);
    discard(slowest);
    return 0;
}

const struct format report_slowest = {
    .name = "slowest",
    .suffix = "",
    .summary = "the longest calls",
    .begin = begin,
    .track_begin = track_begin,
    .close = close_span,
    .end = end,
};
