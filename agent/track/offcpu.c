/* SPDX-License-Identifier: Apache-2.0
 *
 * offcpu.c: see offcpu.h.
 */
#include "agent/track/offcpu.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/track/record.h"
#include "agent/track/tick.h"
#include "agent/track/wait.h"
#include "formats/spool/clock.h"

#define MOST_PAGES    4 /* of the ring, behind the page of its head and tail */
#define SOONEST_TICKS (TICK_TICKS >> 8)
#define YOUNG_TICKS   (TICK_TICKS >> 6) /* a third of a millisecond to one */
#define RECORD_BYTES  16u /* of one switch: its header, and the time */

static bool is_sure; /* somebody asked for it */

/* == THE KERNEL'S RING ==================================================== */

static int
open_event(void)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_SW_DUMMY,
        .sample_type = PERF_SAMPLE_TIME,
        .sample_id_all = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
        .context_switch = 1,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
    };
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1,
                        PERF_FLAG_FD_CLOEXEC);
}

/* The memory that a user may lock for this is limited. */
static void *
map_ring(int fd)
{
    size_t page = spool_page_bytes();
    for (size_t pages = MOST_PAGES; pages; pages >>= 1) {
        void *ring = mmap(NULL, (pages + 1) * page, PROT_READ | PROT_WRITE,
                          MAP_SHARED, fd, 0);
        if (ring != MAP_FAILED)
            return ring;
    }
    return NULL;
}

/* The mapping keeps the event alive: no descriptor stays open. */
static void
begin(struct offcpu *offcpu)
{
    *offcpu = (struct offcpu){.generation = process_generation,
                              .pid = (uint32_t)getpid(),
                              .met_ticks = offcpu->met_ticks,
                              .met_ns = offcpu->met_ns,
                              .met_cpu_ns = offcpu->met_cpu_ns};
    int fd = is_sure || !process_is_filtered() ? open_event() : -1;
    if (fd < 0)
        return;
    offcpu->ring = map_ring(fd);
    offcpu->from = clock_read(spool_clock_kind);
    close(fd);
}

/* A forked child has its parent's struct, but not the ring.  It may not have noticed
 * yet that it is one: where nothing more can be recorded it never does. */
static bool
is_own(const struct offcpu *offcpu)
{
    return offcpu->generation == process_generation &&
           offcpu->pid == (uint32_t)getpid() && !process_is_new();
}

static size_t
ring_bytes(const struct offcpu *offcpu)
{
    return ((const struct perf_event_mmap_page *)offcpu->ring)->data_size;
}

void
offcpu_end(struct thread *thread)
{
    struct offcpu *offcpu = &thread->offcpu;
    if (offcpu->ring && is_own(offcpu))
        munmap(offcpu->ring, spool_page_bytes() + ring_bytes(offcpu));
    *offcpu = (struct offcpu){.ring = NULL};
}

/* == READING IT =========================================================== */

struct drain {
    struct thread *thread;
    const char *data;
    size_t mask;
    uint64_t ns, ticks; /* now, on both clocks */
    double ticks_in_ns;
};

static uint64_t
word_at(const struct drain *drain, uint64_t at)
{
    uint64_t word;
    memcpy(&word, drain->data + (at & drain->mask), sizeof word);
    return word;
}

static uint64_t
ticks_at(const struct drain *drain, uint64_t ns)
{
    if (ns >= drain->ns)
        return drain->ticks;
    return drain->ticks -
           (uint64_t)((double)(drain->ns - ns) * drain->ticks_in_ns);
}

/* Unless nothing is recorded just now. */
static void
tell(const struct drain *drain, enum spool_wait kind, uint64_t begin_ns,
     uint64_t end_ns)
{
    const struct wait wait = {.kind = kind,
                              .begin_ticks = ticks_at(drain, begin_ns),
                              .end_ticks = ticks_at(drain, end_ns)};
    if (!drain->thread->parked)
        wait_record(drain->thread, &wait);
}

static void
note_switch(struct drain *drain, uint32_t misc, uint64_t ns)
{
    struct offcpu *offcpu = &drain->thread->offcpu;
    bool out = misc & PERF_RECORD_MISC_SWITCH_OUT;
    if (offcpu->unseen_ns)
        tell(drain, SPOOL_WAIT_UNSEEN, offcpu->unseen_ns, ns);
    else if (!out && offcpu->left_ns)
        tell(drain,
             offcpu->preempted ? SPOOL_WAIT_PREEMPTED : SPOOL_WAIT_BLOCKED,
             offcpu->left_ns, ns);
    offcpu->unseen_ns = 0;
    offcpu->left_ns = out ? ns : 0;
    offcpu->preempted = misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT;
    offcpu->last_ns = ns;
}

/* A record's first word is type:32, misc:16, bytes:16, its last one the time.  What
 * the kernel had no room for it says with the next one. */
static void
read_ring(struct drain *drain, uint64_t tail, uint64_t head)
{
    struct offcpu *offcpu = &drain->thread->offcpu;
    while (head - tail >= RECORD_BYTES) {
        uint64_t first = word_at(drain, tail);
        uint64_t bytes = first >> 48;
        if (bytes < RECORD_BYTES || bytes > head - tail)
            return;
        if ((uint32_t)first == PERF_RECORD_SWITCH)
            note_switch(drain, first >> 32 & 0xffff,
                        word_at(drain, tail + bytes - 8));
        else if ((uint32_t)first == PERF_RECORD_LOST && !offcpu->unseen_ns)
            offcpu->unseen_ns = offcpu->last_ns;
        tail += bytes;
    }
}

/* The longer the time between two pairs, the better they tell what a tick is. */
static void
set_scale(struct drain *drain)
{
    const struct spool_clock *from = &drain->thread->offcpu.from;
    struct spool_clock now = clock_read(spool_clock_kind);
    uint64_t ns = now.monotonic_ns - from->monotonic_ns;
    drain->ns = now.monotonic_ns;
    drain->ticks = now.ticks;
    drain->ticks_in_ns =
        ns ? (double)(now.ticks - from->ticks) / (double)ns : 1;
}

/* So soon, or sooner. */
static void
look_in(struct thread *thread, uint64_t ticks, uint64_t soon)
{
    struct cursor *cursor = &thread->cursor;
    uint64_t horizon = ticks - cursor->base_ticks + soon;
    if (horizon < cursor->horizon)
        cursor->horizon = horizon;
}

/* The fuller it was, the sooner it is looked at again. */
static void
look_sooner(struct thread *thread, uint64_t bytes, uint64_t ticks)
{
    uint64_t eighths = bytes * 8 / ring_bytes(&thread->offcpu);
    uint64_t soon = TICK_TICKS / (eighths + 1) / (eighths + 1);
    look_in(thread, ticks, soon > SOONEST_TICKS ? soon : SOONEST_TICKS);
}

/* NULL: there is none, or it is being read. */
static struct perf_event_mmap_page *
ring_of(const struct thread *thread)
{
    const struct offcpu *offcpu = &thread->offcpu;
    return offcpu->ring && !offcpu->draining && is_own(offcpu) ? offcpu->ring
                                                               : NULL;
}

static uint64_t
head_of(const struct perf_event_mmap_page *ring)
{
    return __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
}

void
offcpu_drain(struct thread *thread)
{
    struct offcpu *offcpu = &thread->offcpu;
    struct perf_event_mmap_page *ring = ring_of(thread);
    if (!ring)
        return;
    uint64_t head = head_of(ring);
    uint64_t tail = ring->data_tail;
    struct drain drain = {.thread = thread,
                          .data = (const char *)ring + ring->data_offset,
                          .mask = ring_bytes(offcpu) - 1};
    offcpu->draining = true;
    set_scale(&drain);
    read_ring(&drain, tail, head);
    __atomic_store_n(&ring->data_tail, head, __ATOMIC_RELEASE);
    tell(&drain, SPOOL_WAIT_BLOCKED, drain.ns, drain.ns);
    look_sooner(thread, head - tail, drain.ticks);
    offcpu->draining = false;
}

void
offcpu_leave_track(struct thread *thread)
{
    const struct perf_event_mmap_page *ring = ring_of(thread);
    if (ring && head_of(ring) != ring->data_tail)
        offcpu_drain(thread);
}

/* == WHEN IT IS READ ====================================================== */

/* The last record may be an exit that is changed as long as nothing lies behind it. */
static bool
is_in_doubt(const struct thread *thread)
{
    uint64_t kind = thread->cursor.next ? thread->cursor.next[-1] & 15 : 0;
    return kind == SPOOL_EXIT_EXCEPTION || kind == SPOOL_EXIT_CONTROL ||
           kind == SPOOL_BUSY;
}

/* A ring takes the kernel some 50 us, which most threads of a server that starts one
 * for each request are not worth. */
static bool
is_young(const struct thread *thread)
{
    return !thread->offcpu.met_ticks && thread->tid != (uint32_t)getpid();
}

static void
meet(struct offcpu *offcpu, uint64_t ticks)
{
    offcpu->met_ticks = ticks;
    offcpu->met_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    offcpu->met_cpu_ns = clock_thread_nanoseconds();
}

/* When the event before this one was, if that is easy to see; else 0. */
static uint64_t
ticks_before(const struct thread *thread)
{
    if (!thread->cursor.next || !thread->chunk) /* nothing more is recorded */
        return 0;
    const uint64_t *first = (const void *)((const char *)thread->chunk +
                                           thread->chunk->data_offset);
    const uint64_t *before = thread->cursor.next - 2;
    uint64_t kind = before >= first ? *before & 15 : SPOOL_TIME;
    return kind == SPOOL_TIME || kind == SPOOL_EXT || kind == SPOOL_BUSY
               ? 0
               : thread->cursor.base_ticks + (*before >> SPOOL_TIME_SHIFT);
}

/* What it did not run since it was met lies between the event before this one and
 * this one, if it fits there: it blocked in its first call, as threads do that wait
 * for work.  Else nobody knows where. */
static void
tell_first_wait(struct thread *thread, uint64_t ticks)
{
    struct offcpu *offcpu = &thread->offcpu;
    uint64_t ns = clock_nanoseconds(CLOCK_MONOTONIC) - offcpu->met_ns;
    uint64_t ran_ns = clock_thread_nanoseconds() - offcpu->met_cpu_ns;
    uint64_t before = ticks_before(thread);
    if (!ns || ran_ns > ns || !before || before >= ticks)
        return;
    double share = (double)(ns - ran_ns) / (double)ns;
    uint64_t off = (uint64_t)((double)(ticks - offcpu->met_ticks) * share);
    if (off > ticks - before + YOUNG_TICKS)
        return;
    struct wait wait = {.kind = SPOOL_WAIT_BLOCKED,
                        .begin_ticks = offcpu->met_ticks,
                        .end_ticks = offcpu->met_ticks};
    wait_record(thread, &wait); /* from then on all is known */
    wait.begin_ticks = off < ticks - before ? ticks - off : before;
    wait.end_ticks = ticks;
    if (off > YOUNG_TICKS / 8)
        wait_record(thread, &wait);
}

static void
look(struct thread *thread, uint64_t ticks)
{
    struct offcpu *offcpu = &thread->offcpu;
    bool known = is_own(offcpu);
    if (known && !offcpu->ring)
        return;
    if (is_in_doubt(thread)) { /* with the next event */
        thread->cursor.horizon = ticks - thread->cursor.base_ticks;
        return;
    }
    if (!known && is_young(thread)) {
        meet(offcpu, ticks);
        look_in(thread, ticks, YOUNG_TICKS);
        return;
    }
    int saved = errno;
    struct work work = record_begin_work();
    if (!known)
        begin(offcpu);
    if (!known && offcpu->ring && thread->tid != (uint32_t)getpid())
        tell_first_wait(thread, ticks);
    offcpu_drain(thread);
    record_busy(thread, &work);
    errno = saved;
}

void
offcpu_want(const char *wish)
{
    is_sure = wish && strcmp(wish, "yes") == 0;
    if (wish && strcmp(wish, "no") == 0)
        return;
    record_room = offcpu_drain;
    tick_add(look);
}
