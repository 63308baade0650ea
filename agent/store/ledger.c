/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.c: two lists, and the functions by id.  Memory of what was dropped serves
 * the next entry of its size.
 */
#include "agent/store/ledger.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/store/spool.h"
#include "formats/spool/clock.h"

#define LEAST_SHIFT 6 /* 64 bytes, and so on in powers of two */
#define SIZES       20

struct kept {
    struct kept *next, **link;
    uint64_t ended_ticks; /* 0: it has not ended */
    uint64_t shift;       /* of the size of its memory */
    struct spool_meta entry[];
};

struct list {
    struct kept *first, **last;
};

static struct {
    struct list functions, others;
    struct kept **by_id;
    size_t room;
    struct kept *spare[SIZES];
    uint64_t bytes;
} ledger = {.functions = {NULL, &ledger.functions.first},
            .others = {NULL, &ledger.others.first}};

/* == MEMORY =============================================================== */

static unsigned
shift_for(uint32_t bytes)
{
    unsigned shift = LEAST_SHIFT;
    while (1u << shift < bytes + sizeof(struct kept))
        shift++;
    return shift;
}

static struct kept *
take(uint32_t bytes)
{
    unsigned shift = shift_for(bytes);
    struct kept **spare = &ledger.spare[shift - LEAST_SHIFT], *kept = *spare;
    if (kept)
        *spare = kept->next;
    else
        kept = arena_take((size_t)1 << shift);
    if (kept)
        kept->shift = shift;
    return kept;
}

static void
append(struct list *list, struct kept *kept)
{
    kept->next = NULL;
    kept->link = list->last;
    *list->last = kept;
    list->last = &kept->next;
    ledger.bytes += kept->entry->size_bytes;
}

static void
drop(struct list *list, struct kept *kept)
{
    struct kept **spare = &ledger.spare[kept->shift - LEAST_SHIFT];
    *kept->link = kept->next;
    if (kept->next)
        kept->next->link = kept->link;
    else
        list->last = kept->link;
    ledger.bytes -= kept->entry->size_bytes;
    kept->next = *spare;
    *spare = kept;
}

static bool
reach(uint32_t id)
{
    struct kept **by_id =
        arena_grow_pages(ledger.by_id, &ledger.room, sizeof *by_id, id);
    if (by_id)
        ledger.by_id = by_id;
    return by_id != NULL;
}

/* == KEEPING ============================================================== */

static bool
is_function(const struct spool_meta *entry)
{
    return entry->type == SPOOL_META_FUNCTION;
}

static uint32_t
id_of(const struct spool_meta *entry)
{
    return ((const struct spool_meta_function *)(const void *)entry)->id;
}

/* Of a function the latest one counts. */
static void
drop_throttled(uint32_t id)
{
    struct kept *next;
    for (struct kept *kept = ledger.others.first; kept; kept = next) {
        const struct spool_meta_throttled *entry = (const void *)kept->entry;
        next = kept->next;
        if (kept->entry->type == SPOOL_META_THROTTLED && entry->id == id)
            drop(&ledger.others, kept);
    }
}

static void
drop_function(uint32_t id)
{
    struct kept *kept = id < ledger.room ? ledger.by_id[id] : NULL;
    if (!kept)
        return;
    drop_throttled(id);
    ledger.by_id[id] = NULL;
    drop(&ledger.functions, kept);
}

void
ledger_keep(const struct spool_meta *entry)
{
    if (is_function(entry) && !reach(id_of(entry)))
        return;
    struct kept *kept = take(entry->size_bytes);
    if (!kept)
        return;
    memcpy(kept->entry, entry, entry->size_bytes);
    kept->ended_ticks =
        entry->type == SPOOL_META_STATUS ? clock_ticks(spool_clock_kind) : 0;
    if (is_function(entry)) {
        drop_function(id_of(entry));
        ledger.by_id[id_of(entry)] = kept;
    }
    if (entry->type == SPOOL_META_THROTTLED)
        drop_throttled(
            ((const struct spool_meta_throttled *)(const void *)entry)->id);
    append(is_function(entry) ? &ledger.functions : &ledger.others, kept);
}

/* == ENDING =============================================================== */

/* THREAD and GREENLET begin alike. */
static bool
is_of_track(const struct spool_meta *entry, uint64_t track)
{
    const struct spool_meta_thread *thread = (const void *)entry;
    return (entry->type == SPOOL_META_THREAD ||
            entry->type == SPOOL_META_GREENLET) &&
           thread->track == track;
}

void
ledger_end_track(uint64_t track, uint64_t ticks)
{
    for (struct kept *kept = ledger.others.first; kept; kept = kept->next)
        if (is_of_track(kept->entry, track))
            kept->ended_ticks = ticks;
}

void
ledger_drop_ended(uint64_t dropped_ticks)
{
    struct kept *next;
    for (struct kept *kept = ledger.others.first; kept; kept = next) {
        next = kept->next;
        if (kept->ended_ticks && kept->ended_ticks < dropped_ticks)
            drop(&ledger.others, kept);
    }
}

void
ledger_keep_functions(void)
{
    while (ledger.others.first)
        drop(&ledger.others, ledger.others.first);
}

void
ledger_drop_all(void)
{
    ledger_keep_functions();
    for (uint32_t id = 0; id < ledger.room; id++)
        drop_function(id);
}

/* == ALL OF THEM ========================================================== */

void
ledger_for_each(void (*visit)(const struct spool_meta *entry))
{
    for (struct kept *kept = ledger.functions.first; kept; kept = kept->next)
        visit(kept->entry);
    for (struct kept *kept = ledger.others.first; kept; kept = kept->next)
        visit(kept->entry);
}

uint64_t
ledger_bytes(void)
{
    return ledger.bytes;
}
