/* SPDX-License-Identifier: Apache-2.0
 *
 * html/crowd.c: a crowd's table, and the encoder of FORMAT.md's crowds.  The
 * entries are sorted when they are written: the bytes depend on the calls
 * alone, not on the order in which tables grew.
 */
#include "formats/html/crowd.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/varint.h"

#define ENTRY_BYTES (7 * VARINT_BYTES_MAX)
#define HEAD_BYTES  ((6 + HTML_CROWD_LEVELS) * VARINT_BYTES_MAX)
#define DATA_BYTES  (HTML_PACK_BYTES - 1 - 3 * VARINT_BYTES_MAX)
/* A crowd of more functions is written as several of the same place. */
#define ENTRIES_MAX 2000

_Static_assert(2 * (HEAD_BYTES + ENTRIES_MAX * ENTRY_BYTES) < DATA_BYTES,
               "several crowds fit");

/* -- the table ----------------------------------------------------------- */

static uint32_t
slot_of(const struct html_crowd *crowd, uint32_t function)
{
    uint32_t mask = 2 * crowd->room - 1;
    uint32_t slot = (function * 2654435761u >> 7) & mask;

    while (crowd->slots[slot] &&
           crowd->entries[crowd->slots[slot] - 1].function != function)
        slot = (slot + 1) & mask;
    return slot;
}

static int
grow(struct html_crowd *crowd)
{
    uint32_t room = crowd->room ? 2 * crowd->room : 8;
    void *entries = realloc(crowd->entries, room * sizeof *crowd->entries);

    if (!entries)
        return -1;
    crowd->entries = entries;
    void *slots = calloc(2 * (size_t)room, sizeof *crowd->slots);
    if (!slots)
        return -1;
    free(crowd->slots);
    crowd->slots = slots;
    crowd->room = room;
    for (uint32_t i = 0; i < crowd->used; i++)
        crowd->slots[slot_of(crowd, crowd->entries[i].function)] = i + 1;
    return 0;
}

int
html_crowd_add(struct html_crowd *crowd, const struct html_crowd_entry *entry)
{
    struct html_crowd_entry *own;
    uint32_t slot;

    if (crowd->used == crowd->room && grow(crowd) < 0)
        return -1;
    slot = slot_of(crowd, entry->function);
    if (!crowd->slots[slot]) {
        crowd->entries[crowd->used++] = *entry;
        crowd->slots[slot] = crowd->used;
        return 0;
    }
    own = &crowd->entries[crowd->slots[slot] - 1];
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
html_crowd_merge(struct html_crowd *crowd, const struct html_crowd *inner)
{
    uint32_t levels = inner->levels;

    if (levels >= HTML_CROWD_LEVELS)
        levels = HTML_CROWD_LEVELS - 1;
    for (uint32_t i = 0; i < levels; i++)
        crowd->busy_ns[i + 1] += inner->busy_ns[i];
    if (levels && crowd->levels < levels + 1)
        crowd->levels = levels + 1;
    for (uint32_t i = 0; i < inner->used; i++)
        if (html_crowd_add(crowd, &inner->entries[i]) < 0)
            return -1;
    return 0;
}

void
html_crowd_extend(struct html_crowd *crowd, uint64_t start_ns, uint64_t end_ns)
{
    if (!crowd->busy_ns[0])
        crowd->start_ns = start_ns;
    crowd->end_ns = end_ns;
    crowd->busy_ns[0] += end_ns - start_ns;
    if (!crowd->levels)
        crowd->levels = 1;
}

void
html_crowd_clear(struct html_crowd *crowd)
{
    if (crowd->used)
        memset(crowd->slots, 0, 2 * crowd->room * sizeof *crowd->slots);
    memset(crowd->busy_ns, 0, crowd->levels * sizeof *crowd->busy_ns);
    crowd->used = crowd->levels = 0;
}

void
html_crowd_free(struct html_crowd *crowd)
{
    free(crowd->entries);
    free(crowd->slots);
}

/* -- writing ------------------------------------------------------------- */

struct html_crowds {
    struct html_pack *pack;
    uint32_t track;
    uint64_t count, last_ns, scripts;
    size_t used;
    unsigned char data[DATA_BYTES];
    unsigned char plain[HTML_PACK_BYTES];
};

struct html_crowds *
html_crowds_new(struct html_pack *pack)
{
    struct html_crowds *crowds = malloc(sizeof *crowds);

    if (!crowds)
        return NULL;
    memset(crowds, 0, offsetof(struct html_crowds, data));
    crowds->pack = pack;
    return crowds;
}

void
html_crowds_free(struct html_crowds *crowds)
{
    free(crowds);
}

uint64_t
html_crowds_count(const struct html_crowds *crowds)
{
    return crowds->scripts;
}

static void
flush(struct html_crowds *crowds)
{
    unsigned char *at = crowds->plain + 1;

    if (!crowds->count)
        return;
    at = varint_put(at, crowds->track);
    at = varint_put(at, crowds->count);
    memcpy(at, crowds->data, crowds->used);
    html_pack_write(crowds->pack, "codesnap-chunk codesnap-crowds", "track",
                    crowds->track, crowds->plain,
                    (size_t)(at - crowds->plain) + crowds->used);
    crowds->count = crowds->used = crowds->last_ns = 0;
    crowds->scripts++;
}

void
html_crowds_end_track(struct html_crowds *crowds)
{
    flush(crowds);
}

static int
compare(const void *one, const void *other)
{
    const struct html_crowd_entry *a = one, *b = other;

    return a->function < b->function ? -1 : a->function > b->function;
}

static unsigned char *
put_head(struct html_crowds *crowds, unsigned char *at, uint64_t depth,
         const struct html_crowd *crowd, uint32_t levels)
{
    int64_t step = (int64_t)(crowd->start_ns - crowds->last_ns);

    at = varint_put(at, depth);
    at = varint_put(at, (uint64_t)step << 1 ^ (uint64_t)(step >> 63));
    at = varint_put(at, crowd->end_ns - crowd->start_ns);
    at = varint_put(at, levels);
    for (uint32_t i = 0; i < levels; i++)
        at = varint_put(at, crowd->busy_ns[i]);
    crowds->last_ns = crowd->start_ns;
    return at;
}

static unsigned char *
put_entries(unsigned char *at, const struct html_crowd_entry *entries,
            uint32_t count)
{
    uint32_t last = 0;

    at = varint_put(at, count);
    for (const struct html_crowd_entry *one = entries; one < entries + count;
         one++) {
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
put_part(struct html_crowds *crowds, uint64_t depth,
         const struct html_crowd *crowd, uint32_t first)
{
    uint32_t count = crowd->used - first;
    unsigned char *at;

    if (count > ENTRIES_MAX)
        count = ENTRIES_MAX;
    if (crowds->used + HEAD_BYTES + count * ENTRY_BYTES > DATA_BYTES)
        flush(crowds);
    at = crowds->data + crowds->used;
    at = put_head(crowds, at, depth, crowd, first ? 0 : crowd->levels);
    at = put_entries(at, crowd->entries + first, count);
    crowds->used = (size_t)(at - crowds->data);
    crowds->count++;
}

/* Empties the crowd. */
void
html_crowds_put(struct html_crowds *crowds, uint32_t track, uint64_t depth,
                struct html_crowd *crowd)
{
    if (!crowd->used)
        return;
    crowds->track = track;
    /* This leaves the slots wrong, but the crowd is cleared next. */
    qsort(crowd->entries, crowd->used, sizeof *crowd->entries, compare);
    for (uint32_t first = 0; first < crowd->used; first += ENTRIES_MAX)
        put_part(crowds, depth, crowd, first);
    html_crowd_clear(crowd);
}
