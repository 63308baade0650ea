/* SPDX-License-Identifier: Apache-2.0
 *
 * pstats.c: what cProfile writes and Python's pstats reads: a marshalled
 *
 *     {(file, line, name): (primitive calls, calls, self, total,
 *                           {caller: (calls, primitive calls, self, total)})}
 *
 * in which the first two numbers of a caller are swapped indeed.  As in cProfile,
 * each step of a generator or coroutine counts as a call.  Processes and threads
 * are summed up, and the tracer's own work is left out.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/shape/profile.h"
#include "formats/shape/writer.h"

/* How pstats names a function.  Several of ours can have the same key. */
struct key {
    const struct function *function;
    char *file, *name;
    uint32_t line;
    uint32_t number; /* equal keys have the same, from 0 */
};

struct sums {
    uint64_t calls, recursive, self_ns, total_ns;
};

/* A pair of keys and its sums. */
struct edge {
    uint32_t function, caller;
    struct sums sums;
};

struct pstats {
    struct sink *sink;
    const struct trace *trace;
    struct profile profile;
    struct key *keys;    /* by function */
    struct key **by_key; /* the first function of each key */
    struct sums *sums;   /* by key */
    struct edge *edges;  /* by key, then caller */
    uint32_t key_count, edge_count;
};

/* == MARSHAL ================================================================ */

static void
put_word(struct sink *sink, uint32_t value)
{
    unsigned char bytes[4] = {(unsigned char)value, (unsigned char)(value >> 8),
                              (unsigned char)(value >> 16),
                              (unsigned char)(value >> 24)};
    sink_write(sink, bytes, 4);
}

/* Above 31 bits: digits of 15 bits. */
static void
put_integer(struct sink *sink, uint64_t value)
{
    uint32_t digits = 0;
    if (value < (1u << 31)) {
        sink_write(sink, "i", 1);
        put_word(sink, (uint32_t)value);
        return;
    }
    for (uint64_t rest = value; rest > 0; rest >>= 15)
        digits++;
    sink_write(sink, "l", 1);
    put_word(sink, digits);
    for (; value > 0; value >>= 15) {
        unsigned char digit[2] = {(unsigned char)value,
                                  (unsigned char)(value >> 8 & 0x7f)};
        sink_write(sink, digit, 2);
    }
}

static void
put_seconds(struct sink *sink, uint64_t ns)
{
    double seconds = (double)ns / 1e9;
    sink_write(sink, "g", 1);
    sink_write(sink, &seconds, 8);
}

static void
put_text(struct sink *sink, const char *text)
{
    size_t bytes = strlen(text);
    sink_write(sink, "u", 1);
    put_word(sink, (uint32_t)bytes);
    sink_write(sink, text, bytes);
}

static void
put_tuple(struct sink *sink, uint32_t count)
{
    sink_write(sink, "(", 1);
    put_word(sink, count);
}

static void
put_key(struct sink *sink, const struct key *key)
{
    put_tuple(sink, 3);
    put_text(sink, key->file);
    put_integer(sink, key->line);
    put_text(sink, key->name);
}

/* == KEYS =================================================================== */

/* The code's own name: the last part of the qualified one. */
static const char *
own_name(const struct function *function)
{
    const char *dot = strrchr(function->qualified_name, '.');
    return dot != NULL ? dot + 1 : function->qualified_name;
}

/* As cProfile shows C functions. */
static char *
built_in_name(const struct function *function)
{
    char *name = NULL;
    const char *module = function->class_method ? "" : function->module;
    int result;
    if (function->kind != FUNCTION_C)
        result = asprintf(&name, "%s", function->name);
    else if (function->method)
        result = asprintf(&name, "<method '%s' of '%s' objects>",
                          function->qualified_name, module);
    else
        result = asprintf(&name, "<built-in method %s%s%s>", module,
                          *module != '\0' ? "." : "", function->qualified_name);
    return result < 0 ? NULL : name;
}

static int
make_key(struct key *key, const struct function *function)
{
    bool python = function->kind == FUNCTION_PYTHON;
    key->function = function;
    key->line = python ? function->line : 0;
    key->file = strdup(python ? function->file : "~");
    key->name = python ? strdup(own_name(function)) : built_in_name(function);
    return key->file != NULL && key->name != NULL ? 0 : -1;
}

static int
compare_keys(const void *a, const void *b)
{
    const struct key *x = *(struct key *const *)a;
    const struct key *y = *(struct key *const *)b;
    int order = strcmp(x->file, y->file);
    if (order != 0)
        return order;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Sort the keys of the functions that were called, and number them. */
static int
number_keys(struct pstats *pstats)
{
    const struct trace *trace = pstats->trace;
    uint32_t used = 0;
    for (uint32_t i = 0; i < trace->function_count; i++) {
        if (pstats->profile.functions[i].spans == 0)
            continue;
        if (make_key(&pstats->keys[i], trace->functions[i]) != 0)
            return -1;
        pstats->by_key[used++] = &pstats->keys[i];
    }
    qsort(pstats->by_key, used, sizeof *pstats->by_key, compare_keys);
    for (uint32_t i = 0; i < used; i++) {
        struct key *key = pstats->by_key[i];
        uint32_t count = pstats->key_count;
        if (count == 0 || compare_keys(&pstats->by_key[count - 1], &key) != 0)
            pstats->by_key[pstats->key_count++] = key;
        key->number = pstats->key_count - 1;
    }
    return 0;
}

/* == SUMS =================================================================== */

static bool
is_tracer(const struct pstats *pstats, uint32_t function)
{
    return pstats->trace->functions[function]->kind == FUNCTION_TRACER;
}

static void
sum_functions(struct pstats *pstats)
{
    for (uint32_t i = 0; i < pstats->trace->function_count; i++) {
        const struct profile_function *function = &pstats->profile.functions[i];
        if (function->spans == 0)
            continue;
        struct sums *sums = &pstats->sums[pstats->keys[i].number];
        sums->calls += function->spans;
        sums->recursive += function->recursive;
        sums->self_ns += function->self_ns;
        sums->total_ns += function->total_ns;
    }
}

static int
compare_edges(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->function != y->function)
        return x->function < y->function ? -1 : 1;
    return (x->caller > y->caller) - (x->caller < y->caller);
}

static void
join_edges(struct pstats *pstats)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < pstats->edge_count; i++) {
        struct edge *edge = &pstats->edges[i];
        struct edge *last = &pstats->edges[count > 0 ? count - 1 : 0];
        if (count == 0 || compare_edges(last, edge) != 0) {
            pstats->edges[count++] = *edge;
            continue;
        }
        last->sums.calls += edge->sums.calls;
        last->sums.recursive += edge->sums.recursive;
        last->sums.self_ns += edge->sums.self_ns;
        last->sums.total_ns += edge->sums.total_ns;
    }
    pstats->edge_count = count;
}

static int
sum_edges(struct pstats *pstats)
{
    const struct profile *profile = &pstats->profile;
    pstats->edges = calloc(profile->pair_count, sizeof *pstats->edges);
    if (pstats->edges == NULL)
        return -1;
    for (uint32_t i = 1; i < profile->pair_count; i++) {
        const struct profile_pair *pair = &profile->pairs[i];
        if (pair->caller == PROFILE_NOBODY || pair->spans == 0)
            continue;
        pstats->edges[pstats->edge_count++] = (struct edge){
            .function = pstats->keys[pair->function].number,
            .caller = pstats->keys[pair->caller].number,
            .sums = {pair->spans, pair->recursive, pair->self_ns,
                     pair->total_ns},
        };
    }
    qsort(pstats->edges, pstats->edge_count, sizeof *pstats->edges,
          compare_edges);
    join_edges(pstats);
    return 0;
}

/* == WRITING ================================================================ */

static void
put_edge(struct pstats *pstats, const struct edge *edge)
{
    struct sink *sink = pstats->sink;
    put_key(sink, pstats->by_key[edge->caller]);
    put_tuple(sink, 4);
    put_integer(sink, edge->sums.calls);
    put_integer(sink, edge->sums.calls - edge->sums.recursive);
    put_seconds(sink, edge->sums.self_ns);
    put_seconds(sink, edge->sums.total_ns);
}

static uint32_t
put_entry(struct pstats *pstats, uint32_t number, uint32_t edge)
{
    struct sink *sink = pstats->sink;
    const struct sums *sums = &pstats->sums[number];
    put_key(sink, pstats->by_key[number]);
    put_tuple(sink, 5);
    put_integer(sink, sums->calls - sums->recursive);
    put_integer(sink, sums->calls);
    put_seconds(sink, sums->self_ns);
    put_seconds(sink, sums->total_ns);
    sink_write(sink, "{", 1);
    for (; edge < pstats->edge_count && pstats->edges[edge].function == number;
         edge++)
        put_edge(pstats, &pstats->edges[edge]);
    sink_write(sink, "0", 1);
    return edge;
}

static void
put_all(struct pstats *pstats)
{
    uint32_t edge = 0;
    sink_write(pstats->sink, "{", 1);
    for (uint32_t i = 0; i < pstats->key_count; i++) {
        while (edge < pstats->edge_count && pstats->edges[edge].function < i)
            edge++;
        if (!is_tracer(pstats, pstats->by_key[i]->function->number))
            edge = put_entry(pstats, i, edge);
    }
    sink_write(pstats->sink, "0", 1);
}

static int
sum_up(struct pstats *pstats)
{
    uint32_t count = pstats->trace->function_count;
    pstats->keys = calloc((size_t)count + 1, sizeof *pstats->keys);
    pstats->by_key = calloc((size_t)count + 1, sizeof *pstats->by_key);
    pstats->sums = calloc((size_t)count + 1, sizeof *pstats->sums);
    if (pstats->keys == NULL || pstats->by_key == NULL ||
        pstats->sums == NULL || number_keys(pstats) != 0)
        return -1;
    sum_functions(pstats);
    return sum_edges(pstats);
}

/* == BEGIN AND END ========================================================== */

static int
pstats_open(void *state, const struct span *span)
{
    struct pstats *pstats = state;
    return profile_open(&pstats->profile, span);
}

static int
pstats_close(void *state, const struct span *span)
{
    struct pstats *pstats = state;
    profile_close(&pstats->profile, span);
    return 0;
}

static int
pstats_wait(void *state, const struct wait *wait)
{
    struct pstats *pstats = state;
    profile_wait(&pstats->profile, wait);
    return 0;
}

static void
discard(struct pstats *pstats)
{
    for (uint32_t i = 0;
         pstats->keys != NULL && i < pstats->trace->function_count; i++) {
        free(pstats->keys[i].file);
        free(pstats->keys[i].name);
    }
    free(pstats->keys);
    free(pstats->by_key);
    free(pstats->sums);
    free(pstats->edges);
    profile_free(&pstats->profile);
    free(pstats);
}

static void *
pstats_begin(struct sink *sink, const struct trace *trace,
             const struct format_options *options)
{
    struct pstats *pstats = calloc(1, sizeof *pstats);
    if (pstats == NULL)
        return NULL;
    pstats->sink = sink;
    pstats->trace = trace;
    int begun = profile_begin(&pstats->profile, trace);
    pstats->profile.cpu = options != NULL && options->cpu_clock;
    if (begun == 0)
        return pstats;
    discard(pstats);
    errno = ENOMEM;
    return NULL;
}

static int
pstats_end(void *state, int failed)
{
    struct pstats *pstats = state;
    int result = failed ? 0 : sum_up(pstats);
    if (!failed && result == 0)
        put_all(pstats);
    discard(pstats);
    if (result != 0)
        errno = ENOMEM;
    return result;
}

const struct format format_pstats = {
    .name = "pstats",
    .suffix = ".prof",
    .summary = "as cProfile writes it, for pstats and snakeviz",
    .begin = pstats_begin,
    .open = pstats_open,
    .close = pstats_close,
    .wait = pstats_wait,
    .end = pstats_end,
};
