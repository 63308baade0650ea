/* SPDX-License-Identifier: Apache-2.0
 *
 * window.c: windows, and packing them.
 *
 * A process may be killed between any two stores, and no record may be lost or
 * seen twice.  So a window carries the number of the block that it will be, its
 * generation.  Packing stores the block first, complete, its first word last.
 * From then on the window's generation is that of a block that exists, and
 * readers pass the window over, until it is clean and has the next number.
 */
#include "agent/track/window.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/base/lock.h"
#include "agent/base/process.h"
#include "agent/store/ring.h"
#include "agent/track/tick.h"
#include "formats/spool/clock.h"
#include "formats/spool/packed.h"

#define SECURE_BYTES   (32u << 10)
#define RESTS          16
#define USED           8
#define CLOCK_EVERY_NS 50000000u

/* What dead threads left of their windows; what they used of them and is still
 * mapped; and where blocks are encoded before their size is known. */
static struct {
    struct lock lock;
    struct piece list[RESTS];
    int count;
    struct piece used[USED];
    int used_count;
} rests;

static struct {
    struct lock lock;
    uint32_t *bytes;
} scratch;

static uint32_t
round_up(uint64_t bytes, uint32_t unit)
{
    return (uint32_t)((bytes + unit - 1) / unit * unit);
}

/* == THE STACK IN A CHUNK'S HEADER ======================================== */

/* The innermost calls first, as many as the chunk's share has room for. */
static void
store_stack(const struct thread *thread, struct spool_chunk *chunk)
{
    size_t depth = thread_depth(thread);
    const struct call *top = thread->bottom + depth;
    size_t room =
        (thread->window.bytes / SPOOL_STACK_SHARE - sizeof *chunk) / 4;
    size_t secured = (size_t)((char *)thread->cursor.end - (char *)chunk);
    if (room > (secured / 2 - sizeof *chunk) / 4)
        room = (secured / 2 - sizeof *chunk) / 4;
    uint32_t stored = (uint32_t)(depth < room ? depth : room);
    chunk->stack_stored = 0; /* the header stays sensible at every instant */
    chunk->stack_depth = (uint32_t)depth;
    chunk->data_offset = round_up(sizeof *chunk + stored * 4, 8);
    for (uint32_t i = 0; i < stored; i++)
        chunk->stack[i] = top[-1 - (int64_t)i].word & CALL_RECORD;
    chunk->stack_stored = stored;
}

/* == PACKED CHUNKS ======================================================== */

/* Any block fits into the largest chunk, behind any header. */
_Static_assert(sizeof(struct packed_block) +
                       PACKED_WORST_BYTES(SPOOL_WINDOW_BYTES / 8) +
                       SPOOL_WINDOW_BYTES / SPOOL_STACK_SHARE <=
                   SPOOL_LARGEST_CHUNK,
               "a block is larger than a chunk");
_Static_assert(sizeof(struct packed_block) +
                       PACKED_WORST_BYTES(SPOOL_WINDOW_BYTES / 8) +
                       SPOOL_WINDOW_BYTES / SPOOL_STACK_SHARE <=
                   SPOOL_SLOT_BYTES,
               "a block is larger than a slot");

/* They double, and hold the header and a block of so many bytes at least: one of
 * records that are all escaped is larger than the window that it was. */
static uint32_t
packed_chunk_bytes(uint64_t count, size_t least)
{
    uint32_t bytes = SPOOL_LARGEST_CHUNK >> 2 << (count < 2 ? count : 2);
    while (bytes < least)
        bytes *= 2;
    return bytes;
}

/* Nothing more is written into it by this thread. */
static void
leave(struct piece *piece)
{
    if (piece->address && ring_is_on())
        ring_let_go(piece->offset);
    spool_release(piece);
}

/* A chunk that starts where the window does, with the same calls open. */
static int
begin_packed(struct thread *thread, size_t block_bytes)
{
    const struct spool_chunk *window = thread->chunk;
    size_t stack_bytes = (size_t)window->stack_stored * 4;
    uint32_t bytes = packed_chunk_bytes(thread->packed_count,
                                        window->data_offset + block_bytes);
    leave(&thread->packed);
    if (spool_take(&thread->packed, bytes) < 0)
        return -1;
    spool_expect(&thread->packed);
    if (spool_secure(thread->packed.address, SECURE_BYTES) < 0)
        return -1;
    struct spool_chunk head = *window;
    head.encoding = SPOOL_PACKED;
    head.sequence = thread->packed_count++;
    head.generation = 0;
    struct spool_chunk *chunk = (void *)thread->packed.address;
    memcpy(chunk->stack, window->stack, stack_bytes);
    spool_begin_chunk(&thread->packed, &head);
    thread->packed_next = thread->packed.address + head.data_offset;
    thread->packed_end = thread->packed.address + SECURE_BYTES;
    return 0;
}

/* Room for a block, secured. */
static int
make_packed_room(struct thread *thread, size_t bytes)
{
    struct piece *piece = &thread->packed;
    if (!piece->address ||
        thread->packed_next + bytes > piece->address + piece->bytes) {
        if (begin_packed(thread, bytes) < 0)
            return -1;
    }
    char *needed = thread->packed_next + bytes;
    if (needed <= thread->packed_end)
        return 0;
    size_t more =
        round_up((uint64_t)(needed - thread->packed_end), SECURE_BYTES);
    if (spool_secure(thread->packed_end, more) < 0)
        return -1;
    thread->packed_end += more;
    return 0;
}

static int
store_block(struct thread *thread, const uint32_t *bytes, size_t count,
            uint32_t words)
{
    struct packed_block block = {
        .size_bytes = round_up(sizeof block + count, 8),
        .words = words,
        .number = thread->chunk->generation,
        .base_ticks = thread->chunk->base_ticks,
    };
    uint64_t first;
    if (make_packed_room(thread, block.size_bytes) < 0)
        return -1;
    char *at = thread->packed_next;
    memcpy(&first, &block, sizeof first);
    memcpy(at + sizeof first, (char *)&block + sizeof first,
           sizeof block - sizeof first);
    memcpy(at + sizeof block, bytes, count);
    __atomic_store_n((uint64_t *)(void *)at, first, __ATOMIC_RELEASE);
    thread->packed_next += block.size_bytes;
    return 0;
}

static int
pack(struct thread *thread)
{
    const uint64_t *words =
        (const void *)((char *)thread->chunk + thread->chunk->data_offset);
    size_t count = (size_t)(thread->cursor.next - words);
    int result = -1;
    lock_acquire(&scratch.lock);
    if (!scratch.bytes)
        scratch.bytes = arena_take_pages(
            PACKED_WORST_BYTES(SPOOL_WINDOW_BYTES / sizeof(uint64_t)));
    if (scratch.bytes) {
        size_t bytes = packed_encode(words, count, scratch.bytes);
        result = store_block(thread, scratch.bytes, bytes, (uint32_t)count);
    }
    lock_release(&scratch.lock);
    return result;
}

/* == WINDOWS ============================================================== */

/* For the next thread.  With the lock; false: there are enough. */
static bool
keep_rest(struct piece rest)
{
    if (rest.bytes < WINDOW_LEAST_BYTES || rests.count == RESTS)
        return false;
    rests.list[rests.count++] = rest;
    return true;
}

/* A slot of a ring holds four blocks if they are a little smaller. */
static uint32_t
most_bytes(void)
{
    return ring_is_on() ? SPOOL_WINDOW_BYTES - spool_page_bytes()
                        : SPOOL_WINDOW_BYTES;
}

/* And it is larger than a window. */
static void
cut_piece(struct piece *piece)
{
    uint32_t bytes = most_bytes();
    struct piece rest = {piece->address + bytes, piece->offset + bytes,
                         piece->bytes - bytes};
    lock_acquire(&rests.lock);
    bool kept = keep_rest(rest);
    if (kept)
        ring_hold(piece->offset);
    lock_release(&rests.lock);
    if (!kept)
        spool_release(&rest);
    piece->bytes = bytes;
}

static int
take_piece(struct piece *piece)
{
    lock_acquire(&rests.lock);
    bool found = rests.count > 0;
    if (found)
        *piece = rests.list[--rests.count];
    lock_release(&rests.lock);
    if (!found && spool_take(piece, SPOOL_WINDOW_BYTES) < 0)
        return -1;
    if (piece->bytes > most_bytes())
        cut_piece(piece);
    return 0;
}

static void
point_cursor(struct thread *thread, uint64_t base_ticks)
{
    char *address = thread->window.address;
    tick_count_from(&thread->cursor, base_ticks);
    thread->cursor.next =
        (uint64_t *)(void *)(address + thread->chunk->data_offset);
}

int
window_begin(struct thread *thread, uint64_t base_ticks)
{
    uint32_t page = spool_page_bytes();
    if (process_is_broken()) /* also a forked child that is not wanted */
        return -1;
    if (!thread->window.address && take_piece(&thread->window) < 0)
        return -1;
    char *address = thread->window.address;
    if (spool_secure(address, page) < 0)
        return -1;
    thread->packed_count = 0;
    thread->cursor.end = (uint64_t *)(void *)(address + page);
    store_stack(thread, (struct spool_chunk *)(void *)address);
    struct spool_chunk head = *(struct spool_chunk *)(void *)address;
    head.kind = SPOOL_TRACK;
    head.encoding = SPOOL_WINDOW;
    head.pid = process.pid;
    head.process_start_ns = process.start_ns;
    head.tid = thread->tid;
    head.interpreter = thread->interpreter;
    head.track = thread->track_number;
    head.sequence = SPOOL_WINDOW_SEQUENCE;
    head.base_ticks = base_ticks;
    thread->chunk = spool_begin_chunk(&thread->window, &head);
    point_cursor(thread, base_ticks);
    return 0;
}

/* The block is stored; make the window ready to be the next one. */
static void
renew(struct thread *thread, uint64_t base_ticks)
{
    struct spool_chunk *chunk = thread->chunk;
    char *stack = (char *)chunk->stack; /* the next one may be shorter */
    memset(stack, 0, (size_t)((char *)thread->cursor.next - stack));
    store_stack(thread, chunk);
    chunk->base_ticks = base_ticks;
    chunk->clock = clock_read(spool_clock_kind);
    chunk->latest_count = 0;
    __atomic_store_n(&chunk->generation, chunk->generation + 1,
                     __ATOMIC_RELEASE);
    point_cursor(thread, base_ticks);
}

int
window_extend(struct thread *thread, uint64_t base_ticks)
{
    char *end = (char *)thread->cursor.end;
    char *whole = thread->window.address + thread->window.bytes;
    if (end < whole) { /* one page first, then all */
        size_t more = (size_t)(whole - end);
        if (spool_secure(end, more) < 0)
            return -1;
        thread->cursor.end = (uint64_t *)(void *)whole;
        return 0;
    }
    if (pack(thread) < 0)
        return -1;
    renew(thread, base_ticks);
    return 0;
}

void
window_note_clock(struct thread *thread)
{
    struct spool_chunk *chunk = thread->chunk;
    uint64_t last =
        chunk->latest_count
            ? chunk->latest[(chunk->latest_count - 1) & 1].monotonic_ns
            : chunk->clock.monotonic_ns;
    if (clock_nanoseconds(CLOCK_MONOTONIC) - last < CLOCK_EVERY_NS)
        return;
    chunk->latest[chunk->latest_count & 1] = clock_read(spool_clock_kind);
    __atomic_store_n(&chunk->latest_count, chunk->latest_count + 1,
                     __ATOMIC_RELEASE);
}

/* To unmap interrupts all processors that the process runs on, so it is done for
 * the parts of a window together.  With the lock. */
static void
keep_used(const struct piece *piece)
{
    struct piece *end = rests.used + rests.used_count;
    for (struct piece *at = rests.used; at < end; at++) {
        if (at->address + at->bytes == piece->address &&
            at->bytes + piece->bytes <= SPOOL_WINDOW_BYTES) {
            at->bytes += piece->bytes;
            return;
        }
    }
    if (rests.used_count == USED) { /* off the list first, for who forks now */
        struct piece oldest = rests.used[0];
        memmove(rests.used, rests.used + 1, (USED - 1) * sizeof *rests.used);
        rests.used_count--;
        spool_release(&oldest);
    }
    rests.used[rests.used_count++] = *piece;
}

/* The chunk shrinks first, so that a reader finds the next one behind it. */
void
window_end(struct thread *thread)
{
    struct piece *window = &thread->window;
    uint32_t used = (uint32_t)((char *)thread->cursor.next - window->address);
    uint32_t kept = round_up(used, spool_page_bytes());
    struct piece rest = {window->address + kept, window->offset + kept,
                         window->bytes - kept};
    lock_acquire(&rests.lock);
    if (keep_rest(rest)) {
        __atomic_store_n(&thread->chunk->size_bytes, kept, __ATOMIC_RELEASE);
        window->bytes = kept;
    } else if (ring_is_on()) {
        ring_let_go(window->offset);
    }
    keep_used(window);
    window->address = NULL;
    lock_release(&rests.lock);
}

void
window_undo(struct thread *thread)
{
    struct spool_chunk *chunk = thread->chunk;
    __atomic_store_n(&chunk->magic, 0, __ATOMIC_RELEASE);
    memset(chunk, 0, (size_t)((char *)thread->cursor.end - (char *)chunk));
    lock_acquire(&rests.lock);
    if (keep_rest(thread->window))
        thread->window.address = NULL;
    lock_release(&rests.lock);
}

void
window_drop(struct thread *thread)
{
    leave(&thread->window);
    leave(&thread->packed);
    thread->chunk = NULL;
}

void
window_forget_rests(void)
{
    for (int i = 0; i < rests.count; i++)
        spool_release(&rests.list[i]);
    for (int i = 0; i < rests.used_count; i++)
        spool_release(&rests.used[i]);
    rests.count = rests.used_count = 0;
}
