/* SPDX-License-Identifier: Apache-2.0
 *
 * callgrind.c: for KCachegrind, QCachegrind and callgrind_annotate, in
 * nanoseconds.  Files and names are written once and then by number:
 *
 *     fl=(1) /a/b.py
 *     fn=(7) f (b.py:3)
 *     3 1200
 *     cfi=(2) ...
 *     cfn=(9) ...
 *     calls=4 20
 *     3 56000
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "formats/shape/profile.h"
#include "formats/shape/writer.h"

struct callgrind {
    struct sink *sink;
    const struct trace *trace;
    struct profile profile;
    uint32_t *files; /* by function: the first function with the same file */
    bool *file_told, *name_told;
};

/* == LINES ================================================================== */

static void
put_number(struct sink *sink, uint64_t value, const char *behind)
{
    sink_decimal(sink, value);
    sink_puts(sink, behind);
}

/* A line's rest: no line breaks in it. */
static void
put_text(struct sink *sink, const char *text)
{
    for (; *text != '\0'; text++) {
        char byte = (unsigned char)*text < 0x20 ? ' ' : *text;
        sink_write(sink, &byte, 1);
    }
}

/* "fl=(1) text", and from the second time on "fl=(1)". */
static void
put_named(struct sink *sink, const char *key, uint32_t number, bool *told,
          const char *text)
{
    sink_puts(sink, key);
    sink_puts(sink, "=(");
    put_number(sink, (uint64_t)number + 1, ")");
    if (!*told) {
        sink_puts(sink, " ");
        put_text(sink, text);
    }
    *told = true;
    sink_puts(sink, "\n");
}

static void
put_function(struct callgrind *callgrind, const char *file_key,
             const char *name_key, uint32_t number)
{
    const struct function *function = callgrind->trace->functions[number];
    uint32_t file = callgrind->files[number];
    put_named(callgrind->sink, file_key, file, &callgrind->file_told[file],
              function->file[0] != '\0' ? function->file : "???");
    put_named(callgrind->sink, name_key, number, &callgrind->name_told[number],
              function->name);
}

static uint32_t
line_of(const struct callgrind *callgrind, uint32_t number)
{
    return callgrind->trace->functions[number]->line;
}

static void
put_call(struct callgrind *callgrind, const struct profile_pair *pair)
{
    struct sink *sink = callgrind->sink;
    put_function(callgrind, "cfi", "cfn", pair->function);
    sink_puts(sink, "calls=");
    put_number(sink, pair->spans, " ");
    put_number(sink, line_of(callgrind, pair->function), "\n");
    put_number(sink, line_of(callgrind, pair->caller), " ");
    put_number(sink, pair->outermost_ns, "\n");
}

/* == THE WHOLE ============================================================== */

static int
compare_callers(const void *a, const void *b)
{
    const struct profile_pair *x = a, *y = b;
    if (x->caller != y->caller)
        return x->caller < y->caller ? -1 : 1;
    return (x->function > y->function) - (x->function < y->function);
}

static void
put_all(struct callgrind *callgrind)
{
    struct profile *profile = &callgrind->profile;
    struct sink *sink = callgrind->sink;
    uint32_t pair = 1;
    qsort(profile->pairs + 1, profile->pair_count - 1, sizeof *profile->pairs,
          compare_callers);
    for (uint32_t i = 0; i < profile->function_count; i++) {
        if (profile->functions[i].spans == 0)
            continue;
        sink_puts(sink, "\n");
        put_function(callgrind, "fl", "fn", i);
        put_number(sink, line_of(callgrind, i), " ");
        put_number(sink, profile->functions[i].self_ns, "\n");
        for (; pair < profile->pair_count && profile->pairs[pair].caller == i;
             pair++)
            put_call(callgrind, &profile->pairs[pair]);
    }
}

static void
put_head(struct callgrind *callgrind)
{
    struct sink *sink = callgrind->sink;
    uint64_t total_ns = 0;
    for (uint32_t i = 0; i < callgrind->profile.function_count; i++)
        total_ns += callgrind->profile.functions[i].self_ns;
    sink_puts(sink, "# callgrind format\nversion: 1\ncreator: codesnap\ncmd: ");
    put_text(sink, callgrind->trace->command);
    sink_puts(sink, "\npositions: line\nevent: ns : Nanoseconds\nevents: ns\n"
                    "summary: ");
    put_number(sink, total_ns, "\n");
}

static int
compare_files(const void *a, const void *b, void *context)
{
    const struct trace *trace = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(trace->functions[x]->file, trace->functions[y]->file);
    return order != 0 ? order : (x > y) - (x < y);
}

static int
number_files(struct callgrind *callgrind)
{
    const struct trace *trace = callgrind->trace;
    uint32_t count = trace->function_count, first = 0;
    uint32_t *sorted = malloc(((size_t)count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = i;
    qsort_r(sorted, count, sizeof *sorted, compare_files, (void *)trace);
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(trace->functions[sorted[first]]->file,
                   trace->functions[sorted[i]]->file) != 0)
            first = i;
        callgrind->files[sorted[i]] = sorted[first];
    }
    free(sorted);
    return 0;
}

/* == BEGIN AND END ========================================================== */

static int
callgrind_open(void *state, const struct span *span)
{
    struct callgrind *callgrind = state;
    return profile_open(&callgrind->profile, span);
}

static int
callgrind_close(void *state, const struct span *span)
{
    struct callgrind *callgrind = state;
    profile_close(&callgrind->profile, span);
    return 0;
}

static int
callgrind_wait(void *state, const struct wait *wait)
{
    struct callgrind *callgrind = state;
    profile_wait(&callgrind->profile, wait);
    return 0;
}

static void
discard(struct callgrind *callgrind)
{
    profile_free(&callgrind->profile);
    free(callgrind->files);
    free(callgrind->file_told);
    free(callgrind->name_told);
    free(callgrind);
}

static void *
callgrind_begin(struct sink *sink, const struct trace *trace,
                const struct format_options *options)
{
    size_t count = (size_t)trace->function_count + 1;
    struct callgrind *callgrind = calloc(1, sizeof *callgrind);
    if (callgrind == NULL)
        return NULL;
    callgrind->sink = sink;
    callgrind->trace = trace;
    callgrind->files = calloc(count, sizeof *callgrind->files);
    callgrind->file_told = calloc(count, sizeof *callgrind->file_told);
    callgrind->name_told = calloc(count, sizeof *callgrind->name_told);
    int begun = profile_begin(&callgrind->profile, trace);
    callgrind->profile.cpu = options != NULL && options->cpu_clock;
    if (begun == 0 && callgrind->files != NULL &&
        callgrind->file_told != NULL && callgrind->name_told != NULL &&
        number_files(callgrind) == 0)
        return callgrind;
    discard(callgrind);
    errno = ENOMEM;
    return NULL;
}

static int
callgrind_end(void *state, int failed)
{
    struct callgrind *callgrind = state;
    if (!failed) {
        put_head(callgrind);
        put_all(callgrind);
    }
    discard(callgrind);
    return 0;
}

const struct format format_callgrind = {
    .name = "callgrind",
    .suffix = ".callgrind",
    .summary = "for KCachegrind and callgrind_annotate",
    .begin = callgrind_begin,
    .open = callgrind_open,
    .close = callgrind_close,
    .wait = callgrind_wait,
    .end = callgrind_end,
};
