/* SPDX-License-Identifier: Apache-2.0
 *
 * lock.h: the lock of the slow paths.  No futex and nothing shared with the
 * host.  It is held by a process, so that a lock which another thread of the
 * parent held at a fork is free in the child once that knows who it is.
 */
#ifndef CODESNAP_LOCK_H
#define CODESNAP_LOCK_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/base/process.h"

struct lock {
    uint32_t holder; /* 0, or lock_self() */
};

/* How many this thread holds: a signal handler that interrupts it must not wait
 * for any. */
extern __thread uint32_t lock_depth __attribute__((tls_model("initial-exec")));

static inline uint32_t
lock_self(void)
{
    return process.pid | 1u << 31;
}

static inline void
lock_acquire(struct lock *lock)
{
    lock_depth++;
    for (;;) {
        uint32_t holder = __atomic_load_n(&lock->holder, __ATOMIC_RELAXED);
        if (holder != lock_self() &&
            __atomic_compare_exchange_n(&lock->holder, &holder, lock_self(),
                                        false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return;
        sched_yield();
    }
}

static inline void
lock_release(struct lock *lock)
{
    __atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
    lock_depth--;
}

#endif
