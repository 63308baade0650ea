/* SPDX-License-Identifier: Apache-2.0
 *
 * thread.c: how a thread comes, gets chunk after chunk, and goes.  The only
 * notice of its end is a pthread key's destructor; the rest of its chunk then
 * serves the next thread.
 */
#include "agent/track/thread.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "agent/base/arena.h"
#include "agent/base/libc.h"
#include "agent/base/lock.h"
#include "agent/store/window.h"
#include "agent/track/greenlettrack.h"
#include "agent/track/record.h"
#include "agent/track/tid.h"
#include "formats/spool/clock.h"

#define STACK_FIRST_BYTES (64u << 10)
#define SPARES            8

__thread struct thread *thread_current, *thread_own;
__thread uint32_t thread_busy;

/* All threads; guarded by lock. */
static struct {
    struct lock lock;
    struct lock leaving; /* a thread ends, or the spool does; before lock */
    struct thread *first;
    struct thread *spare; /* ended; linked by next */
    int spares;
    pthread_key_t key;
    bool key_made;
} threads;

/* == SHADOW STACK ========================================================= */

struct call *
thread_map_stack(struct call **limit)
{
    void *map = mmap(NULL, STACK_FIRST_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) {
        process_break(errno);
        return NULL;
    }
    *limit = (struct call *)((char *)map + STACK_FIRST_BYTES);
    return (struct call *)map + 1;
}

void
thread_clear_stack(struct call *bottom)
{
    bottom[-1] = (struct call){.frame = CALL_FRAME_UNKNOWN};
}

/* Where the mapping begins. */
static struct call *
stack_map(const struct thread *thread)
{
    return thread->bottom - 1;
}

static size_t
stack_bytes(const struct thread *thread)
{
    return (size_t)((char *)thread->limit - (char *)stack_map(thread));
}

int
thread_grow_stack(struct thread *thread)
{
    size_t old = stack_bytes(thread);
    ptrdiff_t depth = thread->top - thread->bottom;
    void *map = mremap(stack_map(thread), old, old * 2, MREMAP_MAYMOVE);
    if (map == MAP_FAILED) {
        process_break(errno);
        record_close(thread);
        return -1;
    }
    thread->bottom = (struct call *)map + 1;
    thread->top = thread->bottom + depth;
    thread->limit = (struct call *)((char *)map + old * 2);
    return 0;
}

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

static void
delist(struct thread *thread)
{
    lock_acquire(&threads.lock);
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
unmap_thread(struct thread *thread)
{
    munmap(stack_map(thread), stack_bytes(thread));
    munmap(thread, sizeof *thread);
}

/* Its memory serves another thread: to unmap it would interrupt all processors
 * that the process runs on. */
static bool
keep_spare(struct thread *thread)
{
    struct call *bottom = thread->bottom, *limit = thread->limit;
    if (stack_bytes(thread) != STACK_FIRST_BYTES || threads.spares == SPARES)
        return false;
    memset(thread, 0, sizeof *thread);
    thread->bottom = bottom;
    thread->limit = limit;
    thread->next = threads.spare;
    threads.spare = thread;
    threads.spares++;
    return true;
}

static void
give_back(struct thread *thread)
{
    drop_pieces(thread);
    lock_acquire(&threads.lock);
    bool kept = keep_spare(thread);
    lock_release(&threads.lock);
    if (!kept)
        unmap_thread(thread);
}

static struct thread *
take_spare(void)
{
    lock_acquire(&threads.lock);
    struct thread *thread = threads.spare;
    if (thread) {
        threads.spare = thread->next;
        threads.spares--;
        thread->next = NULL;
    }
    lock_release(&threads.lock);
    return thread;
}

/* Wiped by fork as the page of the process is, or else a child would go on where
 * its parent writes. */
static struct thread *
map_cursor(void)
{
    struct thread *thread = arena_take_pages(sizeof *thread);
    if (!thread || madvise(thread, THREAD_CURSOR_BYTES, MADV_WIPEONFORK) == 0 ||
        !process_is_wiped())
        return thread;
    process_break(errno);
    arena_give_pages(thread, sizeof *thread);
    return NULL;
}

static struct thread *
map_thread(void)
{
    struct call *limit;
    struct call *bottom = thread_map_stack(&limit);
    struct thread *thread = bottom ? map_cursor() : NULL;
    if (!thread) {
        if (bottom)
            arena_give_pages(bottom - 1, STACK_FIRST_BYTES);
        return NULL;
    }
    thread->bottom = bottom;
    thread->limit = limit;
    return thread;
}

void
thread_end_track(struct thread *thread)
{
    if (thread->cursor.end && !process_is_broken()) {
        record_extended(thread, clock_ticks(spool_clock_kind),
                        SPOOL_EXT_TRACK_END, NULL, 0);
        window_end(thread);
    }
    window_drop(thread);
    memset(&thread->cursor, 0, sizeof thread->cursor);
}

/* pthread key destructor: on the ending thread, without the GIL. */
static void
leave(void *argument)
{
    struct thread *thread = argument;
    thread_current = thread_own = NULL;
    lock_acquire(&threads.leaving);
    track_end_others(thread);
    thread_end_track(thread);
    delist(thread);
    lock_release(&threads.leaving);
    give_back(thread);
}

/* Who is not told of its end must not know a thread: its pointers would lead into
 * what is no more.  Without the functions there are no threads. */
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
        process_name_track(
            thread->track_number,
            (struct text){name, (uint32_t)strnlen(name, sizeof name)});
}

#define NOT_LOOKED_FOR ((char *)UINTPTR_MAX)
#define ANYWHERE       ((char *)(UINTPTR_MAX - 1))
#define FAR_BYTES      ((size_t)256 << 10)

/* Where the thread's C stack begins, and how large it may become. */
static size_t
find_stack(char **top)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t bytes = 0;
    if (!pthread_getattr_np || !pthread_attr_getstack ||
        pthread_getattr_np(pthread_self(), &attributes) != 0)
        return 0;
    pthread_attr_getstack(&attributes, &low, &bytes);
    if (pthread_attr_destroy)
        pthread_attr_destroy(&attributes);
    *top = (char *)low + bytes;
    return low ? bytes : 0;
}

/* Where it can't be found (no /proc, no memory): rather too careful with what
 * could be a crash, not at all with what is a loss. */
static void
find_guards(struct thread *thread)
{
    char *top;
    size_t bytes = find_stack(&top);
    size_t far = bytes / 8 < FAR_BYTES ? bytes / 8 : FAR_BYTES;
    thread->stack_guard = bytes ? top - bytes / 4 : ANYWHERE;
    thread->far_guard = bytes ? top - far : NULL;
}

bool
thread_is_below(struct thread *thread, const char *here)
{
    if (thread->stack_guard == NOT_LOOKED_FOR)
        find_guards(thread);
    return here < thread->stack_guard;
}

bool
thread_is_past(struct thread *thread, const char *here)
{
    if (thread->far_guard == NOT_LOOKED_FOR)
        find_guards(thread);
    return here < thread->far_guard;
}

char *
thread_begin_deep(struct thread *thread)
{
    char *guard = thread->stack_guard;
    thread->deep = true;
    thread->stack_guard = ANYWHERE;
    return guard;
}

void
thread_end_deep(struct thread *thread, char *guard)
{
    thread->stack_guard = guard;
    thread->deep = false;
}

static struct thread *
make_thread(void)
{
    struct thread *thread = take_spare();
    if (!thread && !(thread = map_thread()))
        return NULL;
    thread->top = thread->bottom;
    thread_clear_stack(thread->bottom);
    thread->tid = tid_here();
    thread->handle = (uint64_t)pthread_self();
    thread->stack_guard = thread->far_guard = NOT_LOOKED_FOR;
    thread->home = &thread_current;
    return thread;
}

struct thread *
thread_attach(uint32_t interpreter)
{
    if (process_is_broken())
        return NULL;
    if (process_is_new())
        process_adopt();
    struct thread *thread = make_thread();
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
thread_detach(struct thread *thread)
{
    thread_current = thread_own = NULL;
    if (threads.key_made)
        pthread_setspecific(threads.key, NULL);
    window_undo(thread);
    delist(thread);
    give_back(thread);
}

void
thread_for_each(void (*visit)(struct thread *, void *), void *context)
{
    lock_acquire(&threads.lock);
    for (struct thread *thread = threads.first; thread; thread = thread->next)
        visit(thread, context);
    lock_release(&threads.lock);
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
thread_park_all(void)
{
    uint64_t ticks = clock_ticks(spool_clock_kind);
    thread_for_each(park, &ticks);
}

static void
let_go(struct thread *thread, void *unused)
{
    (void)unused;
    track_let_go(thread, true);
    window_drop(thread);
    memset(&thread->cursor, 0, sizeof thread->cursor);
    thread->top = thread->bottom;
    thread->whole = false;
    thread->displaced = false;
    madvise(stack_map(thread), stack_bytes(thread), MADV_DONTNEED);
    thread_clear_stack(thread->bottom);
}

void
thread_let_go_all(void)
{
    lock_acquire(&threads.leaving);
    thread_for_each(let_go, NULL);
    window_forget_rests();
    greenlettrack_forget_slab();
    lock_release(&threads.leaving);
}

void
thread_forget_others(void)
{
    struct thread *next;
    window_forget_rests();
    greenlettrack_forget_slab();
    for (struct thread *thread = threads.first; thread; thread = next) {
        next = thread->next;
        if (thread != thread_own) {
            drop_pieces(thread);
            unmap_thread(thread);
        }
    }
    threads.first = NULL;
    if (thread_own) {
        track_let_go(thread_own, false);
        window_drop(thread_own);
        enlist(thread_own);
    }
}
