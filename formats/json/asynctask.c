/* SPDX-License-Identifier: Apache-2.0
 *
 * json/asynctask.c: see asynctask.h.
 *
 *     {"ph":"b","cat":"task","id":"1.7","name":"Task-7","ts":1.234,
 *      "args":{"task":7,"function":"f (a.py:1)","parent":3},"pid":1,"tid":2}
 *     {"ph":"b","cat":"task","id":"1.7","name":"step","ts":1.234,
 *      "args":{"awaits":"sleep (asyncio/tasks.py:5)"},"pid":1,"tid":2}
 */
#include "formats/json/asynctask.h"

#include <stdio.h>

#include "formats/base/escape.h"

/* An event up to its arguments. */
static void
begin(struct sink *sink, const char *kind, uint32_t pid, uint64_t number,
      const char *name, uint64_t ns)
{
    char text[128];
    snprintf(text, sizeof text,
             ",\n{\"ph\":\"%s\",\"cat\":\"task\",\"id\":\"%u.%llu\",", kind,
             pid, (unsigned long long)number);
    sink_puts(sink, text);
    escape_member(sink, "name", name);
    snprintf(text, sizeof text, ",\"ts\":%llu.%03u",
             (unsigned long long)(ns / 1000), (unsigned)(ns % 1000));
    sink_puts(sink, text);
}

int
json_tasks_add(struct json_tasks *tasks, const struct task *task)
{
    return tasklist_add(&tasks->tasks, tasks->track, task);
}

int
json_tasks_step(struct json_tasks *tasks, struct sink *sink,
                const struct task_step *step, const char *suffix)
{
    uint32_t pid = tasks->track->process->pid;
    if (tasklist_add_step(&tasks->tasks, tasks->track, step) != 0)
        return -1;
    begin(sink, "b", pid, step->task, "step", step->start_ns);
    if (step->awaited != NULL) {
        sink_puts(sink, ",\"args\":{");
        escape_member(sink, "awaits", step->awaited->name);
        sink_puts(sink, "}");
    }
    sink_puts(sink, suffix);
    begin(sink, "e", pid, step->task, "step", step->end_ns);
    sink_puts(sink, suffix);
    return 0;
}

static void
put_task(struct sink *sink, const struct listed_task *task)
{
    char suffix[64];
    const char *ended = tasklist_ended(task);
    uint32_t pid = task->track->process->pid;
    snprintf(suffix, sizeof suffix, ",\"pid\":%u,\"tid\":%u}", pid,
             task->track->own_tid);
    begin(sink, "b", pid, task->number, task->name, task->start_ns);
    sink_puts(sink, ",\"args\":{");
    escape_member(sink, "function", task->function->name);
    escape_count(sink, "task", task->number);
    if (task->parent != 0)
        escape_count(sink, "parent", task->parent);
    escape_count(sink, "steps", task->steps);
    sink_puts(sink, ",");
    escape_member(sink, "ended", ended != NULL ? ended : "");
    sink_puts(sink, "}");
    sink_puts(sink, suffix);
    if (ended == NULL)
        return; /* it goes on to the end */
    begin(sink, "e", pid, task->number, task->name, task->end_ns);
    sink_puts(sink, suffix);
}

void
json_tasks_finish(struct json_tasks *tasks, struct sink *sink)
{
    for (uint32_t i = 0; i < tasks->tasks.count; i++)
        put_task(sink, &tasks->tasks.list[i]);
    tasklist_free(&tasks->tasks);
}
