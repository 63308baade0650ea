/* SPDX-License-Identifier: Apache-2.0
 *
 * triggered.h: a snapshot is to be written, or may be.  With the GIL (or attached,
 * free-threaded); in the slow path only.
 *
 * A post in the session's page of control says why, and an instant in the recording
 * where.  Who started the program looks at the posts, and at the calls that are
 * still open; nothing is written here.
 */
#ifndef CODESNAP_TRIGGERED_H
#define CODESNAP_TRIGGERED_H

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* A call of a function with a trigger, by its number and one, starts and has ended.
 * Of calls inside of each other the outermost is looked at. */
void triggered_enter(struct thread *thread, uint32_t trigger);
void triggered_exit(struct thread *thread, uint32_t trigger);

/* The recording goes on after a pause: of what ended in it no end was seen. */
void triggered_drop_stale(struct thread *thread);

/* An exception of that type leaves a Python function, the outermost one: then
 * nobody catches it. */
void triggered_exception(struct thread *thread, PyTypeObject *type,
                         bool uncaught);

/* A collection that began then (CLOCK_MONOTONIC) has ended. */
void triggered_collection(struct thread *thread, uint64_t begin_ns);

/* The program wants one, for something of its own that took so long. */
void triggered_by_program(struct thread *thread, struct text name,
                          uint64_t begin_ns);

#endif
