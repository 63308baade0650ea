/* SPDX-License-Identifier: Apache-2.0
 *
 * ring.c: the words of the slots.
 */
#include "agent/store/ring.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "agent/base/process.h"
#include "formats/spool/clock.h"

#define LEAST_SLOTS 8 /* the smallest ring is 1 MiB */
#define LOOKS       8 /* at slots whose process may be dead, each time */

/* asked and header are written before there are other threads; holds are atomic:
 * pieces of this process in each slot. */
static struct {
    uint64_t asked_bytes, asked_ns;
    struct spool_header *header;
    int (*secure)(char *from, size_t bytes);
    uint32_t looked; /* atomic: where dead processes were looked for last */
    uint16_t holds[SPOOL_SLOT_LIMIT];
} ring;

/* == LIFE ================================================================= */

void
ring_ask(uint64_t bytes, uint64_t ns)
{
    ring.asked_bytes = bytes;
    ring.asked_ns = ns;
}

bool
ring_is_asked(void)
{
    return ring.asked_bytes || ring.asked_ns;
}

uint32_t
ring_header_bytes(uint32_t page_bytes)
{
    return page_bytes + SPOOL_SLOT_LIMIT * (uint32_t)sizeof(uint64_t);
}

static uint32_t
count_slots(uint64_t bytes)
{
    uint64_t most = bytes / SPOOL_SLOT_BYTES;
    if (!bytes || most > SPOOL_SLOT_LIMIT)
        return SPOOL_SLOT_LIMIT;
    return most < LEAST_SLOTS ? LEAST_SLOTS : (uint32_t)most;
}

uint32_t
ring_first_bytes(uint32_t page_bytes)
{
    uint32_t bytes = count_slots(ring.asked_bytes) * (uint32_t)sizeof(uint64_t);
    return page_bytes + (bytes + page_bytes - 1) / page_bytes * page_bytes;
}

void
ring_begin(struct spool_header *header, int (*secure)(char *from, size_t bytes))
{
    header->features |= SPOOL_RING;
    header->last_ns = ring.asked_ns;
    header->last_bytes = ring.asked_bytes;
    ring.secure = secure;
    ring.header = header;
}

void
ring_end(void)
{
    ring_leave();
    ring.header = NULL;
}

void
ring_leave(void)
{
    if (ring.header)
        memset(ring.holds, 0,
               __atomic_load_n(&ring.header->slot_count, __ATOMIC_RELAXED) *
                   sizeof *ring.holds);
}

bool
ring_is_on(void)
{
    return ring.header != NULL;
}

static uint64_t
ticks_now(void)
{
    return clock_ticks((enum spool_clock_kind)ring.header->clock_kind);
}

/* == SLOTS ================================================================ */

static uint64_t *
words(void)
{
    return (uint64_t *)(void *)((char *)ring.header + ring.header->page_bytes);
}

static uint64_t
offset_of(uint32_t slot)
{
    return ring.header->header_bytes + (uint64_t)slot * SPOOL_SLOT_BYTES;
}

static uint32_t
slot_at(uint64_t offset)
{
    return (uint32_t)((offset - ring.header->header_bytes) / SPOOL_SLOT_BYTES);
}

static uint64_t
own_word(void)
{
    return (uint64_t)process.pid << 1 | 1;
}

static bool
is_full(uint64_t word)
{
    return word && !(word & 1);
}

static uint64_t
full_word(uint64_t ticks)
{
    return ticks << 1 ? ticks << 1 : 2;
}

static bool
change(uint32_t slot, uint64_t from, uint64_t to)
{
    return __atomic_compare_exchange_n(&words()[slot], &from, to, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* == WHAT IS DROPPED ====================================================== */

uint64_t
ring_drop(uint64_t ticks)
{
    uint64_t *dropped = &ring.header->dropped_ticks;
    uint64_t now = __atomic_load_n(dropped, __ATOMIC_RELAXED);
    while (now < ticks &&
           !__atomic_compare_exchange_n(dropped, &now, ticks, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        continue;
    return now < ticks ? ticks : now;
}

/* What is older than was asked for; 0: nothing is.  The spool's own clocks tell what
 * a tick is. */
static uint64_t
oldest_wanted(void)
{
    const struct spool_clock *begin = &ring.header->clock;
    struct spool_clock now = {ticks_now(), clock_nanoseconds(CLOCK_MONOTONIC),
                              0};
    uint64_t ns = now.monotonic_ns - begin->monotonic_ns;
    if (!ring.header->last_ns || ns <= ring.header->last_ns)
        return 0;
    double share = (double)ring.header->last_ns / (double)ns;
    return now.ticks - (uint64_t)((double)(now.ticks - begin->ticks) * share);
}

bool
ring_is_crowded(uint64_t names_bytes)
{
    uint64_t most = ring.header->last_bytes;
    if (most && most < LEAST_SLOTS * SPOOL_SLOT_BYTES)
        most = LEAST_SLOTS * SPOOL_SLOT_BYTES;
    return most && names_bytes > most / 4;
}

uint64_t
ring_dropped(void)
{
    return ring_drop(oldest_wanted());
}

/* == TAKING =============================================================== */

struct search {
    uint32_t count, used;
    int64_t free, oldest; /* -1: none */
    uint64_t oldest_word;
};

static struct search
look(void)
{
    struct search search = {.free = -1, .oldest = -1};
    search.count = __atomic_load_n(&ring.header->slot_count, __ATOMIC_ACQUIRE);
    for (uint32_t slot = 0; slot < search.count; slot++) {
        uint64_t word = __atomic_load_n(&words()[slot], __ATOMIC_RELAXED);
        search.used += word != 0;
        if (!word && search.free < 0)
            search.free = slot;
        if (is_full(word) && (search.oldest < 0 || word < search.oldest_word)) {
            search.oldest = slot;
            search.oldest_word = word;
        }
    }
    return search;
}

static bool
is_dead(uint64_t word)
{
    return (word & 1) && word != own_word() &&
           kill((pid_t)(word >> 1), 0) < 0 && errno == ESRCH;
}

/* What a dead process wrote ages from when that is seen. */
static void
look_for_dead(uint32_t count)
{
    for (int i = 0; i < LOOKS && count; i++) {
        uint32_t slot =
            __atomic_fetch_add(&ring.looked, 1, __ATOMIC_RELAXED) % count;
        uint64_t word = __atomic_load_n(&words()[slot], __ATOMIC_RELAXED);
        if (is_dead(word))
            change(slot, word, full_word(ticks_now()));
    }
}

/* One that nobody had before.  Its word is in a page that may be new, too. */
static int64_t
extend(uint32_t count)
{
    uint32_t each = ring.header->page_bytes / (uint32_t)sizeof(uint64_t);
    if (count >= SPOOL_SLOT_LIMIT) {
        errno = EFBIG;
        return -2;
    }
    if (count % each == 0 && count >= count_slots(ring.header->last_bytes) &&
        ring.secure((char *)&words()[count], ring.header->page_bytes) < 0)
        return -2;
    if (!change(count, 0, own_word()))
        return -1;
    uint32_t seen = count;
    while (seen <= count && !__atomic_compare_exchange_n(
                                &ring.header->slot_count, &seen, count + 1,
                                false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        continue;
    return count;
}

/* The slot; -1: another one was faster; -2: there is none.  What is too old goes
 * first, then there may be room, then the oldest of what is wanted goes.  Slots that
 * live threads hold can be more than there may be. */
static int64_t
try_take(bool *used)
{
    struct search search = look();
    uint64_t wanted = oldest_wanted();
    bool room = search.used < count_slots(ring.header->last_bytes);
    bool old = search.oldest >= 0 && search.oldest_word < full_word(wanted);
    *used = true;
    if (search.oldest >= 0 && (old || !room)) {
        ring_drop(old ? wanted : search.oldest_word >> 1);
        return change((uint32_t)search.oldest, search.oldest_word, own_word())
                   ? search.oldest
                   : -1;
    }
    if (search.free >= 0)
        return change((uint32_t)search.free, 0, own_word()) ? search.free : -1;
    *used = false;
    return extend(search.count);
}

static uint64_t
advance_allocated(uint32_t slot)
{
    uint64_t offset = offset_of(slot), end = offset + SPOOL_SLOT_BYTES;
    uint64_t seen = __atomic_load_n(&ring.header->allocated, __ATOMIC_RELAXED);
    while (seen < end && !__atomic_compare_exchange_n(
                             &ring.header->allocated, &seen, end, false,
                             __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        continue;
    return offset;
}

uint64_t
ring_take(bool *used)
{
    int64_t slot;
    int saved = errno;
    look_for_dead(__atomic_load_n(&ring.header->slot_count, __ATOMIC_RELAXED));
    do
        slot = try_take(used);
    while (slot == -1);
    if (slot < 0)
        return 0;
    errno = saved;
    ring.holds[slot] = 1;
    return advance_allocated((uint32_t)slot);
}

/* == GIVING BACK ========================================================== */

void
ring_hold(uint64_t offset)
{
    __atomic_fetch_add(&ring.holds[slot_at(offset)], 1, __ATOMIC_RELAXED);
}

/* Not of what a forked child has of its parent's, which it does not hold; before it
 * knows that, it takes itself for its parent. */
void
ring_let_go(uint64_t offset)
{
    if (process_is_new())
        return;
    uint32_t slot = slot_at(offset);
    uint16_t *holds = &ring.holds[slot];
    uint16_t seen = __atomic_load_n(holds, __ATOMIC_RELAXED);
    while (seen &&
           !__atomic_compare_exchange_n(holds, &seen, seen - 1, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
    if (seen == 1)
        change(slot, own_word(), full_word(ticks_now()));
}

void
ring_free(uint64_t offset)
{
    uint32_t slot = slot_at(offset);
    __atomic_store_n(&ring.holds[slot], 0, __ATOMIC_RELAXED);
    change(slot, own_word(), 0);
}
