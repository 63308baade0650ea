/* SPDX-License-Identifier: Apache-2.0
 *
 * html/aggregate.c: an aggregate's table, and the encoder of FORMAT.md's
 * aggregates.  The entries are sorted when they are written: the bytes depend
 * on the calls alone, not on the order in which tables grew.
 */
#include "formats/html/aggregate.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/varint.h"

#define ENTRY_BYTES (7 * VARINT_BYTES_MAX)
#define HEAD_BYTES  ((6 + HTML_AGGREGATE_LEVELS) * VARINT_BYTES_MAX)
#define DATA_BYTES  (HTML_PACK_BYTES - 1 - 3 * VARINT_BYTES_MAX)
/* An aggregate of more functions is written as several of the same place. */
#define ENTRIES_MAX 2000

_Static_assert(2 * (HEAD_BYTES + ENTRIES_MAX * ENTRY_BYTES) < DATA_BYTES,
               "several aggregates fit");

/* -- the table ----------------------------------------------------------- */

static uint32_t
slot_of(const struct html_aggregate *aggregate, uint32_t function)
{
    uint32_t mask = 2 * aggregate->room - 1;
    uint32_t slot = (function * 2654435761u >> 7) & mask;

    while (aggregate->slots[slot] &&
           aggregate->entries[aggregate->slots[slot] - 1].function != function)
        slot = (slot + 1) & mask;
    return slot;
}

static int
grow(struct html_aggregate *aggregate)
{
    uint32_t room = aggregate->room ? 2 * aggregate->room : 8;
    void *entries =
        realloc(aggregate->entries, room * sizeof *aggregate->entries);

    if (!entries)
        return -1;
    aggregate->entries = entries;
    void *slots = calloc(2 * (size_t)room, sizeof *aggregate->slots);
    if (!slots)
        return -1;
    free(aggregate->slots);
    aggregate->slots = slots;
    aggregate->room = room;
    for (uint32_t i = 0; i < aggregate->used; i++)
        aggregate->slots[slot_of(aggregate, aggregate->entries[i].function)] =
            i + 1;
    return 0;
}

int
html_aggregate_add(struct html_aggregate *aggregate,
                   const struct html_aggregate_entry *entry)
{
    struct html_aggregate_entry *own;
    uint32_t slot;

    if (aggregate->used == aggregate->room && grow(aggregate) < 0)
        return -1;
    slot = slot_of(aggregate, entry->function);
    if (!aggregate->slots[slot]) {
        aggregate->entries[aggregate->used++] = *entry;
        aggregate->slots[slot] = aggregate->used;
        return 0;
    }
    own = &aggregate->entries[aggregate->slots[slot] - 1];
    own->calls += entry->calls;
    own->resumes += entry->resumes;
    own->self_ns += entry->self_ns;
    own->total_ns += entry->total_ns;
    own->whole_ns += entry->whole_ns;
    if (entry->longest_ns > own->longest_ns)
        own->longest_ns = entry->longest_ns;
    return 0;
}

int
html_aggregate_merge(struct html_aggregate *aggregate,
                     const struct html_aggregate *inner)
{
    uint32_t levels = inner->levels;

    if (levels >= HTML_AGGREGATE_LEVELS)
        levels = HTML_AGGREGATE_LEVELS - 1;
    for (uint32_t i = 0; i < levels; i++)
        aggregate->busy_ns[i + 1] += inner->busy_ns[i];
    if (levels && aggregate->levels < levels + 1)
        aggregate->levels = levels + 1;
    for (uint32_t i = 0; i < inner->used; i++)
        if (html_aggregate_add(aggregate, &inner->entries[i]) < 0)
            return -1;
    return 0;
}

void
html_aggregate_extend(struct html_aggregate *aggregate, uint64_t start_ns,
                      uint64_t end_ns)
{
    if (!aggregate->busy_ns[0])
        aggregate->start_ns = start_ns;
    aggregate->end_ns = end_ns;
    aggregate->busy_ns[0] += end_ns - start_ns;
    if (!aggregate->levels)
        aggregate->levels = 1;
}

void
html_aggregate_clear(struct html_aggregate *aggregate)
{
    if (aggregate->used)
        memset(aggregate->slots, 0,
               2 * aggregate->room * sizeof *aggregate->slots);
    memset(aggregate->busy_ns, 0,
           aggregate->levels * sizeof *aggregate->busy_ns);
    aggregate->used = aggregate->levels = 0;
}

void
html_aggregate_free(struct html_aggregate *aggregate)
{
    free(aggregate->entries);
    free(aggregate->slots);
}

/* -- writing ------------------------------------------------------------- */

struct html_aggregates {
    struct html_pack *pack;
    uint32_t track;
    uint64_t count, last_ns, scripts;
    size_t used;
    unsigned char data[DATA_BYTES];
    unsigned char plain[HTML_PACK_BYTES];
};

struct html_aggregates *
html_aggregates_new(struct html_pack *pack)
{
    struct html_aggregates *aggregates = malloc(sizeof *aggregates);

    if (!aggregates)
        return NULL;
    memset(aggregates, 0, offsetof(struct html_aggregates, data));
    aggregates->pack = pack;
    return aggregates;
}

void
html_aggregates_free(struct html_aggregates *aggregates)
{
    free(aggregates);
}

uint64_t
html_aggregates_count(const struct html_aggregates *aggregates)
{
    return aggregates->scripts;
}

static void
flush(struct html_aggregates *aggregates)
{
    unsigned char *at = aggregates->plain + 1;

    if (!aggregates->count)
        return;
    at = varint_put(at, aggregates->track);
    at = varint_put(at, aggregates->count);
    memcpy(at, aggregates->data, aggregates->used);
    html_pack_write(aggregates->pack, "codesnap-chunk codesnap-aggregates",
                    "track", aggregates->track, aggregates->plain,
                    (size_t)(at - aggregates->plain) + aggregates->used);
    aggregates->count = aggregates->used = aggregates->last_ns = 0;
    aggregates->scripts++;
}

void
html_aggregates_end_track(struct html_aggregates *aggregates)
{
    flush(aggregates);
}

static int
compare(const void *one, const void *other)
{
    const struct html_aggregate_entry *a = one, *b = other;

    return a->function < b->function ? -1 : a->function > b->function;
}

static unsigned char *
put_head(struct html_aggregates *aggregates, unsigned char *at, uint64_t depth,
         const struct html_aggregate *aggregate, uint32_t levels)
{
    int64_t step = (int64_t)(aggregate->start_ns - aggregates->last_ns);

    at = varint_put(at, depth);
    at = varint_put(at, (uint64_t)step << 1 ^ (uint64_t)(step >> 63));
    at = varint_put(at, aggregate->end_ns - aggregate->start_ns);
    at = varint_put(at, levels);
    for (uint32_t i = 0; i < levels; i++)
        at = varint_put(at, aggregate->busy_ns[i]);
    aggregates->last_ns = aggregate->start_ns;
    return at;
}

static unsigned char *
put_entries(unsigned char *at, const struct html_aggregate_entry *entries,
            uint32_t count)
{
    uint32_t last = 0;

    at = varint_put(at, count);
    for (const struct html_aggregate_entry *one = entries;
         one < entries + count; one++) {
        at = varint_put(at, one->function - last);
        at = varint_put(at, one->calls);
        at = varint_put(at, one->resumes);
        at = varint_put(at, one->self_ns);
        at = varint_put(at, one->total_ns);
        at = varint_put(at, one->whole_ns - one->total_ns);
        at = varint_put(at, one->longest_ns);
        last = one->function;
    }
    return at;
}

/* The levels are written once. */
static void
put_part(struct html_aggregates *aggregates, uint64_t depth,
         const struct html_aggregate *aggregate, uint32_t first)
{
    uint32_t count = aggregate->used - first;
    unsigned char *at;

    if (count > ENTRIES_MAX)
        count = ENTRIES_MAX;
    if (aggregates->used + HEAD_BYTES + count * ENTRY_BYTES > DATA_BYTES)
        flush(aggregates);
    at = aggregates->data + aggregates->used;
    at = put_head(aggregates, at, depth, aggregate,
                  first ? 0 : aggregate->levels);
    at = put_entries(at, aggregate->entries + first, count);
    aggregates->used = (size_t)(at - aggregates->data);
    aggregates->count++;
}

/* Empties the aggregate. */
void
html_aggregates_put(struct html_aggregates *aggregates, uint32_t track,
                    uint64_t depth, struct html_aggregate *aggregate)
{
    if (!aggregate->used)
        return;
    aggregates->track = track;
    /* This leaves the slots wrong, but the aggregate is cleared next. */
    qsort(aggregate->entries, aggregate->used, sizeof *aggregate->entries,
          compare);
    for (uint32_t first = 0; first < aggregate->used; first += ENTRIES_MAX)
        put_part(aggregates, depth, aggregate, first);
    html_aggregate_clear(aggregate);
}
