/* SPDX-License-Identifier: Apache-2.0
 *
 * orders.c: see orders.h.
 */
#include "agent/store/orders.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "agent/base/process.h"
#include "agent/store/spool.h"
#include "formats/spool/clock.h"
#include "formats/spool/meter.h"

const struct control *orders_page;
uint64_t orders_seen;

/* The same page, to be stored into; and the place of this process in it. */
static struct control *page;
static struct control_slot *own;
static enum control_state answered;
static uint32_t refusals;
static uint64_t wanted_seen;

/* == JOINING ============================================================== */

void
orders_join(const char *folder)
{
    int saved = errno;
    struct control *map = orders_page ? NULL : control_map(folder);
    if (map && spool_secure((char *)map, sizeof *map) < 0) {
        control_unmap(map);
        map = NULL;
    }
    if (map)
        orders_page = page = map;
    errno = saved;
}

void
orders_leave(void)
{
    if (page)
        control_unmap(page);
    orders_page = page = NULL;
    own = NULL;
    orders_seen = wanted_seen = 0;
    refusals = 0;
    answered = CONTROL_AS_STARTED;
}

bool
orders_are_metered(uint64_t now_ns)
{
    uint64_t metered =
        page ? __atomic_load_n(&page->metered_ns, __ATOMIC_ACQUIRE) : 0;
    return metered && now_ns < metered + METER_FRESH_NS;
}

/* == WHAT IS WANTED ======================================================= */

static uint64_t
wanted_word(void)
{
    return page ? __atomic_load_n(&page->wanted, __ATOMIC_ACQUIRE) : 0;
}

enum control_state
orders_wanted(void)
{
    return CONTROL_WANTED_STATE(wanted_word());
}

struct orders
orders_take(void)
{
    orders_seen = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
    uint64_t word = wanted_word(), before = wanted_seen;
    wanted_seen = word;
    return (struct orders){
        word != before ? CONTROL_WANTED_STATE(word) : CONTROL_AS_STARTED,
        __atomic_load_n(&page->most_calls, __ATOMIC_ACQUIRE),
        __atomic_load_n(&page->most_overhead, __ATOMIC_ACQUIRE),
        __atomic_load_n(&page->shortest_ns, __ATOMIC_ACQUIRE)};
}

static uint64_t
agree(uint64_t *word, uint64_t in_ns)
{
    uint64_t agreed = 0, at = clock_nanoseconds(CLOCK_MONOTONIC) + in_ns;
    if (__atomic_compare_exchange_n(word, &agreed, at, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return at;
    return agreed;
}

uint64_t
orders_begin_ns(uint64_t delay_ns)
{
    uint64_t alone = 0;
    return agree(page ? &page->begin_ns : &alone, delay_ns);
}

uint64_t
orders_end_ns(uint64_t duration_ns)
{
    uint64_t alone = 0;
    return agree(page ? &page->end_ns : &alone, duration_ns);
}

uint64_t
orders_known_end_ns(void)
{
    return page ? __atomic_load_n(&page->end_ns, __ATOMIC_ACQUIRE) : 0;
}

/* == ANSWERS ============================================================== */

static bool
is_gone(uint32_t pid)
{
    return kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static bool
is_free(uint32_t pid)
{
    return pid == 0 || is_gone(pid);
}

static bool
take(uint32_t *word, uint32_t before, uint32_t pid)
{
    return __atomic_compare_exchange_n(word, &before, pid, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* The slot becomes this process's: it was free, or of who has ended, or of what
 * this process was before an exec. */
static bool
claim(struct control_slot *slot, uint32_t pid)
{
    uint32_t there = __atomic_load_n(&slot->pid, __ATOMIC_ACQUIRE);
    return (there == pid || is_free(there)) && take(&slot->pid, there, pid);
}

static void
introduce(struct control_slot *slot)
{
    __atomic_store_n(&slot->state, CONTROL_AS_STARTED, __ATOMIC_RELEASE);
    slot->exec_start = process_exec_start();
}

/* A forked child inherits its parent's. */
static struct control_slot *
own_slot(void)
{
    uint32_t pid = (uint32_t)getpid();
    if (own && __atomic_load_n(&own->pid, __ATOMIC_ACQUIRE) == pid)
        return own;
    own = NULL;
    for (uint32_t i = 0; i < CONTROL_SLOTS && !own; i++)
        if (claim(&page->slots[i], pid))
            own = &page->slots[i];
    if (own)
        introduce(own);
    return own;
}

void
orders_refuse(uint32_t what)
{
    refusals |= what;
}

void
orders_answer(enum control_state state)
{
    int saved = errno;
    struct control_slot *slot = page ? own_slot() : NULL;
    answered = state;
    if (slot) {
        uint32_t word = (uint32_t)state | refusals;
        if (slot->state != word)
            slot->since_ns = clock_nanoseconds(CLOCK_MONOTONIC);
        __atomic_store_n(&slot->state, word, __ATOMIC_RELEASE);
        __atomic_store_n(&slot->seen, orders_seen, __ATOMIC_RELEASE);
    }
    errno = saved;
}

void
orders_answer_again(void)
{
    if (answered != CONTROL_AS_STARTED)
        orders_answer(answered);
}

void
orders_ask_snapshot(void)
{
    if (page)
        __atomic_fetch_add(&page->snapshots, 1, __ATOMIC_RELEASE);
}

/* == TRIGGERS ============================================================= */

void
orders_tell_met(uint32_t trigger)
{
    if (page)
        __atomic_fetch_or(&page->met, UINT64_C(1) << trigger, __ATOMIC_RELAXED);
}

void
orders_post(struct control_post *post)
{
    if (!page)
        return;
    post->number = __atomic_add_fetch(&page->posted, 1, __ATOMIC_ACQ_REL);
    struct control_post *place = &page->posts[post->number % CONTROL_POSTS];
    uint64_t number = post->number;
    __atomic_store_n(&place->number, 0, __ATOMIC_RELEASE);
    post->number = 0;
    *place = *post;
    __atomic_store_n(&place->number, number, __ATOMIC_RELEASE);
}

void
orders_count_passed(void)
{
    if (page)
        __atomic_fetch_add(&page->passed, 1, __ATOMIC_RELAXED);
}

struct control_watch *
orders_claim_watch(uint32_t tid)
{
    int saved = errno;
    struct control_watch *watch = NULL;
    uint32_t pid = (uint32_t)getpid();
    for (uint32_t i = 0; page && i < CONTROL_WATCHES && !watch; i++) {
        uint32_t there =
            __atomic_load_n(&page->watches[i].pid, __ATOMIC_ACQUIRE);
        if (is_free(there) && take(&page->watches[i].pid, there, pid))
            watch = &page->watches[i];
    }
    for (uint32_t i = 0; watch && i < CONTROL_TRIGGERS; i++)
        __atomic_store_n(&watch->begin_ns[i], 0, __ATOMIC_RELEASE);
    if (watch)
        __atomic_store_n(&watch->tid, tid, __ATOMIC_RELEASE);
    errno = saved;
    return watch;
}

void
orders_release_watch(struct control_watch *watch)
{
    uint32_t pid = (uint32_t)getpid();
    if (watch && page)
        take(&watch->pid, pid, 0);
}

/* == WHAT IT TAKES ======================================================== */

uint64_t
orders_count_bytes(uint64_t bytes)
{
    return page ? __atomic_add_fetch(&page->used_bytes, bytes, __ATOMIC_RELAXED)
                : 0;
}
