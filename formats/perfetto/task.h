/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/task.h: a track for each task below its thread's, with its steps.
 */
#ifndef CODESNAP_PFTRACE_TASK_H
#define CODESNAP_PFTRACE_TASK_H

#include "formats/perfetto/packet.h"
#include "formats/shape/tasklist.h"

/* What is known of a task; it is described the first time.  0, or -1. */
int pftrace_task_add(struct pftrace_packets *packets, struct tasklist *tasks,
                     const struct track *track, const struct task *task,
                     uint64_t thread_uuid);
int pftrace_task_add_step(struct pftrace_packets *packets,
                          struct tasklist *tasks, const struct track *track,
                          const struct task_step *step, uint64_t thread_uuid);

#endif
