/* SPDX-License-Identifier: Apache-2.0
 *
 * task.h: the steps of asyncio's tasks.  A coroutine that is called, or resumed, by
 * what is none itself runs a step of a task, if asyncio has one running then.  The
 * record says so right before the call's; when the step ends, and what it awaits
 * then, the calls say.  Without a coroutine nothing is asked.
 */
#ifndef CODESNAP_TASK_H
#define CODESNAP_TASK_H

#include <stdint.h>

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* A call of a coroutine, with this word (code.h), is about to be recorded. */
void task_enter(struct thread *thread, const void *key, uint64_t word,
                uint32_t kind);

/* A function that makes a task is called; or it is left, with thread->result. */
void task_making(struct thread *thread, bool starts);

#endif
