/* SPDX-License-Identifier: Apache-2.0
 *
 * prefix.c: a table of texts.  It is guarded by the GIL, which all interpreters
 * share in the versions it is for.
 */
#include "agent/cpython/names/prefix.h"

#include <stdbool.h>
#include <string.h>

#include "agent/base/arena.h"

#define ROOM_FIRST 512

/* Open addressing, at most half full. */
static struct {
    const struct prefix **slots;
    size_t room, used;
} table;

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t
hash_text(uint64_t hash, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
    return hash;
}

static size_t
home_of(struct text front, struct text back, size_t room)
{
    uint64_t hash = hash_text(0xcbf29ce484222325ull, front.bytes, front.length);
    hash = hash_text(hash, back.bytes, back.length);
    return (hash ^ hash >> 32) & (room - 1);
}

static bool
says(const struct prefix *prefix, struct text front, struct text back)
{
    return prefix->length == front.length + back.length &&
           memcmp(prefix->bytes, front.bytes, front.length) == 0 &&
           memcmp(prefix->bytes + front.length, back.bytes, back.length) == 0;
}

static size_t
find(const struct prefix **slots, size_t room, struct text front,
     struct text back)
{
    size_t at = home_of(front, back, room);
    while (slots[at] && !says(slots[at], front, back))
        at = (at + 1) & (room - 1);
    return at;
}

static int
grow(void)
{
    size_t room = table.room ? table.room * 2 : ROOM_FIRST;
    const struct prefix **slots = arena_take_pages(room * sizeof *slots);
    if (!slots)
        return -1;
    for (size_t i = 0; i < table.room; i++) {
        const struct prefix *prefix = table.slots[i];
        struct text text = {prefix ? prefix->bytes : "",
                            prefix ? prefix->length : 0};
        if (prefix)
            slots[find(slots, room, text, (struct text){"", 0})] = prefix;
    }
    arena_give_pages(table.slots, table.room * sizeof *slots);
    table.slots = slots;
    table.room = room;
    return 0;
}

static const struct prefix *
make(struct text front, struct text back)
{
    struct prefix *prefix =
        arena_take(sizeof *prefix + front.length + back.length);
    if (!prefix)
        return NULL;
    prefix->length = front.length + back.length;
    memcpy(prefix->bytes, front.bytes, front.length);
    memcpy(prefix->bytes + front.length, back.bytes, back.length);
    return prefix;
}

const struct prefix *
prefix_of(struct text front, struct text back)
{
    if (table.used * 2 >= table.room && grow() < 0)
        return NULL;
    size_t at = find(table.slots, table.room, front, back);
    if (!table.slots[at] && (table.slots[at] = make(front, back)))
        table.used++;
    return table.slots[at];
}
