/* SPDX-License-Identifier: Apache-2.0
 *
 * thread.c: the memory of a thread, its shadow stack, and where its C stack ends.
 */
#include "agent/track/thread.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "agent/base/arena.h"
#include "agent/base/libc.h"
#include "agent/base/lock.h"
#include "agent/base/process.h"

#define STACK_FIRST_BYTES (64u << 10)
#define SPARES            8

__thread struct thread *thread_current, *thread_own;
__thread uint32_t thread_busy;
uint32_t thread_most_calls = UINT32_MAX;
enum spool_gap thread_pause_reason = SPOOL_GAP_PAUSED;
struct lock thread_stacks;

/* Of threads that ended; linked by next. */
static struct {
    struct lock lock;
    struct thread *first;
    int count;
} spares;

/* == SHADOW STACK ========================================================= */

struct call *
thread_limit(struct call *bottom, struct call *room)
{
    return thread_most_calls < (size_t)(room - bottom)
               ? bottom + thread_most_calls
               : room;
}

void
thread_set_limit(struct thread *thread)
{
    struct call *limit = thread_limit(thread->bottom, thread->room);
    thread->bounds = thread->top > limit;
    thread->limit = thread->bounds ? thread->top : limit;
    for (struct call *call = thread->bottom; call < thread->top; call++)
        if (call->word & CALL_LOST) {
            thread->limit = call + 1;
            return;
        }
}

struct call *
thread_map_stack(struct call **room)
{
    void *map = mmap(NULL, STACK_FIRST_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) {
        process_break(errno);
        return NULL;
    }
    *room = (struct call *)((char *)map + STACK_FIRST_BYTES);
    return (struct call *)map + 1;
}

void
thread_clear_stack(struct call *bottom)
{
    bottom[-1] = (struct call){.frame = CALL_FRAME_UNKNOWN};
}

/* Where the mapping starts. */
static struct call *
stack_map(const struct thread *thread)
{
    return thread->bottom - 1;
}

static size_t
stack_bytes(const struct thread *thread)
{
    return (size_t)((char *)thread->room - (char *)stack_map(thread));
}

static int
move_stack(struct thread *thread)
{
    size_t old = stack_bytes(thread);
    ptrdiff_t depth = thread->top - thread->bottom;
    ptrdiff_t recorded = thread->unrecorded - thread->bottom;
    void *map = mremap(stack_map(thread), old, old * 2, MREMAP_MAYMOVE);
    if (map == MAP_FAILED)
        return -1;
    thread->bottom = (struct call *)map + 1;
    thread->top = thread->bottom + depth;
    thread->room = (struct call *)((char *)map + old * 2);
    thread_set_limit(thread);
    if (thread->unrecorded)
        thread->unrecorded = thread->bottom + recorded;
    return 0;
}

int
thread_grow_stack(struct thread *thread)
{
    lock_acquire(&thread_stacks);
    int result = move_stack(thread);
    lock_release(&thread_stacks);
    if (result < 0) {
        process_break(errno);
        thread_close(thread);
    }
    return result;
}

void
thread_cut(struct thread *thread, struct call *call)
{
    thread->top = call;
    if (!thread->unrecorded || call > thread->unrecorded)
        return;
    thread->unrecorded = NULL;
    if (thread == thread_own)
        thread_speak();
}

int
thread_push_unrecorded(struct thread *thread, const void *key, uint32_t word)
{
    if (thread->top == thread->room && thread_grow_stack(thread) < 0)
        return -1;
    *thread->top = (struct call){key, word, {thread->top[-1].frame}};
    if (!thread->unrecorded)
        thread->unrecorded = thread->top;
    thread->top++;
    if (thread == thread_own)
        thread_hush();
    return 0;
}

void
thread_empty_stack(struct thread *thread)
{
    thread_cut(thread, thread->bottom);
    madvise(stack_map(thread), stack_bytes(thread), MADV_DONTNEED);
    thread_clear_stack(thread->bottom);
}

void
thread_close(struct thread *thread)
{
    thread->cursor.next = thread->cursor.end;
}

/* == THE C STACK ========================================================== */

#define NOT_LOOKED_FOR ((char *)UINTPTR_MAX)
#define ANYWHERE       ((char *)(UINTPTR_MAX - 1))
#define FAR_BYTES      ((size_t)256 << 10)

/* Where the thread's C stack starts, and how large it may become. */
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

bool
thread_is_low(void)
{
    static __thread char *guard __attribute__((tls_model("initial-exec")));
    char *top;
    if (!guard) {
        size_t bytes = find_stack(&top);
        guard = bytes ? top - bytes / 4 : ANYWHERE;
    }
    return thread_stack_pointer() < guard;
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

/* == NUMBERS ============================================================== */

/* The kernel's end at 2^22; from 2^30 on are the reader's own numbers. */
#define NO_TIDS (1u << 29)

/* The kernel's name for the processor time of one thread holds its tid:
 * ~tid << 3, and 4 (of a thread) + 2 (all that it ran).  libc makes it without
 * asking the kernel.  0: libc made something else. */
static uint32_t
tid_from_clock(void)
{
    clockid_t clock;
    if (pthread_getcpuclockid(pthread_self(), &clock) != 0 || clock >= 0 ||
        (clock & 7) != 6)
        return 0;
    return (uint32_t) ~(clock >> 3);
}

uint32_t
thread_tid(void)
{
    static uint32_t numbers;
    long tid = syscall(SYS_gettid);
    if (tid > 0)
        return (uint32_t)tid;
    if (!pthread_getcpuclockid) /* nor are there threads */
        return (uint32_t)getpid();
    uint32_t known = tid_from_clock();
    return known ? known
                 : NO_TIDS + __atomic_fetch_add(&numbers, 1, __ATOMIC_RELAXED);
}

/* == MEMORY =============================================================== */

void
thread_unmap(struct thread *thread)
{
    munmap(stack_map(thread), stack_bytes(thread));
    munmap(thread, sizeof *thread);
}

/* Its memory serves another thread: to unmap it would interrupt all processors
 * that the process runs on. */
static bool
keep_spare(struct thread *thread)
{
    struct call *bottom = thread->bottom, *room = thread->room;
    if (stack_bytes(thread) != STACK_FIRST_BYTES || spares.count == SPARES)
        return false;
    memset(thread, 0, sizeof *thread);
    thread->bottom = bottom;
    thread->room = room;
    thread->next = spares.first;
    spares.first = thread;
    spares.count++;
    return true;
}

void
thread_free(struct thread *thread)
{
    lock_acquire(&spares.lock);
    bool kept = keep_spare(thread);
    lock_release(&spares.lock);
    if (!kept)
        thread_unmap(thread);
}

static struct thread *
take_spare(void)
{
    lock_acquire(&spares.lock);
    struct thread *thread = spares.first;
    if (thread) {
        spares.first = thread->next;
        spares.count--;
        thread->next = NULL;
    }
    lock_release(&spares.lock);
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
    struct call *room;
    struct call *bottom = thread_map_stack(&room);
    struct thread *thread = bottom ? map_cursor() : NULL;
    if (!thread) {
        if (bottom)
            arena_give_pages(bottom - 1, STACK_FIRST_BYTES);
        return NULL;
    }
    thread->bottom = bottom;
    thread->room = room;
    return thread;
}

struct thread *
thread_make(void)
{
    struct thread *thread = take_spare();
    if (!thread && !(thread = map_thread()))
        return NULL;
    thread->top = thread->bottom;
    thread->limit = thread_limit(thread->bottom, thread->room);
    thread_clear_stack(thread->bottom);
    thread->tid = thread_tid();
    thread->handle = (uint64_t)pthread_self();
    thread->stack_guard = thread->far_guard = NOT_LOOKED_FOR;
    thread->home = &thread_current;
    return thread;
}
