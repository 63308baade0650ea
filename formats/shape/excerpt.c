/* SPDX-License-Identifier: Apache-2.0
 *
 * excerpt.c: the calls that are open, outermost first.  What was open when the
 * window starts is told then, in the order in which it opened; what opens
 * behind the window is passed over.
 */
#include "formats/shape/excerpt.h"

#include <stdlib.h>

struct excerpt {
    uint64_t from_ns, to_ns;
    const struct track_visitor *visitor;
    void *context;
    struct span *open;
    size_t depth, room;
    size_t told;   /* the outermost so many were told */
    size_t behind; /* how many opened behind the window and are still open */
};

struct excerpt *
excerpt_new(uint64_t from_ns, uint64_t to_ns)
{
    struct excerpt *excerpt = calloc(1, sizeof *excerpt);

    if (!excerpt)
        return NULL;
    excerpt->from_ns = from_ns;
    excerpt->to_ns = to_ns;
    return excerpt;
}

void
excerpt_free(struct excerpt *excerpt)
{
    free(excerpt->open);
    free(excerpt);
}

/* Of a call that ends, or an event, at now_ns: it reaches into the window. */
static int
tell(struct excerpt *excerpt, uint64_t now_ns)
{
    const struct track_visitor *visitor = excerpt->visitor;

    if (now_ns < excerpt->from_ns)
        return 0;
    for (; excerpt->told < excerpt->depth; excerpt->told++) {
        int result =
            visitor->open
                ? visitor->open(excerpt->context, &excerpt->open[excerpt->told])
                : 0;
        if (result)
            return result;
    }
    return 0;
}

static int
push(struct excerpt *excerpt, const struct span *span)
{
    size_t room = excerpt->room ? 2 * excerpt->room : 64;

    if (excerpt->depth == excerpt->room) {
        struct span *open =
            realloc(excerpt->open, room * sizeof *excerpt->open);
        if (!open)
            return -1;
        excerpt->open = open;
        excerpt->room = room;
    }
    excerpt->open[excerpt->depth++] = *span;
    return 0;
}

static int
open_span(void *context, const struct span *span)
{
    struct excerpt *excerpt = context;
    int result = tell(excerpt, span->start_ns);

    if (result)
        return result;
    if (excerpt->behind || span->start_ns >= excerpt->to_ns) {
        excerpt->behind++;
        return 0;
    }
    if (push(excerpt, span))
        return -1;
    return tell(excerpt, span->start_ns);
}

static int
close_span(void *context, const struct span *span)
{
    struct excerpt *excerpt = context;
    int result;

    if (excerpt->behind) {
        excerpt->behind--;
        return 0;
    }
    result = tell(excerpt, span->end_ns);
    if (result || !excerpt->depth)
        return result;
    if (excerpt->told < excerpt->depth--)
        return 0;
    excerpt->told = excerpt->depth;
    return excerpt->visitor->close
               ? excerpt->visitor->close(excerpt->context, span)
               : 0;
}

static int
gap(void *context, uint64_t start_ns, uint64_t end_ns)
{
    struct excerpt *excerpt = context;
    int result;

    if (end_ns <= excerpt->from_ns || start_ns >= excerpt->to_ns)
        return 0;
    result = tell(excerpt, end_ns);
    if (result || !excerpt->visitor->gap)
        return result;
    return excerpt->visitor->gap(excerpt->context, start_ns, end_ns);
}

/* Points in time are in the window or not. */
static int
instant(void *context, const struct instant *instant)
{
    struct excerpt *excerpt = context;
    int result;

    if (instant->ns < excerpt->from_ns || instant->ns >= excerpt->to_ns)
        return 0;
    result = tell(excerpt, instant->ns);
    if (result || !excerpt->visitor->instant)
        return result;
    return excerpt->visitor->instant(excerpt->context, instant);
}

static int
sample(void *context, const struct sample *sample)
{
    struct excerpt *excerpt = context;
    int result;

    if (sample->ns < excerpt->from_ns || sample->ns >= excerpt->to_ns)
        return 0;
    result = tell(excerpt, sample->ns);
    if (result || !excerpt->visitor->sample)
        return result;
    return excerpt->visitor->sample(excerpt->context, sample);
}

/* Whole, as calls are. */
static int
wait(void *context, const struct wait *wait)
{
    struct excerpt *excerpt = context;
    int result;

    if (wait->end_ns <= excerpt->from_ns || wait->start_ns >= excerpt->to_ns)
        return 0;
    result = wait->kind == WAIT_UNSEEN ? 0 : tell(excerpt, wait->end_ns);
    if (result || !excerpt->visitor->wait)
        return result;
    return excerpt->visitor->wait(excerpt->context, wait);
}

static int
task(void *context, const struct task *task)
{
    struct excerpt *excerpt = context;

    return excerpt->visitor->task
               ? excerpt->visitor->task(excerpt->context, task)
               : 0;
}

/* As calls: whole, where it runs at some time in the window. */
static int
task_step(void *context, const struct task_step *step)
{
    struct excerpt *excerpt = context;

    if (step->end_ns <= excerpt->from_ns || step->start_ns >= excerpt->to_ns ||
        !excerpt->visitor->task_step)
        return 0;
    return excerpt->visitor->task_step(excerpt->context, step);
}

int
excerpt_read(struct excerpt *excerpt, struct trace *trace, struct track *track,
             const struct track_visitor *visitor, void *context)
{
    const struct track_visitor through = {
        .open = open_span,
        .close = close_span,
        .gap = gap,
        .instant = instant,
        .sample = sample,
        .wait = wait,
        .task = task,
        .task_step = task_step,
        .progress = visitor->progress,
        .progress_context = visitor->progress_context,
    };

    excerpt->visitor = visitor;
    excerpt->context = context;
    excerpt->depth = excerpt->told = excerpt->behind = 0;
    return track_read(trace, track, &through, excerpt);
}
