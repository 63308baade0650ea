/* SPDX-License-Identifier: Apache-2.0
 *
 * intern.c: the table that gives equal functions one id.
 */
#include "agent/cpython/names/intern.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/base/lock.h"
#include "agent/calls/blocking.h"
#include "agent/cpython/names/idlife.h"
#include "agent/cpython/names/throttled.h"
#include "agent/store/entry.h"
#include "agent/store/ring.h"

struct entry {
    uint64_t hash; /* 0: free */
    uint32_t id;
};

/* Open addressing, at most half full.  64 bits of hash stand for the names: two
 * of 16 million functions collide with a probability of 1 in 100,000. */
static struct {
    struct lock lock;
    struct entry *entries;
    size_t room, used;
} table;

/* FNV-1a, 64 bits (Fowler, Noll, Vo), with a final mix. */
static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ byte[i]) * 0x100000001b3ull;
    return hash;
}

static uint64_t
hash_function(uint32_t kind, uint32_t line, const struct text names[3])
{
    uint64_t hash = hash_bytes(0xcbf29ce484222325ull, &kind, sizeof kind);
    hash = hash_bytes(hash, &line, sizeof line);
    for (int i = 0; i < 3; i++) {
        hash = hash_bytes(hash, &names[i].length, sizeof names[i].length);
        hash = hash_bytes(hash, names[i].bytes, names[i].length);
    }
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

static struct entry *
find(struct entry *entries, size_t room, uint64_t hash)
{
    size_t at = hash & (room - 1);
    while (entries[at].hash && entries[at].hash != hash)
        at = (at + 1) & (room - 1);
    return &entries[at];
}

static int
grow(void)
{
    size_t room = table.room ? table.room * 2 : 1024;
    struct entry *entries = arena_take_pages(room * sizeof *entries);
    if (!entries)
        return -1;
    for (size_t i = 0; i < table.room; i++)
        if (table.entries[i].hash)
            *find(entries, room, table.entries[i].hash) = table.entries[i];
    arena_give_pages(table.entries, table.room * sizeof *entries);
    table.entries = entries;
    table.room = room;
    return 0;
}

/* A name as it was given out, for the next spool. */
struct kept {
    struct kept *next;
    struct spool_meta_function fixed;
    struct text names[3];
};

static struct {
    bool wanted;
    struct kept *first, **last;
} kept = {.last = &kept.first};

void
intern_keep(void)
{
    kept.wanted = true;
}

/* Lock held.  Without memory for it the function has no name next time. */
static void
keep(const struct spool_meta_function *fixed, const struct text names[3])
{
    size_t bytes = sizeof(struct kept);
    for (int i = 0; i < 3; i++)
        bytes += names[i].length;
    struct kept *entry = arena_take(bytes);
    if (!entry)
        return;
    char *to = (char *)(entry + 1);
    entry->fixed = *fixed;
    for (int i = 0; i < 3; i++) {
        memcpy(to, names[i].bytes, names[i].length);
        entry->names[i] = (struct text){to, names[i].length};
        to += names[i].length;
    }
    *kept.last = entry;
    kept.last = &entry->next;
}

void
intern_repeat(void)
{
    lock_acquire(&table.lock);
    for (struct kept *entry = kept.first; entry; entry = entry->next)
        entry_append_function(&entry->fixed, entry->names);
    lock_release(&table.lock);
}

/* == IDS ================================================================== */

/* Those behind it that would not be found any more move up.  Lock held. */
static void
forget(uint64_t hash)
{
    size_t mask = table.room - 1;
    struct entry *entry = find(table.entries, table.room, hash);
    if (!entry->hash)
        return;
    size_t hole = (size_t)(entry - table.entries);
    for (size_t at = (hole + 1) & mask; table.entries[at].hash;
         at = (at + 1) & mask) {
        size_t home = table.entries[at].hash & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        table.entries[hole] = table.entries[at];
        hole = at;
    }
    table.entries[hole].hash = 0;
    table.used--;
}

/* Of a ring one that means nothing any more.  Lock held. */
static int64_t
give_id(const struct spool_meta_function *fixed, const struct text names[3])
{
    uint32_t id;
    uint64_t hash;
    if (!ring_is_on() || !idlife_take_over(entry_is_crowded(), &id, &hash))
        return entry_append_function(fixed, names);
    forget(hash);
    throttled_remove(id); /* that was the other one */
    throttled_exempt(id, false);
    return entry_append_function_again(id, fixed, names) == 0 ? (int64_t)id
                                                              : -1;
}

/* Lock held. */
static int64_t
find_or_give(const struct spool_meta_function *fixed,
             const struct text names[3], uint64_t hash)
{
    struct entry *entry = find(table.entries, table.room, hash);
    if (entry->hash)
        return entry->id;
    int64_t id = give_id(fixed, names);
    if (id < 0)
        return -1;
    entry = find(table.entries, table.room, hash); /* others may have moved */
    *entry = (struct entry){hash, (uint32_t)id};
    table.used++;
    if (kept.wanted)
        keep(fixed, names);
    return id;
}

int64_t
intern_function(uint32_t kind, uint32_t line, uint32_t flags,
                const struct text names[3])
{
    const struct spool_meta_function fixed = {
        .kind = kind, .line = line, .flags = flags};
    uint64_t hash = hash_function(kind, line, names);
    int64_t id = -1;
    lock_acquire(&table.lock);
    if (table.used * 2 < table.room || grow() == 0)
        id = find_or_give(&fixed, names, hash);
    if (id >= 0 && kind == SPOOL_PYTHON_FUNCTION && ring_is_on())
        idlife_use((uint32_t)id, hash);
    lock_release(&table.lock);
    if (blocking_is_wanted)
        blocking_look();
    return id;
}

void
intern_leave(uint32_t id)
{
    if (!ring_is_on() || process_is_new())
        return;
    lock_acquire(&table.lock);
    idlife_leave(id);
    lock_release(&table.lock);
}
