/* SPDX-License-Identifier: Apache-2.0
 *
 * folded.c: collapsed stacks, for flamegraph.pl, inferno and speedscope: one
 * line for each stack, with the nanoseconds spent in it and not below.
 *
 *     process;thread;outer;inner 123
 *
 * A name that several processes, or threads of one, have in common gets the
 * id behind it.
 *
 * Each line has its whole stack, so the file would grow with the square of a
 * recursion's depth.  Below a depth the stack is cut: one frame says how deep it
 * goes on, and below that the functions are summed up, so that times add up.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/phrase.h"
#include "formats/shape/calltree.h"
#include "formats/shape/writer.h"

/* How many levels of calls are told, and how few where the file would be larger
 * than so many times the recording, and that. */
#define DEEPEST     512u
#define LEAST_DEEP  64u
#define TIMES       16u
#define LEAST_BYTES (16u << 20)

/* Where a stack's text ends, and what comes below it. */
struct level {
    size_t bytes;
    uint32_t at, end; /* in sorted */
};

struct folded {
    struct sink *sink;
    const struct trace *trace;
    struct calltree tree;
    char *line; /* the stack that is being written */
    size_t used, room;
    uint32_t *sorted; /* children of the open levels, one list behind another */
    size_t sorted_used, sorted_room;
    struct level *levels;
    size_t depth, level_room;
    size_t cut; /* levels that are told */
    uint64_t
        *below;    /* by function: self time below the cut; one more: others */
    uint32_t *met; /* the functions in it */
    uint32_t met_count;
};

/* == ROOM =================================================================== */

static int
make_room(void **list, size_t *room, size_t want, size_t bytes)
{
    if (want <= *room)
        return 0;
    size_t more = *room * 2 > want ? *room * 2 : want + 64;
    void *grown = realloc(*list, more * bytes);
    if (grown == NULL)
        return -1;
    *list = grown;
    *room = more;
    return 0;
}

/* Whatever would break the line or the stack becomes something else. */
static int
put_frame(struct folded *folded, const char *name)
{
    size_t bytes = strlen(name);
    if (make_room((void **)&folded->line, &folded->room,
                  folded->used + bytes + 1, 1) != 0)
        return -1;
    char *to = folded->line + folded->used;
    if (folded->used > 0)
        *to++ = ';';
    for (; *name != '\0'; name++)
        *to++ = (char)(*name == ';'                  ? ':'
                       : (unsigned char)*name < 0x20 ? ' '
                                                     : *name);
    folded->used = (size_t)(to - folded->line);
    return 0;
}

/* == THE TREE =============================================================== */

static const char *
name_of(const struct calltree_node *node)
{
    return node->function != NULL ? node->function->name : "(more stacks)";
}

static int
compare(const void *a, const void *b, void *context)
{
    const struct calltree *tree = context;
    const struct calltree_node *x = &tree->nodes[*(const uint32_t *)a];
    const struct calltree_node *y = &tree->nodes[*(const uint32_t *)b];
    int order = strcmp(name_of(x), name_of(y));
    return order != 0 ? order
                      : (x->number > y->number) - (x->number < y->number);
}

/* Go into a node, whose frame is in the line already. */
static int
descend(struct folded *folded, uint32_t node)
{
    const struct calltree *tree = &folded->tree;
    size_t first = folded->sorted_used;
    for (uint32_t child = tree->nodes[node].last_child; child != 0;
         child = tree->nodes[child].sibling) {
        if (make_room((void **)&folded->sorted, &folded->sorted_room,
                      folded->sorted_used + 1, sizeof *folded->sorted) != 0)
            return -1;
        folded->sorted[folded->sorted_used++] = child;
    }
    if (folded->sorted_used > first)
        qsort_r(folded->sorted + first, folded->sorted_used - first,
                sizeof *folded->sorted, compare, (void *)tree);
    if (make_room((void **)&folded->levels, &folded->level_room,
                  folded->depth + 1, sizeof *folded->levels) != 0)
        return -1;
    folded->levels[folded->depth++] = (struct level){
        folded->used, (uint32_t)first, (uint32_t)folded->sorted_used};
    return 0;
}

static void
put_line(struct folded *folded, uint64_t ns)
{
    if (ns == 0)
        return;
    sink_write(folded->sink, folded->line, folded->used);
    sink_write(folded->sink, " ", 1);
    sink_decimal(folded->sink, ns);
    sink_write(folded->sink, "\n", 1);
}

/* == BELOW THE CUT ========================================================== */

/* The node behind node in its subtree, which has top; depth is node's below
 * top.  CALLTREE_ROOT behind the last one. */
static uint32_t
next_below(const struct calltree *tree, uint32_t top, uint32_t node,
           uint32_t *depth)
{
    if (tree->nodes[node].last_child != 0) {
        ++*depth;
        return tree->nodes[node].last_child;
    }
    while (node != top && tree->nodes[node].sibling == 0) {
        node = tree->nodes[node].parent;
        --*depth;
    }
    return node == top ? CALLTREE_ROOT : tree->nodes[node].sibling;
}

static void
sum_up(struct folded *folded, const struct calltree_node *node)
{
    uint32_t function =
        node->function != NULL ? node->number : folded->trace->function_count;
    if (folded->below[function] == 0 && calltree_self_ns(node) > 0)
        folded->met[folded->met_count++] = function;
    folded->below[function] += calltree_self_ns(node);
}

static const char *
name_of_met(const struct folded *folded, uint32_t number)
{
    const struct trace *trace = folded->trace;
    return number < trace->function_count ? trace->functions[number]->name
                                          : "(more stacks)";
}

static int
compare_met(const void *a, const void *b, void *context)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(name_of_met(context, x), name_of_met(context, y));
    return order != 0 ? order : (x > y) - (x < y);
}

static int
put_sums(struct folded *folded)
{
    size_t used = folded->used;
    qsort_r(folded->met, folded->met_count, sizeof *folded->met, compare_met,
            folded);
    for (uint32_t i = 0; i < folded->met_count; i++) {
        uint32_t function = folded->met[i];
        folded->used = used;
        if (put_frame(folded, name_of_met(folded, function)) != 0)
            return -1;
        put_line(folded, folded->below[function]);
        folded->below[function] = 0;
    }
    folded->met_count = 0;
    return 0;
}

/* All that is below a node, whose frame is in the line. */
static int
put_cut(struct folded *folded, uint32_t top)
{
    const struct calltree *tree = &folded->tree;
    uint32_t depth = 0, deepest = 0;
    char text[48], digits[PHRASE_DIGITS];
    for (uint32_t node = next_below(tree, top, top, &depth);
         node != CALLTREE_ROOT; node = next_below(tree, top, node, &depth)) {
        sum_up(folded, &tree->nodes[node]);
        deepest = depth > deepest ? depth : deepest;
    }
    if (deepest == 0)
        return 0;
    snprintf(text, sizeof text, "... %s deeper",
             phrase_digits(digits, deepest));
    return put_frame(folded, text) != 0 ? -1 : put_sums(folded);
}

/* == WHERE TO CUT =========================================================== */

/* By depth: the bytes of the lines that end there. */
struct lengths {
    uint64_t bytes[DEEPEST + 1]; /* the last one: all that is deeper */
    uint32_t *stack_bytes;       /* by node, of its line */
    uint32_t *depth;             /* by node, at most DEEPEST */
};

static void
measure(struct lengths *lengths, const struct calltree *tree)
{
    for (uint32_t i = 1; i < tree->count; i++) {
        const struct calltree_node *node = &tree->nodes[i];
        uint32_t depth = lengths->depth[node->parent] + 1;
        uint64_t bytes =
            lengths->stack_bytes[node->parent] + strlen(name_of(node)) + 1;
        if (depth > DEEPEST) {
            depth = DEEPEST;
            bytes = lengths->stack_bytes[node->parent];
        }
        lengths->depth[i] = depth;
        lengths->stack_bytes[i] =
            bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
        if (calltree_self_ns(node) > 0)
            lengths->bytes[depth] += bytes;
    }
}

static uint32_t
deepest_within(const struct lengths *lengths, uint64_t most)
{
    uint64_t bytes = 0;
    uint32_t depth = 0;
    while (depth < DEEPEST && (bytes += lengths->bytes[depth]) <= most)
        depth++;
    return depth > LEAST_DEEP ? depth : LEAST_DEEP;
}

static int
choose_cut(struct folded *folded)
{
    struct lengths lengths = {.bytes = {0}};
    const struct calltree *tree = &folded->tree;
    uint64_t most = folded->trace->spool_bytes * TIMES + LEAST_BYTES;
    lengths.stack_bytes = calloc(tree->count, sizeof *lengths.stack_bytes);
    lengths.depth = calloc(tree->count, sizeof *lengths.depth);
    bool fine = lengths.stack_bytes != NULL && lengths.depth != NULL;
    if (fine) {
        lengths.stack_bytes[CALLTREE_ROOT] = (uint32_t)folded->used;
        measure(&lengths, tree);
        folded->cut = deepest_within(&lengths, most);
    }
    free(lengths.stack_bytes);
    free(lengths.depth);
    return fine ? 0 : -1;
}

/* == THE LINES ============================================================== */

/* The next child of the innermost level, or out of that level. */
static int
step(struct folded *folded)
{
    struct level *level = &folded->levels[folded->depth - 1];
    folded->used = level->bytes;
    if (level->at == level->end) {
        folded->depth--;
        if (folded->depth > 0)
            folded->sorted_used = folded->levels[folded->depth - 1].end;
        return 0;
    }
    uint32_t child = folded->sorted[level->at++];
    const struct calltree_node *node = &folded->tree.nodes[child];
    if (put_frame(folded, name_of(node)) != 0)
        return -1;
    put_line(folded, calltree_self_ns(node));
    if (folded->depth == folded->cut)
        return put_cut(folded, child);
    return descend(folded, child);
}

/* == TRACKS ================================================================= */

static bool
shares_process_name(const struct trace *trace, const struct process *process)
{
    for (uint32_t i = 0; i < trace->process_count; i++)
        if (trace->processes[i] != process &&
            strcmp(trace->processes[i]->name, process->name) == 0)
            return true;
    return false;
}

/* Tracks of a process lie side by side. */
static bool
shares_name(const struct trace *trace, const struct track *track)
{
    uint32_t first = track->number;
    while (first > 0 && trace->tracks[first - 1]->process == track->process)
        first--;
    for (uint32_t i = first;
         i < trace->track_count && trace->tracks[i]->process == track->process;
         i++)
        if (i != track->number &&
            strcmp(trace->tracks[i]->name, track->name) == 0)
            return true;
    return false;
}

static int
put_named(struct folded *folded, const char *name, bool shared, uint32_t id)
{
    char text[32];
    if (put_frame(folded, name) != 0)
        return -1;
    if (!shared)
        return 0;
    size_t bytes = (size_t)snprintf(text, sizeof text, " %u", id);
    if (make_room((void **)&folded->line, &folded->room, folded->used + bytes,
                  1) != 0)
        return -1;
    memcpy(folded->line + folded->used, text, bytes);
    folded->used += bytes;
    return 0;
}

static int
folded_track_end(void *state, const struct track *track)
{
    struct folded *folded = state;
    const struct trace *trace = folded->trace;
    const struct process *process = track->process;
    folded->used = folded->sorted_used = folded->depth = 0;
    if (put_named(folded, process->name, shares_process_name(trace, process),
                  process->pid) != 0 ||
        put_named(folded, track->name, shares_name(trace, track), track->tid) !=
            0 ||
        choose_cut(folded) != 0 || descend(folded, CALLTREE_ROOT) != 0)
        return -1;
    while (folded->depth > 0)
        if (step(folded) != 0)
            return -1;
    calltree_clear(&folded->tree);
    return 0;
}

static int
folded_open(void *state, const struct span *span)
{
    struct folded *folded = state;
    return calltree_open(&folded->tree, span);
}

static int
folded_close(void *state, const struct span *span)
{
    struct folded *folded = state;
    calltree_close(&folded->tree, span);
    return 0;
}

/* == BEGIN AND END ========================================================== */

static void
discard(struct folded *folded)
{
    calltree_free(&folded->tree);
    free(folded->line);
    free(folded->sorted);
    free(folded->levels);
    free(folded->below);
    free(folded->met);
    free(folded);
}

static void *
folded_begin(struct sink *sink, const struct trace *trace,
             const struct format_options *options)
{
    (void)options;
    struct folded *folded = calloc(1, sizeof *folded);
    if (folded == NULL)
        return NULL;
    folded->sink = sink;
    folded->trace = trace;
    folded->below = calloc(trace->function_count + 1u, sizeof *folded->below);
    folded->met = calloc(trace->function_count + 1u, sizeof *folded->met);
    if (folded->below != NULL && folded->met != NULL &&
        calltree_begin(&folded->tree, CALLTREE_NODES_MAX) == 0)
        return folded;
    discard(folded);
    errno = ENOMEM;
    return NULL;
}

static int
folded_end(void *state, int failed)
{
    (void)failed;
    discard(state);
    return 0;
}

const struct format format_folded = {
    .name = "folded",
    .suffix = ".folded",
    .summary = "collapsed stacks, for flame graphs",
    .begin = folded_begin,
    .open = folded_open,
    .close = folded_close,
    .track_end = folded_track_end,
    .end = folded_end,
};
