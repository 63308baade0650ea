/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.c: sums in the process that reads, then all of it into a file without
 * a name that both processes hold: head, entries, texts.
 */
#include "launcher/diff/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/shape/glob.h"
#include "formats/shape/profile.h"
#include "formats/shape/waits.h"
#include "launcher/diff/wander.h"

/* Where the next ledger goes. */
static struct {
    FILE *file;
    const struct conditions *conditions;
} desk;

struct writing {
    const struct trace *trace;
    struct profile profile;
    struct sums *sums;      /* by function */
    struct wander *wanders; /* by function, too */
    uint32_t *matches;      /* by function: a bit for each condition */
    struct ledger_head head;
    uint32_t open[CONDITION_LIMIT]; /* calls now of what a condition matches */
};

/* == SUMS ================================================================== */

static int
open_span(void *state, const struct span *span)
{
    struct writing *writing = state;
    uint32_t matches = writing->matches[span->function->number];
    for (uint32_t i = 0; matches >> i; i++)
        writing->open[i] += matches >> i & 1;
    return profile_open(&writing->profile, span);
}

static void
count_condition(struct writing *writing, uint32_t number,
                const struct batch *call)
{
    struct sums *sums = &writing->head.conditions[number].sums;
    sums_count(sums, call);
    if (--writing->open[number] == 0)
        sums->total_ns += call->ns;
}

static void
count(struct writing *writing, uint32_t number, uint64_t end_ns,
      const struct batch *batch)
{
    sums_count(&writing->sums[number], batch);
    wander_count(&writing->wanders[number], end_ns, writing->trace->duration_ns,
                 batch);
}

static int
close_span(void *state, const struct span *span)
{
    struct writing *writing = state;
    uint32_t number = span->function->number;
    uint32_t matches = writing->matches[number];
    uint64_t before_ns = writing->profile.functions[number].self_ns;
    uint64_t ns = profile_close(&writing->profile, span);
    uint64_t self_ns = writing->profile.functions[number].self_ns - before_ns;
    struct batch call = batch_of(1, ns, self_ns, ns);
    count(writing, number, span->end_ns, &call);
    for (uint32_t i = 0; matches >> i; i++)
        if (matches >> i & 1)
            count_condition(writing, i, &call);
    return 0;
}

static void
count_entry(struct writing *writing, const struct condensed *condensed,
            const struct condensed_entry *entry)
{
    uint64_t calls = entry->calls + entry->resumes;
    if (calls == 0)
        return;
    struct batch batch =
        batch_of(calls, entry->whole_ns, entry->self_ns, entry->longest_ns);
    count(writing, entry->function->number, condensed->end_ns, &batch);
}

static int
add_condensed(void *state, const struct condensed *condensed)
{
    struct writing *writing = state;
    profile_add(&writing->profile, condensed);
    for (size_t i = 0; i < condensed->count; i++)
        count_entry(writing, condensed, &condensed->entries[i]);
    return 0;
}

/* == WRITING =============================================================== */

static void
put(const void *bytes, size_t count)
{
    if (count > 0)
        fwrite(bytes, 1, count, desk.file);
}

static uint32_t
place(uint32_t *used, const char *text)
{
    uint32_t at = *used;
    *used += (uint32_t)strlen(text) + 1;
    return at;
}

static bool
is_listed(const struct writing *writing, uint32_t number)
{
    return writing->sums[number].calls > 0 &&
           writing->trace->functions[number]->kind != FUNCTION_TRACER;
}

static void
put_entry(struct writing *writing, uint32_t number, uint32_t *used)
{
    const struct function *function = writing->trace->functions[number];
    struct ledger_entry entry = {.sums = writing->sums[number],
                                 .line = function->line};
    entry.sums.waits = waits_is_one(function);
    wander_settle(&writing->wanders[number], &entry.sums);
    entry.sums.total_ns = writing->profile.functions[number].total_ns;
    entry.name = place(used, function->name);
    entry.module = place(used, function->module);
    entry.qualified_name = place(used, function->qualified_name);
    entry.file = place(used, function->file);
    put(&entry, sizeof entry);
}

static void
put_texts(const struct function *function)
{
    put(function->name, strlen(function->name) + 1);
    put(function->module, strlen(function->module) + 1);
    put(function->qualified_name, strlen(function->qualified_name) + 1);
    put(function->file, strlen(function->file) + 1);
}

static const char *
program_of(const struct trace *trace)
{
    return trace->process_count > 0 ? trace->processes[0]->name : "recording";
}

static void
add_usage(struct ledger_head *head, const struct trace *trace)
{
    for (uint32_t i = 0; i < trace->process_count; i++) {
        if (!trace->processes[i]->has_usage)
            continue;
        head->cpu_ns += trace->processes[i]->cpu_ns;
        head->delay_ns += trace->processes[i]->delay_ns;
    }
}

static void
fill_head(struct writing *writing)
{
    struct ledger_head *head = &writing->head;
    add_usage(head, writing->trace);
    head->duration_ns = writing->trace->duration_ns;
    head->lost = writing->trace->lost;
    for (uint32_t i = 0; i < writing->trace->function_count; i++) {
        if (!is_listed(writing, i))
            continue;
        head->count++;
        head->calls += writing->sums[i].calls;
        head->self_ns += writing->sums[i].self_ns;
        for (uint32_t at = 0; writing->matches[i] >> at; at++)
            head->conditions[at].functions += writing->matches[i] >> at & 1;
    }
}

/* The head, which holds the length of the texts, is written again at the end. */
static int
put_all(struct writing *writing)
{
    const struct trace *trace = writing->trace;
    const char *program = program_of(trace);
    uint32_t used = (uint32_t)strlen(program) + 1;
    fill_head(writing);
    put(&writing->head, sizeof writing->head);
    for (uint32_t i = 0; i < trace->function_count; i++)
        if (is_listed(writing, i))
            put_entry(writing, i, &used);
    put(program, strlen(program) + 1);
    for (uint32_t i = 0; i < trace->function_count; i++)
        if (is_listed(writing, i))
            put_texts(trace->functions[i]);
    writing->head.text_bytes = used;
    rewind(desk.file);
    put(&writing->head, sizeof writing->head);
    return fflush(desk.file) == 0 && !ferror(desk.file) ? 0 : -1;
}

/* == BEING A FORMAT ======================================================== */

static void
discard(struct writing *writing)
{
    profile_free(&writing->profile);
    free(writing->sums);
    free(writing->wanders);
    free(writing->matches);
    free(writing);
}

static void
match_conditions(struct writing *writing)
{
    const struct trace *trace = writing->trace;
    for (uint32_t i = 0; i < trace->function_count; i++)
        for (size_t at = 0; at < desk.conditions->count; at++)
            if (trace->functions[i]->kind != FUNCTION_TRACER &&
                glob_fits(desk.conditions->list[at].glob, trace->functions[i]))
                writing->matches[i] |= UINT32_C(1) << at;
}

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    (void)sink;
    (void)options;
    size_t count = (size_t)trace->function_count + 1;
    struct writing *writing = calloc(1, sizeof *writing);
    if (!writing)
        return NULL;
    writing->trace = trace;
    writing->sums = calloc(count, sizeof *writing->sums);
    writing->wanders = calloc(count, sizeof *writing->wanders);
    writing->matches = calloc(count, sizeof *writing->matches);
    if (profile_begin(&writing->profile, trace) != 0 || !writing->sums ||
        !writing->wanders || !writing->matches) {
        discard(writing);
        errno = ENOMEM;
        return NULL;
    }
    match_conditions(writing);
    return writing;
}

static int
end(void *state, int failed)
{
    struct writing *writing = state;
    int result = failed ? 0 : put_all(writing);
    int cause = errno;
    discard(writing);
    errno = cause;
    return result;
}

const struct format *
ledger_view(void)
{
    static struct format view = {
        .name = "diff",
        .suffix = "",
        .summary = "the sums of each function",
        .begin = begin,
        .open = open_span,
        .close = close_span,
        .end = end,
    };
    view.condensed = desk.conditions->count > 0 ? NULL : add_condensed;
    return &view;
}

/* == HANDING OVER ========================================================== */

int
ledger_prepare(const struct conditions *conditions)
{
    desk.conditions = conditions;
    desk.file = tmpfile();
    return desk.file ? 0 : -1;
}

/* count things of that size; NULL where they are not all there. */
static void *
take(size_t count, size_t size)
{
    void *things = calloc(count + 1, size);
    if (things && fread(things, size, count, desk.file) == count)
        return things;
    free(things);
    return NULL;
}

int
ledger_take(struct ledger *ledger)
{
    *ledger = (struct ledger){.entries = NULL};
    rewind(desk.file);
    if (fread(&ledger->head, sizeof ledger->head, 1, desk.file) == 1) {
        ledger->entries = take(ledger->head.count, sizeof *ledger->entries);
        ledger->texts = take(ledger->head.text_bytes, 1);
    }
    fclose(desk.file);
    desk.file = NULL;
    if (ledger->entries && ledger->texts)
        return 0;
    errno = EIO;
    return -1;
}

void
ledger_free(struct ledger *ledger)
{
    free(ledger->entries);
    free(ledger->texts);
    *ledger = (struct ledger){.entries = NULL};
}
