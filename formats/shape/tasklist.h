/* SPDX-License-Identifier: Apache-2.0
 *
 * tasklist.h: the tasks of a trace, each summed up, from what a reader is told of
 * them and their steps.  Memory grows with the tasks.
 */
#ifndef CODESNAP_TASKLIST_H
#define CODESNAP_TASKLIST_H

#include "formats/trace/trace.h"

struct listed_task {
    uint64_t number, parent;   /* as in struct task; of this process: */
    const struct track *track; /* of its first step */
    const struct function *function;
    char *name;                /* its own, or the function's */
    uint64_t start_ns, end_ns; /* end_ns: of its last step */
    uint64_t steps, running_ns, longest_ns, longest_start_ns;
    const struct function
        *awaited;          /* since the last step; NULL: nothing known */
    enum close_how closed; /* how the last step ended */
};

struct tasklist {
    struct listed_task *list; /* in the order of their first steps' ends */
    uint32_t count, room;
    uint32_t *places; /* of a hash table: index + 1 */
    uint32_t place_count;
};

/* 0, or -1 without memory. */
int tasklist_add(struct tasklist *tasks, const struct track *track,
                 const struct task *task);
/* Of a task that nothing else is known of, too. */
int tasklist_add_step(struct tasklist *tasks, const struct track *track,
                      const struct task_step *step);
/* NULL: there is none. */
struct listed_task *tasklist_find(const struct tasklist *tasks,
                                  const struct process *process,
                                  uint64_t number);
void tasklist_free(struct tasklist *tasks);

/* "result", "exception", "cancelled"; NULL: it has not ended, as far as is known. */
const char *tasklist_ended(const struct listed_task *task);
/* What it did when it was not running, up to its end, or its thread's. */
uint64_t tasklist_waiting(const struct listed_task *task);

#endif
