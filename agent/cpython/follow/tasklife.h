/* SPDX-License-Identifier: Apache-2.0
 *
 * tasklife.h: tasks by their address, which another one may have later.  No
 * reference is held.  Any thread; memory grows with the tasks that live at a time.
 */
#ifndef CODESNAP_TASKLIFE_H
#define CODESNAP_TASKLIFE_H

#include <stdbool.h>
#include <stdint.h>

struct tasklife {
    const void *task; /* an address, no reference */
    uint64_t id;      /* from 1 on, in the order of their begins */
    uint64_t
        parent; /* the id of the task that made it; 0: none, or not known */
    uint64_t made_ticks; /* 0: nobody saw it */
    bool made;           /* somebody saw it */
    bool within;         /* it ran before whoever makes it had returned */
    bool begun;
};

/* What is known of the task at that address; false: nothing. */
bool tasklife_find(const void *task, struct tasklife *life);
/* Keep it, in the place of what was known of that address; id 0: a new one.  Returns
 * its id, or 0 without room. */
uint64_t tasklife_keep(struct tasklife life);

#endif
