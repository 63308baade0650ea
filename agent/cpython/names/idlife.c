/* SPDX-License-Identifier: Apache-2.0
 *
 * idlife.c: a table by id, and in it the list of those that nobody has, the one that
 * has been so for longest first.
 */
#include "agent/cpython/names/idlife.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/store/ring.h"
#include "agent/store/spool.h"
#include "formats/spool/clock.h"

struct life {
    uint64_t hash;
    uint64_t ended_ticks;
    uint32_t users;
    uint32_t before, after; /* in the list, while users is 0; an id + 1 */
    bool listed;
};

static struct {
    struct life *list;
    size_t room;
    uint32_t first, last; /* an id + 1 */
} lives;

static bool
reach(uint32_t id)
{
    struct life *list =
        arena_grow_pages(lives.list, &lives.room, sizeof *list, id);
    if (list)
        lives.list = list;
    return list != NULL;
}

/* == THE LIST ============================================================= */

static uint32_t *
place_before(uint32_t number)
{
    return number ? &lives.list[number - 1].after : &lives.first;
}

static uint32_t *
place_after(uint32_t number)
{
    return number ? &lives.list[number - 1].before : &lives.last;
}

static void
enlist(uint32_t id)
{
    struct life *life = &lives.list[id];
    life->before = lives.last;
    life->after = 0;
    life->listed = true;
    *place_before(life->before) = id + 1;
    lives.last = id + 1;
}

static void
delist(uint32_t id)
{
    struct life *life = &lives.list[id];
    *place_before(life->before) = life->after;
    *place_after(life->after) = life->before;
    life->listed = false;
}

/* == LIVES ================================================================ */

void
idlife_use(uint32_t id, uint64_t hash)
{
    if (!reach(id))
        return;
    struct life *life = &lives.list[id];
    if (life->listed)
        delist(id);
    life->hash = hash;
    life->users++;
}

void
idlife_leave(uint32_t id)
{
    if (id >= lives.room || !lives.list[id].users)
        return;
    struct life *life = &lives.list[id];
    if (--life->users > 0)
        return;
    life->ended_ticks = clock_ticks(spool_clock_kind);
    enlist(id);
}

bool
idlife_take_over(bool crowded, uint32_t *id, uint64_t *hash)
{
    if (!lives.first)
        return false;
    struct life *life = &lives.list[lives.first - 1];
    if (crowded)
        ring_drop(life->ended_ticks + 1);
    if (life->ended_ticks >= ring_dropped())
        return false;
    *id = lives.first - 1;
    *hash = life->hash;
    delist(*id);
    return true;
}
