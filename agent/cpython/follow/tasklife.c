/* SPDX-License-Identifier: Apache-2.0
 *
 * tasklife.c: a table with open addressing, in pages of its own.  Nothing is ever
 * taken out: an address comes again.
 */
#include "agent/cpython/follow/tasklife.h"

#include "agent/base/arena.h"
#include "agent/base/lock.h"

#define FIRST_ROOM 256u       /* a power of two */
#define MOST       (1u << 22) /* tasks at a time */

static struct {
    struct lock lock;
    struct tasklife *list;
    size_t room, count;
    uint64_t last_id;
} lives;

static struct tasklife *
place_of(struct tasklife *list, size_t room, const void *task)
{
    size_t at = ((uintptr_t)task >> 4) * 0x9e3779b97f4a7c15u >> 20;
    for (;; at++)
        if (!list[at & (room - 1)].task || list[at & (room - 1)].task == task)
            return &list[at & (room - 1)];
}

/* Room for one more. */
static bool
grow(void)
{
    size_t room = lives.room ? lives.room * 2 : FIRST_ROOM;
    if (lives.count * 4 < lives.room * 3)
        return true;
    struct tasklife *list =
        room <= MOST ? arena_take_pages(room * sizeof *list) : NULL;
    if (!list)
        return false;
    for (size_t i = 0; i < lives.room; i++)
        if (lives.list[i].task)
            *place_of(list, room, lives.list[i].task) = lives.list[i];
    arena_give_pages(lives.list, lives.room * sizeof *list);
    lives.list = list;
    lives.room = room;
    return true;
}

bool
tasklife_find(const void *task, struct tasklife *life)
{
    lock_acquire(&lives.lock);
    struct tasklife *place =
        lives.room ? place_of(lives.list, lives.room, task) : NULL;
    bool known = place && place->task;
    if (known)
        *life = *place;
    lock_release(&lives.lock);
    return known;
}

uint64_t
tasklife_keep(struct tasklife life)
{
    lock_acquire(&lives.lock);
    bool room = grow();
    struct tasklife *place =
        room ? place_of(lives.list, lives.room, life.task) : NULL;
    if (place) {
        lives.count += !place->task;
        if (!life.id)
            life.id = ++lives.last_id;
        *place = life;
    }
    lock_release(&lives.lock);
    return place ? life.id : 0;
}
