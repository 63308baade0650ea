/* SPDX-License-Identifier: Apache-2.0
 *
 * filter.c: see filter.h.  A call is told to the writer when it is known to be
 * long enough, which is never after a call inside it is: that one is shorter
 * and started later.  Instants and samples wait until then, too.
 */
#include "formats/shape/filter.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/shape/delay.h"
#include "formats/shape/own.h"

enum frame_state {
    FRAME_DROPPED,
    FRAME_WAITING, /* for its time */
    FRAME_TOLD
};

struct frame {
    const struct function *function;
    uint64_t start_ns;
    enum open_how opened;
    enum frame_state state;
    uint32_t kept; /* how many of the frames up to this one are not dropped */
    bool inside;   /* of a call of the function that was asked for */
    bool foreign;  /* with --own: not the user's own */
};

struct filtering {
    const struct filter *filter;
    struct track_visitor visitor; /* the writer */
    void *context;
    struct frame *frames;
    uint32_t depth, room;
    uint32_t told;     /* all frames below this one are told or dropped */
    signed char *fits; /* by function number: -1 not known yet */
    signed char *own;  /* likewise */
    struct delay delay;
    bool hasty; /* tell what is open, however short it will be */
};

/* == WHAT FITS ============================================================== */

static bool
is_number(const char *text, uint32_t number)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", number);
    return strcmp(text, digits) == 0;
}

bool
filter_takes_process(const struct filter *filter, const struct process *process)
{
    return filter->process == NULL ||
           is_number(filter->process, process->pid) ||
           fnmatch(filter->process, process->name, 0) == 0;
}

bool
filter_takes_thread(const struct filter *filter, const struct track *track)
{
    return filter->thread == NULL || is_number(filter->thread, track->tid) ||
           fnmatch(filter->thread, track->name, 0) == 0;
}

static bool
takes_track(const struct format_filter *base, const struct track *track)
{
    const struct filter *filter = (const struct filter *)base;
    return filter_takes_process(filter, track->process) &&
           filter_takes_thread(filter, track);
}

/* A file by its path or its name, with or without ":LINE" behind it.  Names have
 * a dot: `fib*` is meant for functions, not for fib.py. */
static bool
fits_place(const char *glob, const struct function *function)
{
    char *place = NULL;
    const char *file = function->file;
    const char *name = text_base(file);
    if (*file == '\0')
        return false;
    if (fnmatch(glob, file, 0) == 0)
        return true;
    if (strchr(glob, '.') == NULL)
        return false;
    if (fnmatch(glob, name, 0) == 0)
        return true;
    if (asprintf(&place, "%s:%u", file, function->line) < 0)
        return false;
    bool fits = fnmatch(glob, place, 0) == 0 ||
                fnmatch(glob, place + (name - file), 0) == 0;
    free(place);
    return fits;
}

bool
filter_fits(const char *glob, const struct function *function)
{
    char *path = NULL;
    if (fnmatch(glob, function->name, 0) == 0 ||
        fnmatch(glob, function->qualified_name, 0) == 0 ||
        fits_place(glob, function))
        return true;
    if (asprintf(&path, "%s:%s", function->module, function->qualified_name) <
        0)
        return false;
    bool fits = fnmatch(glob, path, 0) == 0;
    free(path);
    return fits;
}

static bool
fits(struct filtering *filtering, const struct function *function)
{
    signed char *known = &filtering->fits[function->number];
    if (filtering->filter->function == NULL)
        return true;
    if (*known < 0)
        *known = filter_fits(filtering->filter->function, function);
    return *known != 0;
}

static bool
is_foreign(struct filtering *filtering, const struct function *function)
{
    signed char *known = &filtering->own[function->number];
    if (*known < 0)
        *known = own_is(function);
    return *known == 0;
}

/* With --own, foreign code is shown by the calls that lead into it, so that the
 * time has a name, and by what the tracer did there. */
static bool
is_folded(const struct frame *outer, const struct frame *frame)
{
    return frame->foreign && outer != NULL && outer->foreign &&
           frame->function->kind != FUNCTION_TRACER;
}

/* == TELLING THE WRITER ===================================================== */

static int
tell_open(struct filtering *filtering, struct frame *frame)
{
    int result = delay_tell(&filtering->delay, frame->start_ns,
                            &filtering->visitor, filtering->context);
    frame->state = FRAME_TOLD;
    if (result != 0 || filtering->visitor.open == NULL)
        return result;
    const struct span span = {
        .function = frame->function,
        .start_ns = frame->start_ns,
        .depth = frame->kept - 1,
        .opened = frame->opened,
        .closed = CLOSE_UNFINISHED,
    };
    return filtering->visitor.open(filtering->context, &span);
}

/* The time is ns now: tell what has waited long enough. */
static int
advance(struct filtering *filtering, uint64_t ns)
{
    int result = 0;
    while (filtering->told < filtering->depth && result == 0) {
        struct frame *frame = &filtering->frames[filtering->told];
        if (frame->state == FRAME_WAITING &&
            ns - frame->start_ns < filtering->filter->duration_ns &&
            !filtering->hasty && !delay_is_full(&filtering->delay))
            return 0;
        filtering->told++;
        if (frame->state == FRAME_WAITING)
            result = tell_open(filtering, frame);
    }
    return result != 0 ? result
                       : delay_tell(&filtering->delay, ns, &filtering->visitor,
                                    filtering->context);
}

/* == BEING A VISITOR ======================================================== */

static int
make_room(struct filtering *filtering)
{
    if (filtering->depth < filtering->room)
        return 0;
    uint32_t room = filtering->room == 0 ? 256 : filtering->room * 2;
    void *frames = realloc(filtering->frames, room * sizeof *filtering->frames);
    if (frames == NULL)
        return -1;
    filtering->frames = frames;
    filtering->room = room;
    return 0;
}

static int
visit_open(void *context, const struct span *span)
{
    struct filtering *filtering = context;
    int result = advance(filtering, span->start_ns);
    if (result != 0 || make_room(filtering) != 0)
        return result != 0 ? result : -1;
    const struct frame *outer =
        filtering->depth > 0 ? &filtering->frames[filtering->depth - 1] : NULL;
    uint32_t kept = outer != NULL ? outer->kept : 0;
    struct frame frame = {
        .function = span->function,
        .start_ns = span->start_ns,
        .opened = span->opened,
        .inside =
            (outer != NULL && outer->inside) || fits(filtering, span->function),
        .foreign =
            filtering->filter->own && is_foreign(filtering, span->function),
    };
    bool keep = frame.inside && kept < filtering->filter->depth_max &&
                !is_folded(outer, &frame);
    frame.state = keep ? FRAME_WAITING : FRAME_DROPPED;
    frame.kept = kept + keep;
    filtering->frames[filtering->depth++] = frame;
    return advance(filtering, span->start_ns);
}

static int
visit_close(void *context, const struct span *span)
{
    struct filtering *filtering = context;
    struct span shown = *span;
    int result = advance(filtering, span->end_ns);
    if (result != 0)
        return result;
    const struct frame *frame = &filtering->frames[--filtering->depth];
    if (filtering->told > filtering->depth)
        filtering->told = filtering->depth;
    if (filtering->depth == filtering->told &&
        (result = delay_tell(&filtering->delay, span->end_ns,
                             &filtering->visitor, filtering->context)) != 0)
        return result;
    if (frame->state != FRAME_TOLD || filtering->visitor.close == NULL)
        return 0;
    shown.depth = frame->kept - 1;
    return filtering->visitor.close(filtering->context, &shown);
}

/* Nobody knows what happens in a gap, and what is told later than it must not
 * lie before it: so what is open around it counts as long enough. */
static int
visit_gap(void *context, uint64_t start_ns, uint64_t end_ns)
{
    struct filtering *filtering = context;
    filtering->hasty = true;
    int result = advance(filtering, start_ns);
    filtering->hasty = false;
    if (result != 0 || filtering->visitor.gap == NULL ||
        filtering->filter->function != NULL)
        return result;
    return filtering->visitor.gap(filtering->context, start_ns, end_ns);
}

/* What a function was asked for has in it, or what has that name itself. */
static bool
takes_annotation(struct filtering *filtering, const struct function *name)
{
    uint32_t depth = filtering->depth;
    return (depth > 0 && filtering->frames[depth - 1].inside) ||
           fits(filtering, name);
}

static int
visit_instant(void *context, const struct instant *instant)
{
    struct filtering *filtering = context;
    if (!takes_annotation(filtering, instant->name))
        return 0;
    if (delay_instant(&filtering->delay, instant) != 0)
        return -1;
    return advance(filtering, instant->ns + 1);
}

static int
visit_sample(void *context, const struct sample *sample)
{
    struct filtering *filtering = context;
    if (!takes_annotation(filtering, sample->series))
        return 0;
    if (delay_sample(&filtering->delay, sample) != 0)
        return -1;
    return advance(filtering, sample->ns + 1);
}

static void
end(void *context)
{
    struct filtering *filtering = context;
    delay_free(&filtering->delay);
    free(filtering->fits);
    free(filtering->own);
    free(filtering->frames);
    free(filtering);
}

static void *
begin(const struct format_filter *base, const struct trace *trace,
      struct track_visitor *visitor, void *context)
{
    struct filtering *filtering = calloc(1, sizeof *filtering);
    if (filtering == NULL)
        return NULL;
    filtering->filter = (const struct filter *)base;
    filtering->visitor = *visitor;
    filtering->context = context;
    size_t count = (size_t)trace->function_count + 1;
    filtering->fits = malloc(count);
    filtering->own = malloc(count);
    if (filtering->fits == NULL || filtering->own == NULL) {
        end(filtering);
        return NULL;
    }
    memset(filtering->fits, -1, count);
    memset(filtering->own, -1, count);
    visitor->open = visit_open;
    visitor->close = visit_close;
    visitor->gap = visit_gap;
    visitor->instant = visit_instant;
    visitor->sample = visit_sample;
    return filtering;
}

struct filter
filter_everything(void)
{
    return (struct filter){
        .base = {.takes = takes_track, .begin = begin, .end = end},
        .depth_max = UINT32_MAX,
    };
}

bool
filter_is_everything(const struct filter *filter)
{
    return filter->duration_ns == 0 && filter->depth_max == UINT32_MAX &&
           filter->process == NULL && filter->thread == NULL &&
           filter->function == NULL && !filter->own;
}
