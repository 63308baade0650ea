/* SPDX-License-Identifier: Apache-2.0
 *
 * html/tasks.c: see tasks.h.  A step that begins less than a hundred-thousandth of
 * the recording after the one before it goes on with that one: so a task has no more
 * than so many, however often it is resumed.
 */
#include "formats/html/tasks.h"

#include <stdlib.h>

#include "formats/base/list.h"
#include "formats/html/text.h"

#define PARTS 100000u

struct html_step {
    uint64_t start_ns, end_ns;
    const struct function *awaited;
};

struct html_steps {
    struct html_step *list;
    uint32_t count, room;
};

/* == COLLECTING ============================================================ */

int
html_tasks_add(struct html_tasks *tasks, const struct track *track,
               const struct task *task)
{
    return tasklist_add(&tasks->tasks, track, task);
}

/* Room for the steps of each task that is known. */
static int
make_room(struct html_tasks *tasks)
{
    uint32_t room = tasks->room;
    if (tasks->tasks.count <= room)
        return 0;
    while (room < tasks->tasks.count)
        room = room ? 2 * room : 64;
    struct html_steps *steps =
        realloc(tasks->steps, room * sizeof *tasks->steps);
    if (!steps)
        return -1;
    for (uint32_t i = tasks->room; i < room; i++)
        steps[i] = (struct html_steps){.list = NULL};
    tasks->steps = steps;
    tasks->room = room;
    return 0;
}

static int
append(struct html_steps *steps, const struct task_step *step, uint64_t near_ns)
{
    struct html_step *last =
        steps->count ? &steps->list[steps->count - 1] : NULL;
    if (last && step->start_ns < last->end_ns + near_ns) {
        last->end_ns = step->end_ns;
        last->awaited = step->awaited;
        return 0;
    }
    if (steps->count == steps->room &&
        list_grow((void **)&steps->list, &steps->room, sizeof *steps->list) !=
            0)
        return -1;
    steps->list[steps->count++] =
        (struct html_step){step->start_ns, step->end_ns, step->awaited};
    return 0;
}

int
html_tasks_add_step(struct html_tasks *tasks, const struct trace *trace,
                    const struct track *track, const struct task_step *step)
{
    if (tasklist_add_step(&tasks->tasks, track, step) != 0 ||
        make_room(tasks) != 0)
        return -1;
    const struct listed_task *task =
        tasklist_find(&tasks->tasks, track->process, step->task);
    return append(&tasks->steps[task - tasks->tasks.list], step,
                  trace->duration_ns / PARTS);
}

void
html_tasks_free(struct html_tasks *tasks)
{
    for (uint32_t i = 0; i < tasks->room; i++)
        free(tasks->steps[i].list);
    free(tasks->steps);
    tasklist_free(&tasks->tasks);
}

/* == WRITING =============================================================== */

static void
put_member(struct sink *sink, const char *key, uint64_t value)
{
    sink_puts(sink, ",\"");
    sink_puts(sink, key);
    sink_puts(sink, "\":");
    sink_decimal(sink, value);
}

/* Start, duration and what is awaited then, a function and one, or 0; the start
 * counts from the end of the step before. */
static void
put_steps(struct sink *sink, const struct html_steps *steps, uint64_t since_ns)
{
    sink_puts(sink, ",\"steps\":[");
    for (uint32_t i = 0; i < steps->count; i++) {
        const struct html_step *step = &steps->list[i];
        sink_puts(sink, i ? "," : "");
        sink_decimal(sink, step->start_ns - since_ns);
        sink_puts(sink, ",");
        sink_decimal(sink, step->end_ns - step->start_ns);
        sink_puts(sink, ",");
        sink_decimal(sink, step->awaited ? step->awaited->number + 1 : 0);
        since_ns = step->end_ns;
    }
    sink_puts(sink, "]");
}

static void
put_task(const struct html_tasks *tasks, struct sink *sink, uint32_t index)
{
    const struct listed_task *task = &tasks->tasks.list[index];
    const struct listed_task *parent =
        tasklist_find(&tasks->tasks, task->track->process, task->parent);
    const char *ended = tasklist_ended(task);
    sink_puts(sink, index ? ",\n{\"name\":" : "\n{\"name\":");
    html_text_put(sink, task->name);
    put_member(sink, "track", task->track->number);
    put_member(sink, "function", task->function->number);
    if (parent)
        put_member(sink, "parent", (uint64_t)(parent - tasks->tasks.list));
    if (ended) {
        sink_puts(sink, ",\"ended\":");
        html_text_put(sink, ended);
    }
    put_member(sink, "count", task->steps);
    put_member(sink, "running_ns", task->running_ns);
    put_member(sink, "start_ns", task->start_ns);
    if (index < tasks->room)
        put_steps(sink, &tasks->steps[index], task->start_ns);
    sink_puts(sink, "}");
}

void
html_tasks_put(const struct html_tasks *tasks, struct sink *sink)
{
    sink_puts(sink, "[");
    for (uint32_t i = 0; i < tasks->tasks.count; i++)
        put_task(tasks, sink, i);
    sink_puts(sink, "]");
}
