/* SPDX-License-Identifier: Apache-2.0
 *
 * tasklist.c: see tasklist.h.  Found again by their process and number, in a hash
 * table with open addressing.
 */
#include "formats/shape/tasklist.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/list.h"

/* == THE TABLE ============================================================== */

static uint32_t *
place_of(const struct tasklist *tasks, const struct process *process,
         uint64_t number)
{
    uint64_t hash = (number * 64 + process->number) * 0x9e3779b97f4a7c15u >> 16;
    for (;; hash++) {
        uint32_t *place = &tasks->places[hash & (tasks->place_count - 1)];
        if (*place == 0)
            return place;
        const struct listed_task *task = &tasks->list[*place - 1];
        if (task->number == number && task->track->process == process)
            return place;
    }
}

static int
grow_table(struct tasklist *tasks)
{
    uint32_t count = tasks->place_count ? tasks->place_count * 2 : 64;
    if (tasks->count * 2 < tasks->place_count)
        return 0;
    uint32_t *places = calloc(count, sizeof *places);
    if (places == NULL)
        return -1;
    free(tasks->places);
    tasks->places = places;
    tasks->place_count = count;
    for (uint32_t i = 0; i < tasks->count; i++)
        *place_of(tasks, tasks->list[i].track->process, tasks->list[i].number) =
            i + 1;
    return 0;
}

struct listed_task *
tasklist_find(const struct tasklist *tasks, const struct process *process,
              uint64_t number)
{
    if (tasks->count == 0 || number == 0)
        return NULL;
    uint32_t place = *place_of(tasks, process, number);
    return place != 0 ? &tasks->list[place - 1] : NULL;
}

/* == FILLING IT ============================================================= */

static char *
copy(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *to = malloc(bytes);
    return to != NULL ? memcpy(to, text, bytes) : NULL;
}

static struct listed_task *
add(struct tasklist *tasks, const struct track *track, const struct task *task)
{
    if (grow_table(tasks) != 0 ||
        (tasks->count == tasks->room &&
         list_grow((void **)&tasks->list, &tasks->room, sizeof *tasks->list) !=
             0))
        return NULL;
    bool named = task->name != NULL && task->name[0] != '\0';
    char *name = copy(named ? task->name : task->function->name);
    if (name == NULL)
        return NULL;
    *place_of(tasks, track->process, task->number) = tasks->count + 1;
    struct listed_task *listed = &tasks->list[tasks->count++];
    *listed = (struct listed_task){
        .number = task->number,
        .parent = task->parent,
        .track = track,
        .function = task->function,
        .name = name,
        .start_ns = task->start_ns,
        .end_ns = task->start_ns,
        .closed = CLOSE_UNFINISHED,
    };
    return listed;
}

int
tasklist_add(struct tasklist *tasks, const struct track *track,
             const struct task *task)
{
    if (tasklist_find(tasks, track->process, task->number) != NULL)
        return 0;
    return add(tasks, track, task) != NULL ? 0 : -1;
}

int
tasklist_add_step(struct tasklist *tasks, const struct track *track,
                  const struct task_step *step)
{
    const struct task unknown = {.number = step->task,
                                 .function = step->function,
                                 .start_ns = step->start_ns};
    struct listed_task *task = tasklist_find(tasks, track->process, step->task);
    if (task == NULL && (task = add(tasks, track, &unknown)) == NULL)
        return -1;
    uint64_t ns = step->end_ns - step->start_ns;
    if (ns > task->longest_ns) {
        task->longest_ns = ns;
        task->longest_start_ns = step->start_ns;
    }
    task->steps++;
    task->running_ns += ns;
    task->end_ns = step->end_ns;
    task->closed = step->closed;
    task->awaited = step->awaited;
    return 0;
}

void
tasklist_free(struct tasklist *tasks)
{
    for (uint32_t i = 0; i < tasks->count; i++)
        free(tasks->list[i].name);
    free(tasks->list);
    free(tasks->places);
    *tasks = (struct tasklist){.list = NULL};
}

/* == WHAT IT SAYS =========================================================== */

const char *
tasklist_ended(const struct listed_task *task)
{
    return task->closed == CLOSE_RETURN      ? "result"
           : task->closed == CLOSE_EXCEPTION ? "exception"
           : task->closed == CLOSE_CONTROL   ? "cancelled"
                                             : NULL;
}

uint64_t
tasklist_waiting(const struct listed_task *task)
{
    uint64_t end_ns =
        tasklist_ended(task) != NULL || task->end_ns > task->track->end_ns
            ? task->end_ns
            : task->track->end_ns;
    uint64_t ns = end_ns - task->start_ns;
    return ns > task->running_ns ? ns - task->running_ns : 0;
}
