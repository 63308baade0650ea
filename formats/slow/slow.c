/* SPDX-License-Identifier: Apache-2.0
 *
 * slow.c: see slow.h.  What waits for work counts as nothing for its callers, and
 * what runs while a module is imported is not judged.
 */
#include "formats/slow/slow.h"

#include <stdlib.h>

#include "formats/shape/own.h"
#include "formats/shape/waits.h"
#include "formats/slow/cells.h"
#include "formats/slow/contention.h"
#include "formats/slow/evidence.h"
#include "formats/slow/role.h"
#include "formats/slow/stall.h"

enum {
    FIRST_ROOM = 256
};

#define NOBODY UINT32_MAX
#define MANY   (UINT32_MAX - 1)

/* What is known of a function before anything is read, and of its calls now. */
struct subject {
    enum role role;
    bool own, tracer;
    bool calls;      /* somebody, in one of its calls at least */
    bool judged;     /* in the second reading: some of its calls may be slow */
    uint32_t open;   /* calls of it now */
    uint32_t caller; /* who called it so far; NOBODY, or MANY */
    uint32_t first;  /* the bin of the first call; SPREAD_BINS: none yet */
};

/* A callee of an open call. */
struct callee_sums {
    uint32_t callee;
    uint64_t calls, ns, raised;
};

struct frame {
    uint32_t function;
    bool hidden;  /* not judged, nor is what is below */
    bool waiting; /* it or a call further out waits for work */
    bool child;   /* waits for a child process */
    bool outermost;
    uint64_t child_ns; /* in calls below it */
    uint64_t left_ns;  /* below: the tracer's work, waiting and interruptions */
    uint32_t parts;    /* where its callees start in the list */
    struct cell_waits waits; /* in it and below */
};

struct slow {
    const struct trace *trace;
    struct subject *subjects;
    struct stall *stalls;
    struct spread *durations; /* of the outermost calls */
    struct frame *frames;     /* the open calls, behind an empty one */
    struct callee_sums *parts;
    uint32_t depth, frame_room, part_count, part_room;
    uint64_t other_ns, other_waits; /* in calls that are not judged */
    uint64_t *eagers;               /* how long each track ran, roughly */
    uint64_t *eager;                /* that of the one that is read */
    struct cells cells;
    struct evidence *evidence; /* arguments, NULL: none were seen */
    bool again;                /* this is the second reading */
    uint32_t watched; /* in which so many calls are open that are judged */
};

/* -- frames ---------------------------------------------------------------- */

static int
grow_frames(struct slow *slow)
{
    uint32_t room = slow->frame_room * 2;
    void *frames = realloc(slow->frames, room * sizeof *slow->frames);
    if (frames == NULL)
        return -1;
    slow->frames = frames;
    slow->frame_room = room;
    return 0;
}

/* Whether the call waits, for which nobody is blamed. */
static bool
is_waiting(enum role role, const struct frame *frame)
{
    return role == ROLE_WAIT || role == ROLE_HOST ||
           (role == ROLE_SELECT && !frame->child);
}

int
slow_open(struct slow *slow, const struct span *span)
{
    if (slow->depth + 1 == slow->frame_room && grow_frames(slow) != 0)
        return -1;
    const struct frame *caller = &slow->frames[slow->depth];
    struct frame *frame = &slow->frames[++slow->depth];
    struct subject *subject = &slow->subjects[span->function->number];
    slow->watched += subject->judged;
    *frame = (struct frame){
        .function = span->function->number,
        .hidden = caller->hidden,
        .waiting = caller->waiting,
        .child = caller->child || subject->role == ROLE_CHILD,
        .outermost = subject->open++ == 0,
        .parts = slow->part_count,
    };
    if (subject->role == ROLE_MODULE)
        frame->hidden = false;
    else if (subject->role == ROLE_IMPORT)
        frame->hidden = true;
    else if (subject->role == ROLE_HOST && caller->waiting)
        frame->hidden = frame->waiting = false; /* in a child that it forked */
    else if (is_waiting(subject->role, frame) && subject->role != ROLE_HOST)
        frame->hidden = frame->waiting = true;
    return 0;
}

/* -- what an open call called ---------------------------------------------- */

static struct callee_sums *
find_part(struct slow *slow, const struct frame *frame, uint32_t callee)
{
    for (uint32_t i = slow->part_count; i-- > frame->parts;)
        if (slow->parts[i].callee == callee)
            return &slow->parts[i];
    return NULL;
}

static struct callee_sums *
add_part(struct slow *slow, uint32_t callee)
{
    if (slow->part_count == slow->part_room) {
        uint32_t room = slow->part_room * 2;
        void *parts = realloc(slow->parts, room * sizeof *slow->parts);
        if (parts == NULL)
            return NULL;
        slow->parts = parts;
        slow->part_room = room;
    }
    slow->parts[slow->part_count] = (struct callee_sums){.callee = callee};
    return &slow->parts[slow->part_count++];
}

static int
note_callee(struct slow *slow, const struct frame *caller, uint32_t callee,
            uint64_t ns, bool raised)
{
    struct callee_sums *part = find_part(slow, caller, callee);
    if (part == NULL)
        part = add_part(slow, callee);
    if (part == NULL)
        return -1;
    part->calls++;
    part->ns += ns;
    part->raised += raised;
    return 0;
}

/* -- the second reading ------------------------------------------------------ */

static int
keep_parts(struct slow *slow, const struct frame *frame, uint32_t bin)
{
    for (uint32_t i = frame->parts; i < slow->part_count; i++) {
        const struct callee_sums *part = &slow->parts[i];
        struct cell *cell =
            cells_meet(&slow->cells, frame->function, bin, part->callee);
        if (cell == NULL)
            return -1;
        cell->calls += part->calls;
        cell->ns += part->ns;
        cell->raised += part->raised;
    }
    return 0;
}

static int
keep_call(struct slow *slow, const struct frame *frame, uint64_t ns,
          uint64_t self_ns, bool raised)
{
    struct subject *subject = &slow->subjects[frame->function];
    uint32_t bin = spread_bin(ns);
    struct cell *cell =
        cells_meet(&slow->cells, frame->function, bin, CELLS_ITSELF);
    if (cell == NULL)
        return -1;
    cell->calls++;
    cell->ns += ns;
    if (ns > cell->most_ns)
        cell->most_ns = ns;
    cell->self_ns += self_ns;
    cell->raised += raised;
    cell_waits_add(&cell->waits, &frame->waits);
    if (subject->first == SPREAD_BINS)
        subject->first = bin;
    return keep_parts(slow, frame, bin);
}

static int
keep_arguments(struct slow *slow, uint32_t function, uint64_t ns,
               const char *arguments)
{
    if (slow->evidence == NULL)
        slow->evidence = evidence_new(slow->trace->function_count);
    if (slow->evidence == NULL)
        return -1;
    return evidence_add(slow->evidence, function, ns, arguments);
}

/* -- the first reading --------------------------------------------------------- */

/* One slice counts little: it may be a wait that does not look like one. */
static void
note_eagerness(struct slow *slow, const struct frame *frame, uint64_t self_ns)
{
    enum {
        SLICE_NS = 1000000
    };
    bool outside = slow->stalls[frame->function].outside;
    if (self_ns < SLICE_NS)
        *slow->eager += self_ns;
    else if (!outside)
        *slow->eager += SLICE_NS;
}

/* A call that is not judged worked, or waited and was woken. */
static void
note_other(struct slow *slow, const struct frame *frame, uint64_t self_ns)
{
    if (frame->waiting && self_ns > STALL_WAITS_NS)
        slow->other_waits++;
    else
        slow->other_ns += self_ns;
}

/* -- both readings ----------------------------------------------------------- */

static bool
is_whole(const struct span *span)
{
    return span->opened != OPEN_BEFORE && span->closed != CLOSE_UNKNOWN &&
           span->closed != CLOSE_UNFINISHED;
}

static int
note_first(struct slow *slow, const struct frame *frame, uint64_t ns,
           uint64_t self_ns)
{
    uint32_t number = frame->function;
    uint32_t bin = spread_bin(self_ns);
    note_eagerness(slow, frame, self_ns);
    if (spread_add(&slow->stalls[number].self, bin) != 0)
        return -1;
    if (!frame->outermost)
        return 0;
    return spread_add(&slow->durations[number],
                      ns == self_ns ? bin : spread_bin(ns));
}

/* The call's time without what it is not blamed for, which its caller learns. */
static int
note_again(struct slow *slow, struct frame *frame, const struct span *span,
           uint64_t ns, uint64_t self_ns)
{
    struct frame *caller = frame - 1;
    const struct subject *subject = &slow->subjects[frame->function];
    uint64_t stall_ns = 0;
    if (!frame->hidden && is_whole(span))
        stall_ns = stall_of(&slow->stalls[frame->function], self_ns);
    frame->left_ns += stall_ns;
    ns -= stall_ns;
    bool raised = span->closed == CLOSE_EXCEPTION;
    if (!frame->hidden && subject->judged && frame->outermost &&
        is_whole(span) &&
        keep_call(slow, frame, ns, self_ns - stall_ns, raised) != 0)
        return -1;
    else if (span->arguments != NULL && !frame->hidden && subject->judged &&
             frame->outermost && is_whole(span) &&
             keep_arguments(slow, frame->function, ns, span->arguments) != 0)
        return -1;
    slow->part_count = frame->parts;
    if (caller->hidden || !slow->subjects[caller->function].judged ||
        is_waiting(subject->role, frame))
        return 0;
    return note_callee(slow, caller, frame->function, ns, raised);
}

static void
note_caller(struct subject *subject, uint32_t caller)
{
    if (subject->caller != caller)
        subject->caller = subject->caller == NOBODY ? caller : MANY;
}

int
slow_close(struct slow *slow, const struct span *span)
{
    struct frame *frame = &slow->frames[slow->depth--], *caller = frame - 1;
    struct subject *subject = &slow->subjects[frame->function];
    uint64_t whole_ns = span->end_ns - span->start_ns;
    uint64_t ns = whole_ns - frame->left_ns;
    uint64_t self_ns = whole_ns - frame->child_ns;
    int result = 0;
    subject->open--;
    if (slow->again && slow->watched == 0)
        return 0; /* nobody asks what it took */
    slow->watched -= subject->judged;
    caller->child_ns += whole_ns;
    if (slow->again && cell_waits_are_any(&frame->waits))
        cell_waits_add(&caller->waits, &frame->waits);
    slow->subjects[caller->function].calls = true;
    if (subject->tracer) {
        caller->left_ns += whole_ns;
        slow->other_ns += frame->waiting ? 0 : whole_ns;
        return 0;
    }
    if (!frame->hidden)
        note_caller(subject, caller->function);
    if (slow->again)
        result = note_again(slow, frame, span, ns, self_ns);
    else if (!frame->hidden && is_whole(span))
        result = note_first(slow, frame, ns, self_ns);
    else
        note_other(slow, frame, self_ns);
    caller->left_ns +=
        is_waiting(subject->role, frame) ? whole_ns : frame->left_ns;
    return result;
}

void
slow_wait(struct slow *slow, const struct wait *wait)
{
    uint64_t ns = wait->end_ns - wait->start_ns;
    struct cell_waits waits = {0};
    if (!slow->again || slow->watched == 0)
        return;
    if (wait->kind == WAIT_BLOCKED)
        waits.blocked_ns = ns;
    else if (wait->kind == WAIT_PREEMPTED)
        waits.preempted_ns = ns;
    else if (wait->kind == WAIT_GIL)
        waits.gil_ns = ns;
    if (wait->holder != NULL)
        waits.holder = wait->holder->number + 1;
    if (wait->holder_function != NULL)
        waits.holder_function = wait->holder_function->number + 1;
    waits.holder_ns = wait->kind == WAIT_GIL ? ns : 0;
    cell_waits_add(&slow->frames[slow->depth].waits, &waits);
}

static int
leaf_again(struct slow *slow, const struct span *span)
{
    uint32_t number = span->function->number;
    struct frame *caller = &slow->frames[slow->depth];
    uint64_t ns = span->end_ns - span->start_ns, stall_ns = 0;
    if (slow->watched == 0)
        return 0;
    if (!caller->hidden)
        stall_ns = stall_of(&slow->stalls[number], ns);
    caller->child_ns += ns;
    caller->left_ns += stall_ns;
    return caller->hidden || !slow->subjects[caller->function].judged
               ? 0
               : note_callee(slow, caller, number, ns - stall_ns,
                             span->closed == CLOSE_EXCEPTION);
}

/* A function of no special role needs no frame, where it calls nobody. */
int
slow_leaf(struct slow *slow, const struct span *span)
{
    uint32_t number = span->function->number;
    struct subject *subject = &slow->subjects[number];
    struct frame *caller = &slow->frames[slow->depth];
    if (subject->judged || subject->role != ROLE_NONE || subject->tracer)
        return slow_open(slow, span) != 0 ? -1 : slow_close(slow, span);
    if (slow->again)
        return leaf_again(slow, span);
    struct frame frame = {.function = number,
                          .hidden = caller->hidden,
                          .waiting = caller->waiting,
                          .outermost = subject->open == 0};
    uint64_t ns = span->end_ns - span->start_ns;
    caller->child_ns += ns;
    slow->subjects[caller->function].calls = true;
    if (frame.hidden) {
        note_other(slow, &frame, ns);
        return 0;
    }
    note_caller(subject, caller->function);
    return note_first(slow, &frame, ns, ns);
}

void
slow_track(struct slow *slow, const struct track *track)
{
    slow->eager = &slow->eagers[track->number];
}

/* -- between the readings ---------------------------------------------------- */

/* Whether the longest calls could be a slow group at all.  stall: of a function that
 * calls nobody, whose mere interruptions are known by now; else NULL. */
static bool
is_uneven(const struct spread *durations, const struct stall *stall,
          double least_ns)
{
    uint32_t usual = spread_quantile(durations, 0.5);
    double lost = 0;
    for (uint32_t i = 0; i < durations->room; i++) {
        uint32_t bin = durations->first + i;
        if (bin >= usual + SPREAD_OCTAVE &&
            (stall == NULL || stall_of(stall, spread_least_ns(bin)) == 0 ||
             stall_of(stall, spread_least_ns(bin + 1) - 1) == 0))
            lost += (double)durations->counts[i] *
                    (spread_ns(bin) - spread_ns(usual));
    }
    return lost >= least_ns;
}

static bool
may_be_slow(const struct slow *slow, uint32_t number, double least_ns)
{
    const struct subject *subject = &slow->subjects[number];
    return subject->role != ROLE_MODULE &&
           is_uneven(&slow->durations[number],
                     subject->calls ? NULL : &slow->stalls[number], least_ns);
}

int
slow_turn(struct slow *slow)
{
    uint32_t count = slow->trace->function_count;
    double least_ns = verdict_least_ns(slow->trace) / 2;
    struct stall_machine machine =
        contention_machine(slow->trace, slow->eagers);
    machine.other_ns = (double)slow->other_ns;
    machine.other_waits = (double)slow->other_waits;
    stall_judge(slow->stalls, count, &machine);
    for (uint32_t i = 0; i < count; i++)
        slow->subjects[i].judged = may_be_slow(slow, i, least_ns);
    slow->again = true;
    return 0;
}

struct verdicts *
slow_verdicts(struct slow *slow)
{
    struct verdict_facts *facts;
    struct verdicts *verdicts = NULL;
    uint32_t count = slow->trace->function_count;
    facts = calloc((size_t)count + 1, sizeof *facts);
    if (facts == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        const struct subject *subject = &slow->subjects[i];
        facts[i] = (struct verdict_facts){
            .own = subject->own,
            .by_own =
                subject->caller < MANY && slow->subjects[subject->caller].own,
            .role = subject->role,
            .first_bin = subject->first,
        };
    }
    cells_sort(&slow->cells);
    verdicts = verdicts_find(slow->trace, &slow->cells, facts);
    free(facts);
    for (uint32_t i = 0; verdicts && slow->evidence && i < verdicts->count; i++)
        evidence_difference(slow->evidence, verdicts->list[i].function,
                            verdicts->list[i].threshold_ns,
                            verdicts->list[i].difference, VERDICT_DIFFERENCE);
    return verdicts;
}

/* -- new and free ------------------------------------------------------------ */

static void
describe(struct subject *subject, const struct function *function)
{
    subject->own = own_is(function);
    subject->role = role_of(function, subject->own);
    subject->tracer = function->kind == FUNCTION_TRACER;
    subject->caller = NOBODY;
    subject->first = SPREAD_BINS;
}

static int
set_up(struct slow *slow)
{
    size_t count = (size_t)slow->trace->function_count + 1;
    slow->frame_room = slow->part_room = FIRST_ROOM;
    slow->subjects = calloc(count, sizeof *slow->subjects);
    slow->stalls = calloc(count, sizeof *slow->stalls);
    slow->durations = calloc(count, sizeof *slow->durations);
    slow->frames = calloc(FIRST_ROOM, sizeof *slow->frames);
    slow->eagers =
        calloc((size_t)slow->trace->track_count + 1, sizeof *slow->eagers);
    slow->eager = slow->eagers;
    slow->parts = calloc(FIRST_ROOM, sizeof *slow->parts);
    if (slow->subjects == NULL || slow->stalls == NULL ||
        slow->durations == NULL || slow->frames == NULL ||
        slow->parts == NULL || slow->eagers == NULL)
        return -1;
    for (uint32_t i = 0; i + 1 < count; i++) {
        describe(&slow->subjects[i], slow->trace->functions[i]);
        slow->stalls[i].outside = slow->trace->functions[i]->kind == FUNCTION_C;
        slow->stalls[i].known_wait = waits_is_one(slow->trace->functions[i]);
    }
    /* The empty frame is of a function that is nobody's. */
    slow->frames[0].function = (uint32_t)(count - 1);
    return 0;
}

struct slow *
slow_new(const struct trace *trace)
{
    struct slow *slow = calloc(1, sizeof *slow);
    if (slow == NULL)
        return NULL;
    slow->trace = trace;
    if (set_up(slow) == 0)
        return slow;
    slow_free(slow);
    return NULL;
}

void
slow_free(struct slow *slow)
{
    if (slow == NULL)
        return;
    for (uint32_t i = 0; slow->stalls && i < slow->trace->function_count; i++)
        spread_free(&slow->stalls[i].self);
    for (uint32_t i = 0; slow->durations && i < slow->trace->function_count;
         i++)
        spread_free(&slow->durations[i]);
    evidence_free(slow->evidence);
    cells_free(&slow->cells);
    free(slow->subjects);
    free(slow->stalls);
    free(slow->durations);
    free(slow->frames);
    free(slow->parts);
    free(slow->eagers);
    free(slow);
}
