/* SPDX-License-Identifier: Apache-2.0
 *
 * guard.c: entering and leaving the slow path.
 */
#include "agent/cpython/abi/guard.h"

#include <errno.h>

#include "agent/cpython/abi/collector.h"
#include "agent/track/thread.h"

void
guard_let_in(void)
{
    thread_busy--;
    thread_speak();
}

void
guard_shut_out(void)
{
    thread_busy++;
    thread_hush();
}

void
guard_enter(struct guard *guard, struct thread *thread)
{
    guard_shut_out();
    guard->saved_errno = errno;
    guard->work = record_begin_work();
    guard->collects = collector_stop();
    py.PyErr_Fetch(&guard->exception[0], &guard->exception[1],
                   &guard->exception[2]);
    if (thread)
        record_attend(thread);
}

void
guard_leave(struct guard *guard, struct thread *thread)
{
    py.PyErr_Clear();
    py.PyErr_Restore(guard->exception[0], guard->exception[1],
                     guard->exception[2]);
    if (guard->collects)
        collector_start();
    if (thread && !thread->parked)
        record_busy(thread, &guard->work);
    guard_let_in();
    errno = guard->saved_errno;
}
