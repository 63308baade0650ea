/* SPDX-License-Identifier: Apache-2.0
 *
 * firefox/tables.c: see firefox_tables.h.
 */
#include "formats/firefox/tables.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/shape/waitkind.h"

/* == FRAMES ================================================================= */

int
firefox_tables_open(struct firefox_tables *tables, struct sink *sink,
                    const struct trace *trace)
{
    size_t count = (size_t)trace->function_count + WAIT_KINDS;
    tables->sink = sink;
    tables->trace = trace;
    tables->frames = calloc(count, sizeof *tables->frames);
    tables->functions = calloc(count, sizeof *tables->functions);
    if (tables->frames == NULL || tables->functions == NULL)
        return -1;
    return calltree_begin(&tables->tree, CALLTREE_NODES_MAX);
}

void
firefox_tables_close(struct firefox_tables *tables)
{
    calltree_free(&tables->tree);
    free(tables->frames);
    free(tables->functions);
}

void
firefox_tables_clear(struct firefox_tables *tables)
{
    memset(tables->frames, 0,
           (tables->trace->function_count + WAIT_KINDS) *
               sizeof *tables->frames);
    tables->frame_count = 0;
    calltree_clear(&tables->tree);
}

uint32_t
firefox_tables_meet(struct firefox_tables *tables, uint32_t number)
{
    if (tables->frames[number] == 0) {
        tables->functions[tables->frame_count++] = number;
        tables->frames[number] = tables->frame_count;
    }
    return tables->frames[number] - 1;
}

uint32_t
firefox_tables_meet_wait(struct firefox_tables *tables, enum wait_kind kind)
{
    return firefox_tables_meet(tables, tables->trace->function_count + kind);
}

/* == CELLS ================================================================== */

static const struct calltree_node *
stack_node(const struct firefox_tables *tables, uint32_t row)
{
    return &tables->tree.nodes[row + 1];
}

/* The frame behind all others stands for "too many stacks". */
static void
put_stack_frame(struct firefox_tables *tables, uint32_t row)
{
    const struct calltree_node *node = stack_node(tables, row);
    sink_decimal(tables->sink, node->function != NULL
                                   ? tables->frames[node->number] - 1
                                   : tables->frame_count);
}

static void
put_prefix(struct firefox_tables *tables, uint32_t row)
{
    uint32_t parent = stack_node(tables, row)->parent;
    if (parent == CALLTREE_ROOT)
        sink_puts(tables->sink, "null");
    else
        sink_decimal(tables->sink, parent - 1);
}

static void
put_zero(struct firefox_tables *tables, uint32_t row)
{
    (void)row;
    sink_write(tables->sink, "0", 1);
}

static void
put_minus(struct firefox_tables *tables, uint32_t row)
{
    (void)row;
    sink_write(tables->sink, "-1", 2);
}

static void
put_null(struct firefox_tables *tables, uint32_t row)
{
    (void)row;
    sink_write(tables->sink, "null", 4);
}

static void
put_true(struct firefox_tables *tables, uint32_t row)
{
    (void)row;
    sink_write(tables->sink, "true", 4);
}

static void
put_row(struct firefox_tables *tables, uint32_t row)
{
    sink_decimal(tables->sink, row);
}

static const struct function *
frame_function(const struct firefox_tables *tables, uint32_t row)
{
    uint32_t count = tables->trace->function_count;
    return row < tables->frame_count && tables->functions[row] < count
               ? tables->trace->functions[tables->functions[row]]
               : NULL;
}

static const char *
frame_name(const struct firefox_tables *tables, uint32_t row)
{
    const struct function *function = frame_function(tables, row);
    if (function != NULL)
        return function->name;
    return row < tables->frame_count
               ? waitkind_names[tables->functions[row] -
                                tables->trace->function_count]
               : "(more stacks)";
}

static void
put_category(struct firefox_tables *tables, uint32_t row)
{
    const struct function *function = frame_function(tables, row);
    int category = function == NULL                    ? 2
                   : function->kind == FUNCTION_PYTHON ? 0
                   : function->kind == FUNCTION_C      ? 1
                                                       : 2;
    sink_decimal(tables->sink, (uint64_t)category);
}

static void
put_stack_category(struct firefox_tables *tables, uint32_t row)
{
    const struct calltree_node *node = stack_node(tables, row);
    put_category(tables, node->function != NULL
                             ? tables->frames[node->number] - 1
                             : tables->frame_count);
}

static void
put_line(struct firefox_tables *tables, uint32_t row)
{
    const struct function *function = frame_function(tables, row);
    if (function == NULL || function->line == 0)
        sink_puts(tables->sink, "null");
    else
        sink_decimal(tables->sink, function->line);
}

/* Strings: the name and the file of each frame, side by side. */
static void
put_name_index(struct firefox_tables *tables, uint32_t row)
{
    sink_decimal(tables->sink, (uint64_t)row * 2);
}

static void
put_file_index(struct firefox_tables *tables, uint32_t row)
{
    const struct function *function = frame_function(tables, row);
    if (function == NULL || function->file[0] == '\0')
        sink_puts(tables->sink, "null");
    else
        sink_decimal(tables->sink, (uint64_t)row * 2 + 1);
}

static void
put_strings(struct firefox_tables *tables, uint32_t row)
{
    const struct function *function = frame_function(tables, row);
    escape_string(tables->sink, frame_name(tables, row));
    sink_write(tables->sink, ",", 1);
    escape_string(tables->sink, function != NULL ? function->file : "");
}

/* == COLUMNS AND TABLES ===================================================== */

struct column {
    const char *name;
    void (*put)(struct firefox_tables *tables, uint32_t row);
};

/* What its put writes for each of count rows. */
static void
put_column(struct firefox_tables *tables, const struct column *column,
           uint32_t count)
{
    sink_puts(tables->sink, ",\n\"");
    sink_puts(tables->sink, column->name);
    sink_puts(tables->sink, "\":[");
    for (uint32_t row = 0; row < count; row++) {
        if (row > 0)
            sink_write(tables->sink, ",", 1);
        column->put(tables, row);
    }
    sink_puts(tables->sink, "]");
}

/* Columns up to one without a name. */
static void
put_table(struct firefox_tables *tables, const char *name, uint32_t length,
          const struct column *columns)
{
    sink_puts(tables->sink, ",\n\"");
    sink_puts(tables->sink, name);
    sink_puts(tables->sink, "\":{\"length\":");
    sink_decimal(tables->sink, length);
    for (; columns->name != NULL; columns++)
        put_column(tables, columns, length);
    sink_puts(tables->sink, "}");
}

static const struct column stack_columns[] = {
    {"frame", put_stack_frame},
    {"prefix", put_prefix},
    {"category", put_stack_category},
    {"subcategory", put_zero},
    {NULL, NULL},
};

static const struct column frame_columns[] = {
    {"address", put_minus},
    {"inlineDepth", put_zero},
    {"category", put_category},
    {"subcategory", put_zero},
    {"func", put_row},
    {"nativeSymbol", put_null},
    {"innerWindowID", put_null},
    {"implementation", put_null},
    {"line", put_line},
    {"column", put_null},
    {NULL, NULL},
};

static const struct column function_columns[] = {
    {"isJS", put_true},           {"relevantForJS", put_true},
    {"name", put_name_index},     {"resource", put_minus},
    {"fileName", put_file_index}, {"lineNumber", put_line},
    {"columnNumber", put_null},   {NULL, NULL},
};

static const struct column strings = {"stringArray", put_strings};

void
firefox_tables_put(struct firefox_tables *tables)
{
    uint32_t stacks = tables->tree.count - 1;
    uint32_t frames = tables->frame_count + 1;
    put_table(tables, "stackTable", stacks, stack_columns);
    put_table(tables, "frameTable", frames, frame_columns);
    put_table(tables, "funcTable", frames, function_columns);
    put_column(tables, &strings, frames);
}
