/* SPDX-License-Identifier: Apache-2.0
 *
 * thread.c: how a thread comes, gets chunk after chunk, and goes.  The only
 * notice of its end is a pthread key's destructor; the rest of its chunk then
 * serves the next thread.
 */
#include "agent/thread.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/libc.h"
#include "agent/lock.h"
#include "agent/record.h"
#include "formats/clock.h"

#define STACK_FIRST_BYTES (64u << 10)
#define STEP_BYTES        (64u << 10)
#define RESTS             16

__thread struct thread *thread_current;

/* All threads, and the chunk rests of dead ones; guarded by lock. */
static struct {
    struct lock lock;
    struct thread *first;
    struct piece rests[RESTS];
    int rest_count;
    pthread_key_t key;
    bool key_made;
} threads;

/* == CHUNKS =============================================================== */

static bool
take_rest(struct piece *piece)
{
    lock_acquire(&threads.lock);
    bool found = threads.rest_count > 0;
    if (found)
        *piece = threads.rests[--threads.rest_count];
    lock_release(&threads.lock);
    return found;
}

static int
take_piece(struct thread *thread)
{
    uint64_t doublings = thread->sequence < 6 ? thread->sequence : 6;
    uint32_t bytes = SPOOL_FIRST_CHUNK << doublings;
    uint32_t page = spool_page_bytes();
    spool_release(&thread->piece);
    thread->chunk = NULL;
    if (thread->sequence == 0 && take_rest(&thread->piece))
        return 0;
    return spool_take(&thread->piece, bytes < page ? page : bytes);
}

/* The innermost calls first, as many as fit in the chunk's share. */
static uint32_t
store_stack(const struct thread *thread, struct spool_chunk *chunk,
            uint32_t room)
{
    size_t depth = (size_t)(thread->top - thread->bottom);
    uint32_t stored = depth < room ? (uint32_t)depth : room;
    for (uint32_t i = 0; i < stored; i++)
        chunk->stack[i] = thread->top[-1 - (int64_t)i].word;
    return stored;
}

static size_t
secure_step(struct thread *thread, char *from)
{
    size_t left = (size_t)(thread->piece.address + thread->piece.bytes - from);
    size_t step = left < STEP_BYTES ? left : STEP_BYTES;
    return step && spool_secure(from, step) == 0 ? step : 0;
}

int
thread_begin_chunk(struct thread *thread, uint64_t base_ticks)
{
    if (take_piece(thread) < 0)
        return -1;
    char *address = thread->piece.address;
    uint32_t share = thread->piece.bytes / SPOOL_STACK_SHARE;
    size_t step = secure_step(thread, address);
    if (!step)
        return -1;
    if (share > step)
        share = (uint32_t)step / 2;
    uint32_t room = (share - (uint32_t)sizeof(struct spool_chunk)) / 4;
    uint32_t stored = store_stack(thread, (struct spool_chunk *)address, room);
    struct spool_chunk head = {
        .kind = SPOOL_TRACK,
        .encoding = SPOOL_RAW,
        .data_offset = (uint32_t)(sizeof head + stored * 4 + 7) & ~7u,
        .pid = process.pid,
        .process_start_ns = process.start_ns,
        .tid = thread->tid,
        .track = thread->track,
        .sequence = thread->sequence++,
        .base_ticks = base_ticks,
        .stack_depth = (uint32_t)(thread->top - thread->bottom),
        .stack_stored = stored,
    };
    thread->chunk = spool_begin_chunk(&thread->piece, &head);
    thread->cursor.base_ticks = base_ticks;
    thread->cursor.next = (uint64_t *)(address + head.data_offset);
    thread->cursor.end = (uint64_t *)(address + step);
    return 0;
}

int
thread_extend(struct thread *thread)
{
    size_t step = secure_step(thread, (char *)thread->cursor.end);
    thread->cursor.end += step / sizeof(uint64_t);
    return step ? 0 : -1;
}

void
thread_note_clock(struct thread *thread)
{
    struct spool_chunk *chunk = thread->chunk;
    chunk->latest[chunk->latest_count & 1] = clock_read(spool_clock_kind);
    __atomic_store_n(&chunk->latest_count, chunk->latest_count + 1,
                     __ATOMIC_RELEASE);
}

/* == SHADOW STACK ========================================================= */

static struct call *
map_stack(size_t bytes)
{
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return map == MAP_FAILED ? NULL : map;
}

static size_t
stack_bytes(const struct thread *thread)
{
    return (size_t)((char *)thread->limit - (char *)thread->bottom);
}

int
thread_grow_stack(struct thread *thread)
{
    size_t old = stack_bytes(thread);
    ptrdiff_t depth = thread->top - thread->bottom;
    void *map = mremap(thread->bottom, old, old * 2, MREMAP_MAYMOVE);
    if (map == MAP_FAILED)
        return -1;
    thread->bottom = map;
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
unmap_thread(struct thread *thread)
{
    spool_release(&thread->piece);
    munmap(thread->bottom, stack_bytes(thread));
    munmap(thread, sizeof *thread);
}

/* The unused pages of a dead thread's chunk; the chunk shrinks first, so that
 * a reader finds the next one behind it. */
static void
give_rest(struct thread *thread)
{
    uint32_t page = spool_page_bytes();
    uint32_t used =
        (uint32_t)((char *)thread->cursor.next - thread->piece.address);
    uint32_t kept = (used + page - 1) & ~(page - 1);
    struct piece rest = {thread->piece.address + kept,
                         thread->piece.offset + kept,
                         thread->piece.bytes - kept};
    lock_acquire(&threads.lock);
    if (rest.bytes && threads.rest_count < RESTS) {
        __atomic_store_n(&thread->chunk->size_bytes, kept, __ATOMIC_RELEASE);
        thread->piece.bytes = kept;
        threads.rests[threads.rest_count++] = rest;
    }
    lock_release(&threads.lock);
}

/* pthread key destructor: on the ending thread, without the GIL. */
static void
leave(void *argument)
{
    struct thread *thread = argument;
    thread_current = NULL;
    if (thread->cursor.end && !process_is_broken()) {
        record_extended(thread, clock_ticks(spool_clock_kind),
                        SPOOL_EXT_TRACK_END, NULL, 0);
        give_rest(thread);
    }
    lock_acquire(&threads.lock);
    *thread->link = thread->next;
    if (thread->next)
        thread->next->link = thread->link;
    lock_release(&threads.lock);
    unmap_thread(thread);
}

static void
expect_end(struct thread *thread)
{
    if (!pthread_key_create || !pthread_setspecific)
        return;
    lock_acquire(&threads.lock);
    if (!threads.key_made && pthread_key_create(&threads.key, leave) == 0)
        threads.key_made = true;
    lock_release(&threads.lock);
    if (threads.key_made)
        pthread_setspecific(threads.key, thread);
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
            thread->track,
            (struct text){name, (uint32_t)strnlen(name, sizeof name)});
}

/* Below this address three quarters of the C stack are left. */
static char *
find_stack_guard(void)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t bytes = 0;
    if (!pthread_getattr_np || !pthread_attr_getstack ||
        pthread_getattr_np(pthread_self(), &attributes) != 0)
        return NULL;
    pthread_attr_getstack(&attributes, &low, &bytes);
    if (pthread_attr_destroy)
        pthread_attr_destroy(&attributes);
    return low ? (char *)low + bytes - bytes / 4 : NULL;
}

static struct thread *
make_thread(void)
{
    void *map = mmap(NULL, sizeof(struct thread), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    struct thread *thread = map;
    madvise(thread, THREAD_CURSOR_BYTES, MADV_WIPEONFORK);
    thread->bottom = thread->top = map_stack(STACK_FIRST_BYTES);
    if (!thread->bottom) {
        munmap(map, sizeof(struct thread));
        return NULL;
    }
    thread->limit = (struct call *)((char *)thread->bottom + STACK_FIRST_BYTES);
    thread->tid = (uint32_t)syscall(SYS_gettid);
    thread->handle = (uint64_t)pthread_self();
    thread->stack_guard = find_stack_guard();
    return thread;
}

struct thread *
thread_attach(void)
{
    if (process_is_broken())
        return NULL;
    if (process_is_new())
        process_adopt();
    struct thread *thread = make_thread();
    if (!thread)
        return NULL;
    thread->track = spool_new_track();
    if (thread_begin_chunk(thread, clock_ticks(spool_clock_kind)) < 0) {
        process_break();
        unmap_thread(thread);
        return NULL;
    }
    enlist(thread);
    expect_end(thread);
    name_after_kernel(thread);
    thread_current = thread;
    return thread;
}

void
thread_for_each(void (*visit)(struct thread *, void *), void *context)
{
    lock_acquire(&threads.lock);
    for (struct thread *thread = threads.first; thread; thread = thread->next)
        visit(thread, context);
    lock_release(&threads.lock);
}

void
thread_forget_others(void)
{
    struct thread *next;
    for (int i = 0; i < threads.rest_count; i++)
        spool_release(&threads.rests[i]);
    threads.rest_count = 0;
    for (struct thread *thread = threads.first; thread; thread = next) {
        next = thread->next;
        if (thread != thread_current)
            unmap_thread(thread);
    }
    threads.first = NULL;
    if (thread_current) {
        thread_current->chunk = NULL;
        spool_release(&thread_current->piece);
        enlist(thread_current);
    }
}
