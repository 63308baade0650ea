/* SPDX-License-Identifier: Apache-2.0
 *
 * entry.c: see entry.h.
 */
#include "agent/store/entry.h"

#include <errno.h>
#include <string.h>

#include "agent/base/lock.h"
#include "agent/base/process.h"
#include "agent/store/ledger.h"
#include "agent/store/ring.h"
#include "agent/store/spool.h"
#include "formats/spool/clock.h"

#define EPOCH_SLOTS 4096
#define EPOCH_LEAST \
    (256u << 10) /* fewer bytes are not worth to be written anew */
#define SWEEP_BYTES  (32u << 10) /* what ended is looked for each time */
#define TEXTS_MOST   4
#define LONGEST_TEXT (24u << 10) /* in a ring, so that an entry fits a slot */

/* Guarded by lock.  An id is used only after next_id passed it, so that a fork in
 * between never gives it out twice. */
static struct {
    struct lock lock;
    struct piece chunk, first_chunk;
    struct piece inherited; /* the parent's first chunk, see entry.h */
    char *next;
    uint64_t sequence;
    uint32_t next_id;
    /* Of a ring, which writes its chunks anew, see renew(): the slots of all but the
     * first, and what was written into them. */
    uint64_t epoch, epoch_bytes, unswept_bytes;
    uint64_t slots[EPOCH_SLOTS];
    uint32_t slot_count;
} entries;

static uint32_t
chunk_bytes(uint32_t least_bytes)
{
    uint32_t page = spool_page_bytes();
    uint32_t wanted = entries.sequence < 6
                          ? SPOOL_FIRST_CHUNK << entries.sequence
                          : SPOOL_LARGEST_CHUNK;
    if (wanted < least_bytes + sizeof(struct spool_chunk))
        wanted = least_bytes + (uint32_t)sizeof(struct spool_chunk);
    return ring_is_on() ? SPOOL_SLOT_BYTES : (wanted + page - 1) & ~(page - 1);
}

static int
remember_slot(void)
{
    if (!ring_is_on() || entries.sequence == 0)
        return 0;
    errno = EOVERFLOW;
    if (entries.slot_count == EPOCH_SLOTS)
        return -1;
    entries.slots[entries.slot_count++] = entries.chunk.offset;
    return 0;
}

static int
begin_chunk(uint32_t least_bytes)
{
    uint32_t wanted = chunk_bytes(least_bytes);
    if (entries.sequence > 1)
        spool_release(&entries.chunk);
    else if (entries.sequence == 1)
        entries.first_chunk = entries.chunk;
    if (spool_take(&entries.chunk, wanted) < 0 ||
        spool_secure(entries.chunk.address, wanted) < 0 || remember_slot() < 0)
        return -1;
    struct spool_chunk head = {
        .kind = SPOOL_META,
        .data_offset = sizeof head,
        .pid = process.pid,
        .process_start_ns = process.start_ns,
        .sequence = entries.sequence++,
        .generation = entries.epoch,
    };
    spool_begin_chunk(&entries.chunk, &head);
    entries.next = entries.chunk.address + head.data_offset;
    return 0;
}

static uint32_t
whole_bytes(uint32_t fixed_bytes, const struct text *texts, int count)
{
    uint64_t bytes = fixed_bytes;
    for (int i = 0; i < count; i++)
        bytes += sizeof(uint32_t) + texts[i].length;
    return (uint32_t)((bytes + 7) & ~7ull);
}

static void
copy_texts(char *to, const struct text *texts, int count)
{
    for (int i = 0; i < count; i++) {
        memcpy(to, &texts[i].length, sizeof(uint32_t));
        if (texts[i].length)
            memcpy(to + sizeof(uint32_t), texts[i].bytes, texts[i].length);
        to += sizeof(uint32_t) + texts[i].length;
    }
}

static int
make_room(uint32_t bytes)
{
    const struct piece *chunk = &entries.chunk;
    if (chunk->address && entries.next + bytes <= chunk->address + chunk->bytes)
        return 0;
    if (begin_chunk(bytes) == 0)
        return 0;
    process_break(errno);
    return -1;
}

/* == WRITTEN ANEW, IN A RING ============================================== */

static void
write_again(const struct spool_meta *entry)
{
    uint64_t word;
    if (process_is_broken() || make_room(entry->size_bytes) < 0)
        return;
    memcpy(&word, entry, sizeof word);
    memcpy(entries.next + sizeof word, (const char *)entry + sizeof word,
           entry->size_bytes - sizeof word);
    __atomic_store_n((uint64_t *)(void *)entries.next, word, __ATOMIC_RELEASE);
    entries.next += entry->size_bytes;
    entries.epoch_bytes += entry->size_bytes;
}

/* Most of what the chunks say is of no use any more: what is goes into new ones.
 * These are of the next epoch, and readers take those of the one that the first
 * chunk names; its word is stored when all are written. */
static void
renew(void)
{
    static uint64_t old[EPOCH_SLOTS];
    uint32_t count = entries.slot_count;
    struct spool_chunk *first = (void *)entries.first_chunk.address;
    memcpy(old, entries.slots, count * sizeof *old);
    spool_release(&entries.chunk);
    entries.slot_count = 0;
    entries.epoch_bytes = 0;
    entries.epoch++;
    ledger_drop_ended(ring_dropped());
    ledger_for_each(write_again);
    if (process_is_broken())
        return;
    __atomic_store_n(&first->generation, entries.epoch, __ATOMIC_RELEASE);
    for (uint32_t i = 0; i < count; i++)
        ring_free(old[i]);
}

/* What the first chunk has is there for good, but for what it calls functions and
 * tracks. */
static void
keep(const struct spool_meta *entry)
{
    bool first = entries.sequence == 1;
    if (!first || entry->type == SPOOL_META_FUNCTION ||
        entry->type == SPOOL_META_THREAD || entry->type == SPOOL_META_GREENLET)
        ledger_keep(entry);
    if (first)
        return;
    entries.epoch_bytes += entry->size_bytes;
    entries.unswept_bytes += entry->size_bytes;
    if (entries.unswept_bytes > SWEEP_BYTES) {
        entries.unswept_bytes = 0;
        ledger_drop_ended(ring_dropped());
    }
    if (entries.epoch_bytes > EPOCH_LEAST + 2 * ledger_bytes())
        renew();
}

/* == APPENDING ============================================================ */

static void
shorten(struct text *shorter, const struct text *texts, int count)
{
    for (int i = 0; i < count; i++) {
        shorter[i] = texts[i];
        if (shorter[i].length > LONGEST_TEXT)
            shorter[i].length = LONGEST_TEXT;
    }
}

/* Its first word is stored last.  Lock held. */
static char *
append(const struct spool_meta *fixed, uint32_t fixed_bytes,
       const struct text *texts, int count)
{
    struct text shorter[TEXTS_MOST];
    uint32_t bytes = whole_bytes(fixed_bytes, texts, count);
    if (ring_is_on() && bytes > LONGEST_TEXT) {
        shorten(shorter, texts, count);
        texts = shorter;
        bytes = whole_bytes(fixed_bytes, texts, count);
    }
    if (process_is_broken() || make_room(bytes) < 0)
        return NULL;
    char *entry = entries.next;
    struct spool_meta head = {bytes, fixed->type, 0};
    uint64_t word;
    memcpy(&word, &head, sizeof word);
    memcpy(entry + sizeof word, (const char *)fixed + sizeof word,
           fixed_bytes - sizeof word);
    copy_texts(entry + fixed_bytes, texts, count);
    __atomic_store_n((uint64_t *)(void *)entry, word, __ATOMIC_RELEASE);
    entries.next += bytes;
    if (ring_is_on())
        keep((const struct spool_meta *)(const void *)entry);
    return entry;
}

char *
entry_append(const struct spool_meta *fixed, uint32_t fixed_bytes,
             const struct text *texts, int count)
{
    lock_acquire(&entries.lock);
    char *entry = append(fixed, fixed_bytes, texts, count);
    lock_release(&entries.lock);
    return entry;
}

int64_t
entry_append_function(const struct spool_meta_function *fixed,
                      const struct text names[3])
{
    struct spool_meta_function entry = *fixed;
    lock_acquire(&entries.lock);
    int64_t id = entries.next_id;
    entry.meta.type = SPOOL_META_FUNCTION;
    entry.id = (uint32_t)id;
    if (id >= SPOOL_FUNCTION_LIMIT)
        process_break(EOVERFLOW);
    if (!append(&entry.meta, sizeof entry, names, 3))
        id = -1;
    else
        __atomic_store_n(&entries.next_id, entries.next_id + 1,
                         __ATOMIC_RELEASE);
    lock_release(&entries.lock);
    return id;
}

int
entry_append_function_again(uint32_t id,
                            const struct spool_meta_function *fixed,
                            const struct text names[3])
{
    struct spool_meta_function entry = *fixed;
    entry.meta.type = SPOOL_META_FUNCTION;
    entry.id = id;
    return entry_append(&entry.meta, sizeof entry, names, 3) ? 0 : -1;
}

bool
entry_is_crowded(void)
{
    return ring_is_crowded(ledger_bytes());
}

uint32_t
entry_first_id(void)
{
    return ring_is_on() ? 0 : entries.next_id;
}

void
entry_repeat_functions(void)
{
    lock_acquire(&entries.lock);
    if (ring_is_on())
        ledger_for_each(write_again);
    lock_release(&entries.lock);
}

void
entry_end_track(uint64_t track)
{
    if (!ring_is_on() || process_is_broken())
        return;
    lock_acquire(&entries.lock);
    ledger_end_track(track, clock_ticks(spool_clock_kind));
    lock_release(&entries.lock);
}

void
entry_leave_chunks(void)
{
    entries.inherited =
        entries.sequence == 1 ? entries.chunk : entries.first_chunk;
    if (entries.sequence > 1)
        spool_release(&entries.chunk); /* perhaps half written */
    entries.chunk.address = entries.first_chunk.address = NULL;
    entries.sequence = 0;
    entries.epoch = entries.epoch_bytes = 0;
    entries.slot_count = 0;
    ledger_keep_functions();
}

void
entry_leave_first_chunk(void)
{
    spool_release(&entries.inherited);
}

void
entry_forget(void)
{
    spool_release(&entries.chunk);
    spool_release(&entries.first_chunk);
    entries.sequence = entries.next_id = 0;
    entries.epoch = entries.epoch_bytes = 0;
    entries.slot_count = 0;
    ledger_drop_all();
}

/* == KINDS OF THEM ======================================================== */

void
entry_append_source(const struct spool_meta_source *source, struct text path)
{
    entry_append(&source->meta, sizeof *source, &path, 1);
}

void
entry_append_track_name(uint64_t track, struct text name)
{
    struct spool_meta_thread entry = {.meta.type = SPOOL_META_THREAD,
                                      .track = track};
    entry_append(&entry.meta, sizeof entry, &name, 1);
}

void
entry_append_greenlet(uint64_t track)
{
    struct spool_meta_greenlet entry = {.meta.type = SPOOL_META_GREENLET,
                                        .track = track};
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

char *
entry_append_note(enum spool_note code, uint64_t count, const char *message)
{
    struct spool_meta_note entry = {
        .meta.type = SPOOL_META_NOTE, .code = code, .count = count};
    struct text text = {message, (uint32_t)strlen(message)};
    return entry_append(&entry.meta, sizeof entry, &text, 1);
}

/* Literals, only added to; kept by forked children. */
static const char *lasting[8];

void
entry_append_lasting_note(const char *message)
{
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++) {
        const char *there = NULL;
        if (__atomic_compare_exchange_n(&lasting[i], &there, message, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            entry_append_note(SPOOL_NOTE_TEXT, 1, message);
        if (!there || there == message)
            return;
    }
}

void
entry_repeat_lasting_notes(void)
{
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting && lasting[i]; i++)
        entry_append_note(SPOOL_NOTE_TEXT, 1, lasting[i]);
}

void
entry_append_filter(const struct entry_filter *filter)
{
    const char *rules = filter->rules;
    struct spool_meta_filter entry = {.meta.type = SPOOL_META_FILTER,
                                      .most_calls = filter->most_calls,
                                      .own = filter->own,
                                      .shortest_ns = filter->shortest_ns,
                                      .most_overhead = filter->most_overhead};
    struct text text = {rules ? rules : "",
                        rules ? (uint32_t)strlen(rules) : 0};
    entry_append(&entry.meta, sizeof entry, &text, 1);
}

void
entry_append_rule(uint32_t number)
{
    struct spool_meta_rule entry = {.meta.type = SPOOL_META_RULE,
                                    .number = number};
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

void
entry_append_throttled(uint32_t id, uint64_t ticks, uint64_t calls_per_second)
{
    struct spool_meta_throttled entry = {.meta.type = SPOOL_META_THROTTLED,
                                         .id = id,
                                         .ticks = ticks,
                                         .calls_per_second = calls_per_second};
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

void
entry_append_startup(uint64_t took_ns)
{
    struct spool_meta_startup entry = {.meta.type = SPOOL_META_STARTUP,
                                       .took_ns = took_ns};
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}

void
entry_append_cost(uint64_t python_ps, uint64_t c_ps)
{
    struct spool_meta_cost entry = {.meta.type = SPOOL_META_COST,
                                    .python_call_ps = python_ps,
                                    .c_call_ps = c_ps};
    entry_append(&entry.meta, sizeof entry, NULL, 0);
}
