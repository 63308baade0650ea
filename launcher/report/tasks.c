/* SPDX-License-Identifier: Apache-2.0
 *
 * report/tasks.c: the tasks of event loops: how often and how long each one ran,
 * how long it waited, and how it ended.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/shape/tasklist.h"
#include "launcher/report/view.h"

enum {
    USUAL_ROWS = 40
};

struct view {
    struct sink *sink;
    const struct trace *trace;
    const struct track *track;
    struct tasklist tasks;
    const struct listed_task **order; /* in which they are shown */
};

/* == TEXT ================================================================== */

static void
put_head(struct printer *printer)
{
    printer_bold(printer);
    printer_head(printer, "running", 11);
    printer_head(printer, "waiting", 11);
    printer_head(printer, "steps", 10);
    printer_head(printer, "longest", 11);
    printer_head(printer, "ended", 11);
    printer_text(printer, "  task");
    printer_plain(printer);
    printer_end_line(printer);
}

static const char *
ended(const struct listed_task *task)
{
    const char *text = tasklist_ended(task);
    return text ? text : "open";
}

static void
put_task(struct printer *printer, const struct listed_task *task)
{
    printer_duration(printer, task->running_ns, 11);
    printer_duration(printer, tasklist_waiting(task), 11);
    printer_count(printer, task->steps, 10);
    printer_duration(printer, task->longest_ns, 11);
    printer_head(printer, ended(task), 11);
    printer_indent(printer, 2);
    printer_text(printer, task->name);
    if (strcmp(task->name, task->function->name) != 0) {
        printer_text(printer, "  ");
        printer_text(printer, task->function->name);
    }
    if (!tasklist_ended(task) && task->awaited) {
        printer_text(printer, ", awaits ");
        printer_text(printer, task->awaited->name);
    }
    printer_end_line(printer);
}

static const char *
why_none(const struct trace *trace)
{
    return trace->backing->is_output
               ? "an output does not tell tasks to a report; record with "
                 "codesnap run --keep, and report the session"
               : "no loop of asyncio or trio ran in what is recorded, or it "
                 "was "
                 "recorded with --async no";
}

static void
put_text(struct view *view)
{
    struct printer printer;
    printer_begin(&printer, view->sink);
    report_title(&printer, view->trace, "tasks");
    put_head(&printer);
    uint64_t rows = report_rows(&printer, view->tasks.count, USUAL_ROWS);
    for (uint32_t i = 0; i < rows; i++)
        put_task(&printer, view->order[i]);
    if (!view->tasks.count) {
        printer_text(&printer, why_none(view->trace));
        printer_end_line(&printer);
    }
    report_close(&printer, view->trace);
}

/* == JSON ================================================================== */

static void
put_json_task(struct view *view, const struct listed_task *task)
{
    struct sink *sink = view->sink;
    const char *how = tasklist_ended(task);
    escape_member(sink, "name", task->name);
    sink_puts(sink, ",");
    escape_member(sink, "function", task->function->name);
    escape_count(sink, "pid", task->track->process->pid);
    escape_count(sink, "tid", task->track->tid);
    escape_count(sink, "number", task->number);
    escape_count(sink, "parent", task->parent);
    sink_puts(sink, ",");
    escape_member(sink, "ended", how ? how : "");
    sink_puts(sink, ",");
    escape_member(sink, "awaits",
                  !how && task->awaited ? task->awaited->name : "");
    escape_count(sink, "start_ns", task->start_ns);
    escape_count(sink, "end_ns", task->end_ns);
    escape_count(sink, "steps", task->steps);
    escape_count(sink, "running_ns", task->running_ns);
    escape_count(sink, "waiting_ns", tasklist_waiting(task));
    escape_count(sink, "longest_ns", task->longest_ns);
    escape_count(sink, "longest_start_ns", task->longest_start_ns);
}

static void
put_json(struct view *view)
{
    uint64_t rows = report_json_rows(view->tasks.count);
    sink_puts(view->sink, "{\"tasks\":[");
    for (uint32_t i = 0; i < rows; i++) {
        sink_puts(view->sink, i ? ",\n{" : "\n{");
        put_json_task(view, view->order[i]);
        sink_puts(view->sink, "}");
    }
    sink_puts(view->sink, "]}\n");
}

/* == BEING A FORMAT ======================================================== */

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    (void)options;
    struct view *view = calloc(1, sizeof *view);
    if (view) {
        view->sink = sink;
        view->trace = trace;
    }
    return view;
}

static int
track_begin(void *state, const struct track *track)
{
    ((struct view *)state)->track = track;
    return 0;
}

static int
task(void *state, const struct task *task)
{
    struct view *view = state;
    return tasklist_add(&view->tasks, view->track, task);
}

static int
task_step(void *state, const struct task_step *step)
{
    struct view *view = state;
    return tasklist_add_step(&view->tasks, view->track, step);
}

/* Those that ran longest first; with --sort max those with the longest step. */
static int
compare(const void *a, const void *b)
{
    const struct listed_task *x = *(const struct listed_task *const *)a;
    const struct listed_task *y = *(const struct listed_task *const *)b;
    bool by_step = report_wish.sort && strcmp(report_wish.sort, "max") == 0;
    uint64_t left = by_step ? x->longest_ns : x->running_ns;
    uint64_t right = by_step ? y->longest_ns : y->running_ns;
    if (left != right)
        return left < right ? 1 : -1;
    return (x->number > y->number) - (x->number < y->number);
}

static int
put_in_order(struct view *view)
{
    view->order = calloc((size_t)view->tasks.count + 1, sizeof *view->order);
    if (!view->order)
        return -1;
    for (uint32_t i = 0; i < view->tasks.count; i++)
        view->order[i] = &view->tasks.list[i];
    qsort(view->order, view->tasks.count, sizeof *view->order, compare);
    return 0;
}

static int
end(void *state, int failed)
{
    struct view *view = state;
    int result = failed ? 0 : put_in_order(view);
    if (!failed && result == 0)
        (report_wish.json ? put_json : put_text)(view);
    free(view->order);
    tasklist_free(&view->tasks);
    free(view);
    return result;
}

const struct format report_tasks = {
    .name = "tasks",
    .suffix = "",
    .summary = "a table of tasks",
    .begin = begin,
    .track_begin = track_begin,
    .task = task,
    .task_step = task_step,
    .end = end,
};
