/* SPDX-License-Identifier: Apache-2.0
 *
 * filter.c: see filter.h.  A call is told to the writer when it is known to be
 * long enough, which is never after a call inside it is: that one is shorter
 * and started later.  Instants and samples wait until then, too.  With --own, the
 * machinery of an import waits for the module that it runs, and takes its name.
 */
#include "formats/shape/filter.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/shape/delay.h"
#include "formats/shape/glob.h"
#include "formats/shape/imports.h"
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
    /* With --own: */
    unsigned traits; /* of the function */
    bool nameless;   /* an import, of what is not known yet */
    uint32_t loads;  /* imports that are open in this one, and it */
};

/* What --own must know of a function; 0 without it. */
enum {
    TRAIT_FOREIGN = 1, /* not the user's own */
    TRAIT_IMPORT = 2,  /* machinery of imports */
    TRAIT_LOAD = 4,    /* where that starts */
    TRAIT_MODULE = 8,  /* the code of a module */
    TRAIT_UNKNOWN = 255
};

struct filtering {
    const struct filter *filter;
    struct track_visitor visitor; /* the writer */
    void *context;
    struct frame *frames;
    uint32_t depth, room;
    uint32_t told;         /* all frames below this one are told or dropped */
    signed char *fits;     /* by function number: -1 not known yet */
    unsigned char *traits; /* likewise, TRAIT_UNKNOWN */
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

static bool
fits(struct filtering *filtering, const struct function *function)
{
    signed char *known = &filtering->fits[function->number];
    if (filtering->filter->function == NULL)
        return true;
    if (*known < 0)
        *known = glob_fits(filtering->filter->function, function);
    return *known != 0;
}

static unsigned
find_traits(const struct function *function)
{
    unsigned traits = own_is(function) ? 0 : TRAIT_FOREIGN;
    if (imports_is_module(function))
        traits |= TRAIT_MODULE;
    if (traits == TRAIT_FOREIGN && imports_is_machinery(function)) {
        traits |= TRAIT_IMPORT;
        if (strcmp(function->qualified_name, "_find_and_load") == 0)
            traits |= TRAIT_LOAD;
    }
    return traits;
}

static unsigned
traits_of(struct filtering *filtering, const struct function *function)
{
    unsigned char *known = &filtering->traits[function->number];
    if (!filtering->filter->own)
        return 0;
    if (*known == TRAIT_UNKNOWN)
        *known = (unsigned char)find_traits(function);
    return *known;
}

static bool
is_foreign(const struct frame *frame)
{
    return frame->traits & TRAIT_FOREIGN;
}

/* With --own, foreign code is shown by the calls that lead into it, so that the
 * time has a name, and by what the tracer did there. */
static bool
is_folded(const struct frame *outer, const struct frame *frame)
{
    return is_foreign(frame) && outer != NULL && is_foreign(outer) &&
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

/* Is it to wait on? */
static bool
is_early(const struct filtering *filtering, const struct frame *frame,
         uint64_t ns)
{
    return frame->state == FRAME_WAITING && !filtering->hasty &&
           !delay_is_full(&filtering->delay) &&
           (frame->nameless ||
            ns - frame->start_ns < filtering->filter->duration_ns);
}

/* The time is ns now: tell what has waited long enough. */
static int
advance(struct filtering *filtering, uint64_t ns)
{
    int result = 0;
    while (filtering->told < filtering->depth && result == 0) {
        struct frame *frame = &filtering->frames[filtering->told];
        if (is_early(filtering, frame, ns))
            return 0;
        frame->nameless = false;
        filtering->told++;
        if (frame->state == FRAME_WAITING)
            result = tell_open(filtering, frame);
    }
    return result != 0 ? result
                       : delay_tell(&filtering->delay, ns, &filtering->visitor,
                                    filtering->context);
}

/* == THE NAMES OF IMPORTS =================================================== */

/* The innermost frame that is kept; NULL: none. */
static struct frame *
innermost_kept(struct filtering *filtering)
{
    uint32_t i = filtering->depth;
    while (i-- > 0)
        if (filtering->frames[i].state != FRAME_DROPPED)
            return &filtering->frames[i];
    return NULL;
}

/* What opens in an import whose name is not known yet: its module, which is one
 * with it and for which it returns true, or code of the user's own, which ends
 * the waiting.  The package of the module may be imported before it. */
static bool
names_import(struct filtering *filtering, const struct frame *frame)
{
    struct frame *import =
        filtering->filter->own ? innermost_kept(filtering) : NULL;
    bool is_module = frame->traits & TRAIT_MODULE;
    if (import == NULL || !import->nameless ||
        (is_foreign(frame) && !is_module))
        return false;
    bool sure = !is_foreign(frame) || frame->loads <= 1;
    if (is_module && (sure || import->traits & TRAIT_IMPORT))
        import->function = frame->function;
    import->traits &= ~(unsigned)TRAIT_IMPORT;
    import->nameless = !sure;
    return is_module;
}

/* The tracer's work in such an import waits with it. */
static int
keep_waiting(struct filtering *filtering, const struct frame *frame,
             const struct span *span)
{
    struct span shown = *span;
    if (frame->state != FRAME_WAITING ||
        frame->function->kind != FUNCTION_TRACER ||
        span->end_ns - span->start_ns < filtering->filter->duration_ns)
        return 0;
    shown.depth = frame->kept - 1;
    return delay_span(&filtering->delay, &shown);
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
        .traits = traits_of(filtering, span->function),
    };
    bool is_load = frame.traits & TRAIT_LOAD;
    frame.loads = (outer != NULL ? outer->loads : 0) + is_load;
    bool keep = !names_import(filtering, &frame) && frame.inside &&
                kept < filtering->filter->depth_max &&
                !is_folded(outer, &frame);
    frame.nameless =
        keep && frame.traits & TRAIT_IMPORT && span->opened == OPEN_CALL;
    if (frame.nameless)
        frame.loads = is_load;
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
    filtering->frames[filtering->depth - 1].nameless = false;
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
    if (frame->state != FRAME_TOLD)
        return keep_waiting(filtering, frame, span);
    if (filtering->visitor.close == NULL)
        return 0;
    shown.function = frame->function;
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

static int
visit_wait(void *context, const struct wait *wait)
{
    struct filtering *filtering = context;
    uint32_t depth = filtering->depth;
    bool inside = filtering->filter->function == NULL ||
                  (depth > 0 && filtering->frames[depth - 1].inside);
    if (!inside)
        return 0;
    if (wait->kind == WAIT_UNSEEN) /* in no order */
        return filtering->visitor.wait != NULL
                   ? filtering->visitor.wait(filtering->context, wait)
                   : 0;
    if (delay_wait(&filtering->delay, wait) != 0)
        return -1;
    return advance(filtering, wait->start_ns + 1);
}

/* A step is told when it has ended: what was asked for is around it, or it. */
static int
visit_task_step(void *context, const struct task_step *step)
{
    struct filtering *filtering = context;
    if (filtering->visitor.task_step == NULL ||
        !takes_annotation(filtering, step->function))
        return 0;
    return filtering->visitor.task_step(filtering->context, step);
}

static int
visit_task(void *context, const struct task *task)
{
    struct filtering *filtering = context;
    return filtering->visitor.task != NULL
               ? filtering->visitor.task(filtering->context, task)
               : 0;
}

static void
end(void *context)
{
    struct filtering *filtering = context;
    delay_free(&filtering->delay);
    free(filtering->fits);
    free(filtering->traits);
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
    filtering->traits = malloc(count);
    if (filtering->fits == NULL || filtering->traits == NULL) {
        end(filtering);
        return NULL;
    }
    memset(filtering->fits, -1, count);
    memset(filtering->traits, TRAIT_UNKNOWN, count);
    visitor->open = visit_open;
    visitor->close = visit_close;
    visitor->gap = visit_gap;
    visitor->instant = visit_instant;
    visitor->sample = visit_sample;
    visitor->wait = visit_wait;
    visitor->task = visit_task;
    visitor->task_step = visit_task_step;
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
