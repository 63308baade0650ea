/* SPDX-License-Identifier: Apache-2.0
 *
 * threads.c: how a thread comes, gets window after window, and goes.  The only
 * notice of its end is a pthread key's destructor; the rest of its window then
 * serves the next thread.
 */
#include "agent/track/threads.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "agent/base/libc.h"
#include "agent/base/lock.h"
#include "agent/base/process.h"
#include "agent/base/usage.h"
#include "agent/store/entry.h"
#include "agent/store/orders.h"
#include "agent/track/greenlettrack.h"
#include "agent/track/offcpu.h"
#include "agent/track/record.h"
#include "agent/track/track.h"
#include "agent/track/window.h"
#include "formats/spool/clock.h"

#define FOUND 64

/* All threads; guarded by lock. */
static struct {
    struct lock lock;
    struct lock leaving; /* a thread ends, or the spool does; before lock */
    struct thread *first;
    pthread_key_t key;
    bool key_made;
    struct thread
        *found[FOUND]; /* which were looked for last, by their handles */
} threads;

/* == COMING AND GOING ===================================================== */

static void
enlist(struct thread *thread)
{
    lock_acquire(&threads.lock);
    thread->next = threads.first;
    thread->link = &threads.first;
    if (threads.first)
        threads.first->link = &thread->next;
    threads.first = thread;
    lock_release(&threads.lock);
}

static struct thread **
place_of(uint64_t handle)
{
    return &threads.found[(handle * UINT64_C(0x9e3779b97f4a7c15)) >> 58];
}

static void
delist(struct thread *thread)
{
    lock_acquire(&threads.lock);
    if (*place_of(thread->handle) == thread)
        *place_of(thread->handle) = NULL;
    *thread->link = thread->next;
    if (thread->next)
        thread->next->link = thread->link;
    lock_release(&threads.lock);
}

static void
drop_pieces(struct thread *thread)
{
    track_drop_all(thread);
    window_drop(thread);
}

static void
give_back(struct thread *thread)
{
    drop_pieces(thread);
    thread_free(thread);
}

/* pthread key destructor: on the ending thread, without the GIL. */
static void
leave(void *argument)
{
    struct thread *thread = argument;
    thread_current = thread_own = NULL;
    lock_acquire(&threads.leaving);
    usage_end_thread();
    offcpu_drain(thread);
    offcpu_end(thread);
    track_end_others(thread);
    record_end_track(thread);
    orders_release_watch(thread->watch);
    delist(thread);
    lock_release(&threads.leaving);
    give_back(thread);
}

/* Who is not told of its end must not know a thread: its pointers would lead into
 * what is gone.  Without the functions there are no threads. */
static int
expect_end(struct thread *thread)
{
    if (!pthread_key_create || !pthread_setspecific)
        return 0;
    lock_acquire(&threads.lock);
    int cause = threads.key_made ? 0 : pthread_key_create(&threads.key, leave);
    threads.key_made = cause == 0;
    lock_release(&threads.lock);
    if (cause == 0)
        cause = pthread_setspecific(threads.key, thread);
    if (cause)
        process_break(cause);
    return cause ? -1 : 0;
}

/* What the kernel calls the thread, where its creator gave it a name of its own
 * (threads of C libraries often have one). */
static void
name_after_kernel(struct thread *thread)
{
    static char first_name[16];
    char name[16] = "";
    if (prctl(PR_GET_NAME, name) != 0)
        return;
    if (!first_name[0])
        memcpy(first_name, name, sizeof name);
    else if (strncmp(first_name, name, sizeof name) != 0)
        entry_append_track_name(
            thread->track_number,
            (struct text){name, (uint32_t)strnlen(name, sizeof name)});
}

struct thread *
threads_attach(uint32_t interpreter)
{
    if (process_is_broken())
        return NULL;
    process_adopt();
    struct thread *thread = thread_make();
    if (!thread)
        return NULL;
    thread->interpreter = interpreter;
    thread->track_number = spool_new_track();
    if (window_begin(thread, clock_ticks(spool_clock_kind)) < 0) {
        process_break(errno);
        give_back(thread);
        return NULL;
    }
    if (expect_end(thread) < 0) {
        give_back(thread);
        return NULL;
    }
    enlist(thread);
    name_after_kernel(thread);
    thread_own = thread;
    thread_current = thread_is_silent(thread) ? NULL : thread;
    return thread;
}

void
threads_detach(struct thread *thread)
{
    thread_current = thread_own = NULL;
    if (threads.key_made)
        pthread_setspecific(threads.key, NULL);
    window_undo(thread);
    delist(thread);
    give_back(thread);
}

/* == ALL OF THEM ========================================================== */

void
threads_for_each(void (*visit)(struct thread *, void *), void *context)
{
    lock_acquire(&threads.lock);
    for (struct thread *thread = threads.first; thread; thread = thread->next)
        visit(thread, context);
    lock_release(&threads.lock);
}

static struct thread *
find(uint64_t handle)
{
    struct thread **place = place_of(handle), *thread = *place;
    if (thread && thread->handle == handle)
        return thread;
    thread = threads.first;
    while (thread && thread->handle != handle)
        thread = thread->next;
    if (thread)
        *place = thread;
    return thread;
}

void
threads_find(uint64_t handle, void (*visit)(struct thread *, void *),
             void *context)
{
    lock_acquire(&threads.lock);
    struct thread *thread = find(handle);
    if (thread)
        visit(thread, context);
    lock_release(&threads.lock);
}

/* As a thread that ends: whoever gives up the spool waits for us. */
void
threads_write(struct thread *thread,
              void (*write)(struct thread *, const void *), const void *context)
{
    lock_acquire(&threads.leaving);
    if (!thread->parked && thread->cursor.end && !process_is_broken())
        write(thread, context);
    lock_release(&threads.leaving);
}

static void
park(struct thread *thread, void *ticks)
{
    if (!thread->parked && !thread->displaced)
        thread->gap_ticks = *(const uint64_t *)ticks;
    thread->parked = true;
    track_pause(thread, *(const uint64_t *)ticks);
    __atomic_store_n(thread->home, NULL, __ATOMIC_RELAXED);
}

void
threads_park(void)
{
    uint64_t ticks = clock_ticks(spool_clock_kind);
    threads_for_each(park, &ticks);
}

static void
bound(struct thread *thread, void *unused)
{
    (void)unused;
    thread->bounds = true;
    __atomic_store_n(thread->home, NULL, __ATOMIC_RELAXED);
}

void
threads_bound(uint32_t most_calls)
{
    thread_most_calls = most_calls;
    threads_for_each(bound, NULL);
}

static void
let_go(struct thread *thread, void *unused)
{
    (void)unused;
    track_let_go(thread, true);
    window_drop(thread);
    memset(&thread->cursor, 0, sizeof thread->cursor);
    thread_empty_stack(thread);
    thread->whole = false;
    thread->displaced = false;
}

void
threads_let_go(void)
{
    lock_acquire(&threads.leaving);
    threads_for_each(let_go, NULL);
    window_forget_rests();
    greenlettrack_forget_slab();
    lock_release(&threads.leaving);
}

void
threads_forget_others(void)
{
    struct thread *next;
    window_forget_rests();
    greenlettrack_forget_slab();
    for (struct thread *thread = threads.first; thread; thread = next) {
        next = thread->next;
        if (thread != thread_own) {
            drop_pieces(thread);
            thread_unmap(thread);
        }
    }
    threads.first = NULL;
    memset(threads.found, 0, sizeof threads.found);
    if (thread_own) {
        track_let_go(thread_own, false);
        window_drop(thread_own);
        enlist(thread_own);
    }
}
