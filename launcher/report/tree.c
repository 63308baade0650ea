/* SPDX-License-Identifier: Apache-2.0
 *
 * report/tree.c: who called what, or which module imported which, threads summed up,
 * the longest first.  On a terminal, what took less than a hundredth of the whole is
 * left out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/shape/calltree.h"
#include "formats/shape/imports.h"
#include "launcher/report/view.h"

enum {
    INDENT_MAX = 60, /* levels */
    NUMBERS = 44,    /* columns before the indent */
    NAME_MIN = 20 /* columns that are left for a name, if there are so many */
};

struct visit {
    uint32_t node;
    uint32_t depth;
};

struct tree {
    struct sink *sink;
    const struct trace *trace;
    struct calltree calls;
    struct visit *todo; /* a stack: the next one last */
    size_t todo_count, todo_room;
    uint64_t rows, hidden;
    bool imports; /* and nothing else */
};

static const char *
name_of(const struct calltree_node *node)
{
    return node->function ? node->function->name : "(more stacks)";
}

/* The shortest first, since the last one is taken first. */
static int
compare(const void *a, const void *b, void *context)
{
    const struct calltree *calls = context;
    const struct calltree_node *x =
        &calls->nodes[((const struct visit *)a)->node];
    const struct calltree_node *y =
        &calls->nodes[((const struct visit *)b)->node];
    if (x->total_ns != y->total_ns)
        return x->total_ns < y->total_ns ? -1 : 1;
    int order = strcmp(name_of(y), name_of(x));
    return order ? order : (x->number < y->number) - (x->number > y->number);
}

static int
push_children(struct tree *tree, uint32_t node, uint32_t depth)
{
    size_t first = tree->todo_count;
    const struct calltree_node *nodes = tree->calls.nodes;
    for (uint32_t child = nodes[node].last_child; child;
         child = nodes[child].sibling) {
        if (calltree_is_tracer(&nodes[child]))
            continue;
        if (tree->todo_count == tree->todo_room) {
            size_t room = tree->todo_room ? tree->todo_room * 2 : 256;
            void *todo = realloc(tree->todo, room * sizeof *tree->todo);
            if (!todo)
                return -1;
            tree->todo = todo;
            tree->todo_room = room;
        }
        tree->todo[tree->todo_count++] = (struct visit){child, depth};
    }
    if (tree->todo_count > first)
        qsort_r(tree->todo + first, tree->todo_count - first,
                sizeof *tree->todo, compare, &tree->calls);
    return 0;
}

/* == TEXT ================================================================== */

static void
put_head(struct printer *printer)
{
    printer_bold(printer);
    printer_head(printer, "share", 7);
    printer_head(printer, "total", 11);
    printer_head(printer, "self", 11);
    printer_head(printer, "calls", 13);
    printer_text(printer, "  function");
    printer_plain(printer);
    printer_end_line(printer);
}

/* Beyond that, what is deeper is shown no deeper. */
static uint32_t
indent_of(const struct printer *printer, uint32_t depth)
{
    uint32_t most = INDENT_MAX;
    if (printer->width)
        most = printer->width > NUMBERS + NAME_MIN
                   ? (printer->width - NUMBERS - NAME_MIN) / 2
                   : 0;
    return depth < most ? depth : most;
}

static void
put_row(struct tree *tree, struct printer *printer, const struct visit *visit)
{
    const struct calltree_node *node = &tree->calls.nodes[visit->node];
    printer_share(printer, node->total_ns, tree->calls.nodes[0].child_ns, 7);
    printer_duration(printer, node->total_ns, 11);
    printer_duration(printer, calltree_self_ns(node), 11);
    printer_count(printer, node->calls, 13);
    printer_indent(printer, 2 + 2 * indent_of(printer, visit->depth));
    printer_name(printer, name_of(node));
}

/* A row is a stack of its own; nobody reads them all. */
static bool
is_shown(const struct tree *tree, const struct printer *printer, uint32_t node)
{
    uint64_t whole_ns = tree->calls.nodes[0].child_ns;
    if (report_wish.limit && tree->rows >= report_wish.limit)
        return false;
    return report_wish.limited || !(printer->colour || printer->width) ||
           tree->calls.nodes[node].total_ns >= whole_ns / 100;
}

static int
put_text(struct tree *tree)
{
    struct printer printer;
    printer_begin(&printer, tree->sink);
    report_title(&printer, tree->trace,
                 tree->imports ? "which module imported which, by total time"
                               : "who called what, by total time");
    put_head(&printer);
    while (tree->todo_count > 0) {
        struct visit visit = tree->todo[--tree->todo_count];
        if (!is_shown(tree, &printer, visit.node)) {
            tree->hidden++;
            continue;
        }
        put_row(tree, &printer, &visit);
        tree->rows++;
        if (push_children(tree, visit.node, visit.depth + 1) < 0)
            return -1;
    }
    if (tree->hidden) {
        printer_dim(&printer);
        printer_count(&printer, tree->hidden, 7);
        printer_text(&printer, " branches are not shown (--limit 0 shows all)");
        printer_plain(&printer);
        printer_end_line(&printer);
    }
    report_close(&printer, tree->trace);
    return 0;
}

/* == JSON ================================================================== */

static void
put_object(struct tree *tree, const struct visit *visit)
{
    const struct calltree_node *node = &tree->calls.nodes[visit->node];
    struct sink *sink = tree->sink;
    sink_puts(sink, tree->rows++ ? ",\n{" : "\n{");
    escape_member(sink, "name", name_of(node));
    escape_count(sink, "depth", visit->depth);
    escape_count(sink, "calls", node->calls);
    escape_count(sink, "total_ns", node->total_ns);
    escape_count(sink, "self_ns", calltree_self_ns(node));
    sink_puts(sink, "}");
}

/* Flat, in the order of the text: a depth says what is below what. */
static int
put_json(struct tree *tree)
{
    sink_puts(tree->sink, "{\"tree\":[");
    while (tree->todo_count > 0 &&
           (!report_wish.limit || tree->rows < report_wish.limit)) {
        struct visit visit = tree->todo[--tree->todo_count];
        put_object(tree, &visit);
        if (push_children(tree, visit.node, visit.depth + 1) < 0)
            return -1;
    }
    sink_puts(tree->sink, "]}\n");
    return 0;
}

/* == BEING A FORMAT ======================================================== */

static bool
is_wanted(const struct tree *tree, const struct span *span)
{
    return !tree->imports || imports_is_module(span->function) ||
           span->function->kind == FUNCTION_TRACER;
}

static int
open_span(void *state, const struct span *span)
{
    struct tree *tree = state;
    return is_wanted(tree, span) ? calltree_open(&tree->calls, span) : 0;
}

static int
close_span(void *state, const struct span *span)
{
    struct tree *tree = state;
    if (is_wanted(tree, span))
        calltree_close(&tree->calls, span);
    return 0;
}

static void
discard(struct tree *tree)
{
    calltree_free(&tree->calls);
    free(tree->todo);
    free(tree);
}

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    struct tree *tree = calloc(1, sizeof *tree);
    if (!tree)
        return NULL;
    tree->sink = sink;
    tree->trace = trace;
    if (calltree_begin(&tree->calls, CALLTREE_NODES_MAX) == 0) {
        tree->calls.stretch = stretch_of(options);
        return tree;
    }
    discard(tree);
    errno = ENOMEM;
    return NULL;
}

static void *
begin_imports(struct sink *sink, const struct trace *trace,
              const struct format_options *options)
{
    struct tree *tree = begin(sink, trace, options);
    if (tree)
        tree->imports = true;
    return tree;
}

static int
end(void *state, int failed)
{
    struct tree *tree = state;
    int result = 0;
    if (!failed) {
        calltree_leave_out_tracer(&tree->calls);
        result = push_children(tree, CALLTREE_ROOT, 0);
    }
    if (!failed && !result)
        result = report_wish.json ? put_json(tree) : put_text(tree);
    discard(tree);
    if (result)
        errno = ENOMEM;
    return result;
}

const struct format report_tree = {
    .name = "tree",
    .suffix = "",
    .summary = "the tree of calls",
    .begin = begin,
    .open = open_span,
    .close = close_span,
    .end = end,
};

const struct format report_imports = {
    .name = "imports",
    .suffix = "",
    .summary = "the tree of imports",
    .begin = begin_imports,
    .open = open_span,
    .close = close_span,
    .end = end,
};
