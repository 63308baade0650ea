/* SPDX-License-Identifier: Apache-2.0
 *
 * html/tasks.h: the tasks of a recording and their steps, for what a page says at its
 * end.  Steps that are too close to each other to be told apart are one.
 */
#ifndef CODESNAP_HTML_TASKS_H
#define CODESNAP_HTML_TASKS_H

#include "formats/base/sink.h"
#include "formats/shape/tasklist.h"

struct html_tasks {
    struct tasklist tasks;
    struct html_steps *steps; /* by task */
    uint32_t room;
};

/* 0, or -1 without memory. */
int html_tasks_add(struct html_tasks *tasks, const struct track *track,
                   const struct task *task);
int html_tasks_add_step(struct html_tasks *tasks, const struct trace *trace,
                        const struct track *track,
                        const struct task_step *step);
/* The value of "tasks": a list. */
void html_tasks_put(const struct html_tasks *tasks, struct sink *sink);
void html_tasks_free(struct html_tasks *tasks);

#endif
