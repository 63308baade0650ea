/* SPDX-License-Identifier: Apache-2.0
 *
 * verdict.c: see verdict.h.  The findings of all functions are led along their
 * callees as long as one of them has most of the extra time and a finding of its
 * own that accounts for it.  The last own function on the way has the row.
 */
#include "formats/slow/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "formats/slow/finding.h"

/* -- the rule's figures, as in share/doc/slow-calls.md --------------------- */

#define LEAST_NS     1e6   /* lost in all slow calls together */
#define LEAST_SHARE  0.002 /* of the recording */
#define FEW_NS       10e6 /* lost where only one call is slow, or there are few */
#define FEW_SHARE    0.01
#define IMPORT_NS    30e6 /* lost in imports */
#define IMPORT_SHARE 0.03
#define FEW_CALLS    8
#define MOST         0.5 /* so much of the extra time is most of it */

#define NOBODY UINT32_MAX

struct search {
    const struct trace *trace;
    const struct verdict_facts *facts;
    struct finding *findings;
    uint32_t count;
    uint32_t *of;   /* by function: its finding, or NOBODY */
    uint32_t *next; /* by finding: the one that explains it, or NOBODY */
    uint32_t *row;  /* by finding: the finding whose row it is in, or NOBODY */
};

static double
at_least(const struct search *search, double ns, double share)
{
    double part = share * (double)search->trace->duration_ns;
    return part > ns ? part : ns;
}

double
verdict_least_ns(const struct trace *trace)
{
    struct search search = {.trace = trace};
    return at_least(&search, LEAST_NS, LEAST_SHARE);
}

/* How much longer everything took because of whoever else ran. */
static double
slowness(const struct trace *trace)
{
    double cpu_ns = 1, delay_ns = 0;
    for (uint32_t i = 0; i < trace->process_count; i++) {
        cpu_ns += (double)trace->processes[i]->cpu_ns;
        delay_ns += (double)trace->processes[i]->delay_ns;
    }
    return cpu_ns > 1 ? 1 + delay_ns / cpu_ns : 1;
}

/* -- findings --------------------------------------------------------------- */

/* Is most of the extra time in what slow calls alone call?  Then no busy machine
 * is the cause. */
static bool
is_other_path(const struct finding *finding)
{
    const struct finding_part *part = finding->parts;
    return finding->part_count > 0 && part->usual.calls == 0 &&
           part->extra_ns >= MOST * finding->extra_ns;
}

static bool
is_enough(const struct search *search, const struct finding *finding)
{
    const struct group *group = &finding->group;
    double times = is_other_path(finding) ? 1 : slowness(search->trace);
    bool few = group->slow == 1 || group->calls < FEW_CALLS;
    return group->lost_ns >= (few ? at_least(search, FEW_NS * times, FEW_SHARE)
                                  : at_least(search, LEAST_NS, LEAST_SHARE));
}

static int
add_finding(struct search *search, const struct cell *cells, size_t count)
{
    struct finding *finding = &search->findings[search->count];
    int made = finding_make(finding, cells, count);
    if (made > 0 && is_enough(search, finding))
        search->of[finding->function] = search->count++;
    else
        free(finding->parts);
    return made < 0 ? -1 : 0;
}

static int
find_all(struct search *search, const struct cells *cells)
{
    size_t end;
    for (size_t first = 0; first < cells->count; first = end) {
        const struct cell *cell = &cells->list[first];
        for (end = first + 1;
             end < cells->count && cells->list[end].function == cell->function;)
            end++;
        if (add_finding(search, cell, end - first) != 0)
            return -1;
    }
    return 0;
}

static const struct finding *
finding_of(const struct search *search, uint32_t function)
{
    uint32_t number = search->of[function];
    return number == NOBODY ? NULL : &search->findings[number];
}

/* -- who explains whom -------------------------------------------------------- */

/* Does the callee's own slow group account for what the caller lost in it? */
static bool
explains(const struct search *search, const struct finding *caller,
         const struct finding_part *part)
{
    const struct finding *callee = finding_of(search, part->callee);
    return callee != NULL && callee != caller &&
           callee->group.lost_ns >= MOST * part->extra_ns * caller->slow.calls;
}

/* The callee that has most of the extra time, if its own slow calls are why; or the
 * first of several such that have it together. */
static uint32_t
next_of(const struct search *search, const struct finding *finding)
{
    double explained_ns = 0;
    uint32_t first = NOBODY;
    for (uint32_t i = 0; i < finding->part_count; i++) {
        const struct finding_part *part = &finding->parts[i];
        if (part->extra_ns <= 0)
            break;
        if (!explains(search, finding, part))
            continue;
        explained_ns += part->extra_ns;
        first = first == NOBODY ? search->of[part->callee] : first;
    }
    return explained_ns >= MOST * finding->extra_ns ? first : NOBODY;
}

/* The last finding on the way that is the user's own; NOBODY: none is.  A way that
 * comes back to where it was ends there. */
static uint32_t
row_of(const struct search *search, uint32_t number)
{
    uint32_t last = NOBODY;
    for (uint32_t steps = 0; number != NOBODY && steps <= search->count;
         steps++) {
        if (search->facts[search->findings[number].function].own)
            last = number;
        number = search->next[number];
    }
    return last;
}

static uint32_t
end_of(const struct search *search, uint32_t number)
{
    for (uint32_t steps = 0;
         search->next[number] != NOBODY && steps < search->count; steps++)
        number = search->next[number];
    return number;
}

static void
lead_all(struct search *search)
{
    for (uint32_t i = 0; i < search->count; i++)
        search->next[i] = next_of(search, &search->findings[i]);
    for (uint32_t i = 0; i < search->count; i++)
        search->row[i] = row_of(search, i);
}

/* -- causes ------------------------------------------------------------------- */

static bool
is_named(const struct search *search, uint32_t function, const char *name)
{
    return strcmp(search->trace->functions[function]->name, name) == 0;
}

static bool
is_lock(const struct search *search, uint32_t function)
{
    return is_named(search, function, "lock.acquire") ||
           is_named(search, function, "lock.__enter__") ||
           is_named(search, function, "RLock.acquire") ||
           is_named(search, function, "RLock.__enter__") ||
           is_named(search, function, "_thread.lock.acquire") ||
           is_named(search, function, "_thread.lock.__enter__") ||
           is_named(search, function, "_thread.RLock.acquire") ||
           is_named(search, function, "_thread.RLock.__enter__");
}

/* Slow calls end with it as a rule, and usual ones don't. */
static bool
is_raising(const struct finding_sums *slow, const struct finding_sums *usual,
           const struct finding *of)
{
    return slow->raised >= 0.8 * of->slow.calls &&
           usual->raised <= 0.1 * of->usual.calls;
}

static enum cause
cause_in(const struct search *search, const struct finding *finding,
         const struct finding_part *part)
{
    double slow = part->slow.calls / finding->slow.calls;
    double usual = part->usual.calls / finding->usual.calls;
    if (search->facts[part->callee].role == ROLE_IMPORT)
        return CAUSE_IMPORT;
    if (is_lock(search, part->callee))
        return CAUSE_LOCK;
    if (is_named(search, part->callee, "gc.collect"))
        return CAUSE_GARBAGE;
    if (usual < 0.02 && slow >= 0.5)
        return CAUSE_ONLY;
    return slow >= 2 * usual + 0.5 ? CAUSE_MORE : CAUSE_CALLEE;
}

/* Where the way ended, nothing below accounts for it. */
static void
set_cause(const struct search *search, const struct finding *end,
          struct verdict *verdict)
{
    const struct finding_part *part = end->part_count > 0 ? end->parts : NULL;
    verdict->culprit = end->function;
    verdict->cause =
        end->function == verdict->function ? CAUSE_CODE : CAUSE_CALLEE;
    if (is_lock(search, end->function))
        verdict->cause = CAUSE_LOCK;
    if (is_named(search, end->function, "gc.collect"))
        verdict->cause = CAUSE_GARBAGE;
    if (end->self_extra_ns >= MOST * end->extra_ns)
        return;
    if (part == NULL || part->extra_ns < MOST * end->extra_ns) {
        verdict->cause = CAUSE_MANY;
        return;
    }
    verdict->cause = cause_in(search, end, part);
    verdict->culprit = part->callee;
    verdict->more = part->slow.calls / end->slow.calls;
    verdict->usual_more = part->usual.calls / end->usual.calls;
}

/* An exception says more than where the time went. */
static void
look_for_exception(const struct finding *finding, struct verdict *verdict)
{
    if (is_raising(&finding->slow, &finding->usual, finding)) {
        verdict->cause = CAUSE_EXCEPTION;
        verdict->culprit = finding->function;
    }
    for (uint32_t i = 0;
         i < finding->part_count && verdict->cause != CAUSE_EXCEPTION; i++) {
        const struct finding_part *part = &finding->parts[i];
        if (!is_raising(&part->slow, &part->usual, finding))
            continue;
        verdict->cause = CAUSE_EXCEPTION;
        verdict->culprit = part->callee;
    }
}

/* -- waits -------------------------------------------------------------------- */

static double
extra_of(const struct finding *finding, uint64_t slow, uint64_t usual)
{
    return (double)slow / finding->slow.calls -
           (double)usual / finding->usual.calls;
}

/* Who waits for the GIL is blocked, too. */
static void
set_waits(const struct finding *finding, struct verdict *verdict)
{
    const struct cell_waits *slow = &finding->slow.waits;
    const struct cell_waits *usual = &finding->usual.waits;
    double gil = extra_of(finding, slow->gil_ns, usual->gil_ns);
    double blocked = extra_of(finding, slow->blocked_ns, usual->blocked_ns);
    double preempted =
        extra_of(finding, slow->preempted_ns, usual->preempted_ns);
    double least = finding->extra_ns / 2, most = gil;
    verdict->extra_ns = finding->extra_ns > 0 ? (uint64_t)finding->extra_ns : 0;
    if (gil >= least) {
        verdict->waits = WAIT_GIL;
        verdict->holder = slow->holder;
        verdict->holder_function = slow->holder_function;
    } else if (preempted >= least) {
        verdict->waits = WAIT_PREEMPTED;
        most = preempted;
    } else if (blocked - (gil > 0 ? gil : 0) >= least) {
        verdict->waits = WAIT_BLOCKED;
        most = blocked;
    }
    if (most > finding->extra_ns)
        most = finding->extra_ns;
    verdict->waits_ns = most > 0 ? (uint64_t)most : 0;
}

/* -- rows --------------------------------------------------------------------- */

struct seen {
    uint32_t function, steps;
    double lost_ns;
};

static int
by_nearness(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    if (x->steps != y->steps)
        return x->steps < y->steps ? -1 : 1;
    if (x->lost_ns != y->lost_ns)
        return x->lost_ns > y->lost_ns ? -1 : 1;
    return (x->function > y->function) - (x->function < y->function);
}

static uint32_t
steps_between(const struct search *search, uint32_t from, uint32_t to)
{
    uint32_t steps = 0;
    for (; from != to && from != NOBODY && steps <= search->count; steps++)
        from = search->next[from];
    return steps;
}

/* The others that are in its row, if they are the user's own. */
static int
set_seen_by(const struct search *search, uint32_t row, struct verdict *verdict)
{
    struct seen *seen = malloc(((size_t)search->count + 1) * sizeof *seen);
    uint32_t count = 0;
    if (seen == NULL)
        return -1;
    for (uint32_t i = 0; i < search->count; i++) {
        const struct finding *finding = &search->findings[i];
        if (i != row && search->row[i] == row &&
            search->facts[finding->function].own)
            seen[count++] =
                (struct seen){finding->function, steps_between(search, i, row),
                              finding->group.lost_ns};
    }
    qsort(seen, count, sizeof *seen, by_nearness);
    verdict->seen_by = malloc(((size_t)count + 1) * sizeof *verdict->seen_by);
    for (uint32_t i = 0; verdict->seen_by != NULL && i < count; i++)
        verdict->seen_by[i] = seen[i].function;
    verdict->seen_count = count;
    free(seen);
    return verdict->seen_by != NULL ? 0 : -1;
}

/* Of a function that is not the user's own: he called it, no function of his that it
 * calls explains it, and it is not an import, nor something that is slow only
 * once. */
static bool
is_worth_a_row(const struct search *search, uint32_t number)
{
    const struct finding *finding = &search->findings[number];
    const struct verdict_facts *facts = &search->facts[finding->function];
    if (search->row[number] == number)
        return true;
    if (facts->own || !facts->by_own || facts->role != ROLE_NONE ||
        search->row[number] != NOBODY)
        return false;
    for (uint32_t i = 0; i < search->count; i++)
        if (search->next[i] == number)
            return false;
    return finding->group.slow >= 2 &&
           finding->group.lost_ns >= at_least(search, FEW_NS, FEW_SHARE);
}

static struct verdict
verdict_of(const struct search *search, uint32_t number)
{
    const struct finding *finding = &search->findings[number];
    const struct verdict_facts *facts = &search->facts[finding->function];
    const struct group *group = &finding->group;
    struct verdict verdict = {
        .function = finding->function,
        .calls = group->calls,
        .slow_calls = group->slow,
        .threshold_ns = spread_least_ns(group->threshold),
        .lost_ns = (uint64_t)group->lost_ns,
        .usual_ns = (uint64_t)group->usual_ns,
        .worst_ns = (uint64_t)finding->worst_ns,
        .own = facts->own,
        .first = group->slow == 1 && facts->first_bin < SPREAD_BINS &&
                 facts->first_bin >= group->threshold,
    };
    set_cause(search, &search->findings[end_of(search, number)], &verdict);
    look_for_exception(finding, &verdict);
    if (finding->extra_ns > 0)
        set_waits(finding, &verdict);
    return verdict;
}

/* What is learnt once, by an import, is not a problem unless it is large. */
static bool
is_import(const struct search *search, const struct verdict *verdict)
{
    return verdict->cause == CAUSE_IMPORT &&
           (double)verdict->lost_ns < at_least(search, IMPORT_NS, IMPORT_SHARE);
}

/* -- ranks -------------------------------------------------------------------- */

static double
surprise(const struct verdict *verdict)
{
    double times = 1 + (double)verdict->lost_ns / (double)verdict->slow_calls /
                           (double)(verdict->usual_ns + 1);
    double octaves = 1;
    for (; times > 2; times /= 2)
        octaves++;
    return octaves + times / 2;
}

static double
score(const struct verdict *verdict)
{
    return (double)verdict->lost_ns * surprise(verdict);
}

static int
by_rank(const void *a, const void *b)
{
    const struct verdict *x = a, *y = b;
    if (x->own != y->own)
        return x->own ? -1 : 1;
    if (score(x) != score(y))
        return score(x) > score(y) ? -1 : 1;
    return (x->function > y->function) - (x->function < y->function);
}

static int
fill(const struct search *search, struct verdicts *verdicts)
{
    verdicts->list = calloc((size_t)search->count + 1, sizeof *verdicts->list);
    if (verdicts->list == NULL)
        return -1;
    for (uint32_t i = 0; i < search->count; i++) {
        if (!is_worth_a_row(search, i))
            continue;
        struct verdict *verdict = &verdicts->list[verdicts->count];
        *verdict = verdict_of(search, i);
        if (is_import(search, verdict))
            continue;
        verdicts->count++;
        if (set_seen_by(search, i, verdict) != 0)
            return -1;
    }
    qsort(verdicts->list, verdicts->count, sizeof *verdicts->list, by_rank);
    return 0;
}

/* -- all together --------------------------------------------------------------- */

static int
begin(struct search *search, uint32_t functions)
{
    size_t count = (size_t)functions + 1;
    search->findings = calloc(count, sizeof *search->findings);
    search->of = malloc(count * sizeof *search->of);
    search->next = malloc(count * sizeof *search->next);
    search->row = malloc(count * sizeof *search->row);
    if (search->findings == NULL || search->of == NULL ||
        search->next == NULL || search->row == NULL)
        return -1;
    memset(search->of, 0xff, count * sizeof *search->of);
    return 0;
}

static void
end(struct search *search)
{
    for (uint32_t i = 0; search->findings != NULL && i < search->count; i++)
        free(search->findings[i].parts);
    free(search->findings);
    free(search->of);
    free(search->next);
    free(search->row);
}

struct verdicts *
verdicts_find(const struct trace *trace, const struct cells *cells,
              const struct verdict_facts *facts)
{
    struct search search = {.trace = trace, .facts = facts};
    struct verdicts *verdicts = calloc(1, sizeof *verdicts);
    int result = -1;
    if (verdicts != NULL && begin(&search, trace->function_count) == 0 &&
        find_all(&search, cells) == 0) {
        lead_all(&search);
        result = fill(&search, verdicts);
    }
    end(&search);
    if (result == 0)
        return verdicts;
    verdicts_free(verdicts);
    return NULL;
}

void
verdicts_free(struct verdicts *verdicts)
{
    if (verdicts == NULL)
        return;
    for (uint32_t i = 0; verdicts->list != NULL && i < verdicts->count; i++)
        free(verdicts->list[i].seen_by);
    free(verdicts->list);
    free(verdicts);
}
