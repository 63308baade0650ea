/* SPDX-License-Identifier: Apache-2.0
 *
 * json/asynctask.h: tasks as Chrome's nestable asynchronous events: one pair for a
 * task from its begin to its end, and within it one for each step.
 */
#ifndef CODESNAP_JSON_ASYNCTASK_H
#define CODESNAP_JSON_ASYNCTASK_H

#include "formats/base/sink.h"
#include "formats/shape/tasklist.h"

struct json_tasks {
    struct tasklist tasks;
    const struct track *track; /* the current one */
};

int json_tasks_add(struct json_tasks *tasks, const struct task *task);
/* suffix is an event's end, from its pid on. */
int json_tasks_step(struct json_tasks *tasks, struct sink *sink,
                    const struct task_step *step, const char *suffix);
/* All tasks: behind the last track. */
void json_tasks_finish(struct json_tasks *tasks, struct sink *sink);

#endif
