/* SPDX-License-Identifier: Apache-2.0
 *
 * report/functions.c: the table of functions.  Totals are without recursive
 * calls, and nothing counts the tracer's own work.  Of a window, self and total
 * time are what lies in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/base/mean.h"
#include "formats/shape/profile.h"
#include "formats/trace/trouble.h"
#include "launcher/report/view.h"

struct table {
    struct sink *sink;
    const struct trace *trace;
    struct profile profile;
};

/* == ORDER ================================================================= */

static uint64_t
mean_ns(const struct profile_function *function)
{
    return mean_of(function->sum_ns, function->spans);
}

static uint64_t
key_of(const struct profile_function *function)
{
    switch (report_wish.sort[0]) {
    case 't': return function->total_ns;
    case 'c': return function->calls;
    case 'm':
        return report_wish.sort[1] == 'e' ? mean_ns(function)
                                          : function->max_ns;
    default: return function->self_ns;
    }
}

static int
compare(const void *a, const void *b, void *context)
{
    const struct table *table = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (report_wish.sort[0] != 'n') {
        uint64_t first = key_of(&table->profile.functions[x]);
        uint64_t second = key_of(&table->profile.functions[y]);
        if (first != second)
            return first > second ? -1 : 1;
    }
    int order = strcmp(table->trace->functions[x]->name,
                       table->trace->functions[y]->name);
    return order ? order : (x > y) - (x < y);
}

/* The functions that were called, except the tracer's. */
static uint32_t *
sorted(struct table *table, uint32_t *count)
{
    const struct trace *trace = table->trace;
    uint32_t *list = malloc(((size_t)trace->function_count + 1) * sizeof *list);
    *count = 0;
    for (uint32_t i = 0; list && i < trace->function_count; i++)
        if (table->profile.functions[i].spans &&
            trace->functions[i]->kind != FUNCTION_TRACER)
            list[(*count)++] = i;
    if (list)
        qsort_r(list, *count, sizeof *list, compare, table);
    return list;
}

static const char *
title(void)
{
    switch (report_wish.sort[0]) {
    case 't': return "functions by total time";
    case 'c': return "functions by calls";
    case 'm':
        return report_wish.sort[1] == 'e' ? "functions by mean time"
                                          : "functions by longest call";
    case 'n': return "functions by name";
    default: return "functions by self time";
    }
}

/* == TEXT ================================================================== */

static uint64_t
cpu_ns(uint64_t ns, uint64_t off_ns)
{
    return ns > off_ns ? ns - off_ns : 0;
}

/* Which ones there are beside those that all have. */
struct columns {
    bool steps; /* a generator or coroutine ran in several steps */
    bool cpu;   /* it is known when threads were on the processor */
};

/* Beside them and a name; on a narrow terminal the name is worth more. */
static bool
has_means(const struct printer *printer, struct columns columns)
{
    return printer_has_room(printer,
                            93 + 11 * columns.steps + 19 * columns.cpu);
}

static void
put_head(struct printer *printer, struct columns columns)
{
    printer_bold(printer);
    printer_head(printer, "calls", 13);
    if (columns.steps)
        printer_head(printer, "steps", 11);
    printer_head(printer, "total", 11);
    printer_head(printer, "self", 11);
    printer_head(printer, "share", 8);
    if (columns.cpu) {
        printer_head(printer, "CPU", 11);
        printer_head(printer, "on CPU", 8);
    }
    if (has_means(printer, columns)) {
        printer_head(printer, "mean", 11);
        printer_head(printer, "max", 11);
    }
    printer_text(printer, "  function");
    printer_plain(printer);
    printer_end_line(printer);
}

static bool
is_throttled(const struct table *table, uint32_t number)
{
    return trouble_throttles(&table->trace->troubles,
                             table->trace->functions[number]);
}

static void
put_row(struct printer *printer, const struct table *table, uint32_t number,
        uint64_t all_ns, struct columns columns)
{
    const struct profile_function *sums = &table->profile.functions[number];
    const struct function *function = table->trace->functions[number];
    unsigned more = is_throttled(table, number);
    printer_count(printer, sums->calls, 13);
    if (more)
        printer_text(printer, "+");
    if (columns.steps)
        printer_count(printer, sums->steps, 11 - more);
    printer_duration(printer, sums->total_ns, columns.steps ? 11 : 11 - more);
    printer_duration(printer, sums->self_ns, 11);
    printer_share(printer, sums->self_ns, all_ns, 8);
    if (columns.cpu) {
        uint64_t ns = cpu_ns(sums->total_ns, sums->total_off_ns);
        printer_duration(printer, ns, 11);
        printer_share(printer, ns, sums->total_ns, 8);
    }
    if (has_means(printer, columns)) {
        printer_duration(printer, mean_ns(sums), 11);
        printer_duration(printer, sums->max_ns, 11);
    }
    printer_indent(printer, 2);
    printer_name(printer, function->name);
}

/* Whether a generator or coroutine ran in several steps. */
static bool
has_steps(const struct table *table, const uint32_t *list, uint64_t count)
{
    const struct profile_function *functions = table->profile.functions;
    for (uint64_t i = 0; i < count; i++)
        if (functions[list[i]].steps != functions[list[i]].calls)
            return true;
    return false;
}

static bool
has_throttled(const struct table *table, const uint32_t *list, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (is_throttled(table, list[i]))
            return true;
    return false;
}

static void
put_table(struct table *table, const uint32_t *list, uint32_t count)
{
    struct printer printer;
    printer_begin(&printer, table->sink);
    uint64_t rows = report_rows(&printer, count, 40), all_ns = 0;
    for (uint32_t i = 0; i < count; i++)
        all_ns += table->profile.functions[list[i]].self_ns;
    report_title(&printer, table->trace, title());
    struct columns columns = {has_steps(table, list, rows),
                              trace_has_cpu(table->trace) &&
                                  !table->profile.cpu};
    put_head(&printer, columns);
    for (uint32_t i = 0; i < rows; i++)
        put_row(&printer, table, list[i], all_ns, columns);
    if (rows < count) {
        printer_dim(&printer);
        printer_count(&printer, count - rows, 13);
        printer_text(&printer, " more functions (--limit 0 shows all)");
        printer_plain(&printer);
        printer_end_line(&printer);
    }
    if (has_throttled(table, list, rows)) {
        printer_dim(&printer);
        printer_text(&printer,
                     "+ throttled (--max-overhead): of the recorded calls");
        printer_plain(&printer);
        printer_end_line(&printer);
    }
    report_close(&printer, table->trace);
}

/* == JSON ================================================================== */

static void
put_object(struct sink *sink, const struct profile_function *sums,
           const struct function *function, bool cpu, bool throttled)
{
    sink_puts(sink, "{");
    escape_member(sink, "name", function->name);
    sink_puts(sink, ",");
    escape_member(sink, "module", function->module);
    sink_puts(sink, ",");
    escape_member(sink, "file", function->file);
    escape_count(sink, "line", function->line);
    escape_count(sink, "calls", sums->calls);
    escape_count(sink, "steps", sums->steps);
    if (!sums->condensed)
        escape_count(sink, "recursive", sums->recursive);
    escape_count(sink, "total_ns", sums->total_ns);
    escape_count(sink, "self_ns", sums->self_ns);
    if (cpu) {
        escape_count(sink, "total_cpu_ns",
                     cpu_ns(sums->total_ns, sums->total_off_ns));
        escape_count(sink, "self_cpu_ns",
                     cpu_ns(sums->self_ns, sums->self_off_ns));
    }
    escape_count(sink, "mean_ns", mean_ns(sums));
    if (!sums->condensed)
        escape_count(sink, "min_ns", sums->min_ns);
    escape_count(sink, "max_ns", sums->max_ns);
    if (throttled)
        sink_puts(sink, ",\"throttled\":true");
    sink_puts(sink, "}");
}

static void
put_json(struct table *table, const uint32_t *list, uint32_t count)
{
    struct sink *sink = table->sink;
    uint64_t rows = report_json_rows(count);
    bool cpu = trace_has_cpu(table->trace) && !table->profile.cpu;
    sink_puts(sink, "{\"functions\":[");
    for (uint32_t i = 0; i < rows; i++) {
        sink_puts(sink, i ? ",\n" : "\n");
        put_object(sink, &table->profile.functions[list[i]],
                   table->trace->functions[list[i]], cpu,
                   is_throttled(table, list[i]));
    }
    sink_puts(sink, "]");
    report_sums(sink, table->trace);
    sink_puts(sink, "}\n");
}

/* == BEING A FORMAT ======================================================== */

static int
open_span(void *state, const struct span *span)
{
    return profile_open(&((struct table *)state)->profile, span);
}

static int
close_span(void *state, const struct span *span)
{
    profile_close(&((struct table *)state)->profile, span);
    return 0;
}

static int
add_wait(void *state, const struct wait *wait)
{
    profile_wait(&((struct table *)state)->profile, wait);
    return 0;
}

static int
add_condensed(void *state, const struct condensed *condensed)
{
    profile_add(&((struct table *)state)->profile, condensed);
    return 0;
}

static void
discard(struct table *table)
{
    profile_free(&table->profile);
    free(table);
}

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    table->sink = sink;
    table->trace = trace;
    if (profile_begin(&table->profile, trace) == 0) {
        table->profile.stretch = stretch_of(options);
        table->profile.cpu = options && options->cpu_clock;
        return table;
    }
    discard(table);
    errno = ENOMEM;
    return NULL;
}

static int
end(void *state, int failed)
{
    struct table *table = state;
    uint32_t count, *list = failed ? NULL : sorted(table, &count);
    if (list && report_wish.json)
        put_json(table, list, count);
    else if (list)
        put_table(table, list, count);
    int result = failed || list ? 0 : -1;
    free(list);
    discard(table);
    if (result)
        errno = ENOMEM;
    return result;
}

const struct format report_functions = {
    .name = "report",
    .suffix = "",
    .summary = "a table of functions",
    .begin = begin,
    .open = open_span,
    .close = close_span,
    .wait = add_wait,
    .condensed = add_condensed,
    .end = end,
};
