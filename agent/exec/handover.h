/* SPDX-License-Identifier: Apache-2.0
 *
 * handover.h: the environment that a program is executed with: as the caller
 * gave it, with our variables where they are wanted and the process that
 * started it named.  All of it runs between vfork and exec, too: on the stack,
 * without a lock.
 */
#ifndef CODESNAP_HANDOVER_H
#define CODESNAP_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/session/config.h"

struct handover {
    char *const *environment; /* to execute with */
    size_t count;             /* entries in it */
    size_t bytes;             /* handover_make needs them; 0: nothing to do */
    bool has_session, has_agent, disabled;
    bool carried; /* what is missing is put in */
    bool counted; /* as started without us */
};

/* Remember what the environment says now, for programs that it is to be
 * carried on to.  Constructor, or before os.environ is read. */
void handover_begin(enum config_children children);
/* CHILDREN_NO: take ourselves out of the environment.  After handover_begin. */
void handover_strip(void);

/* Look at what the caller hands on, then make what it shall be in that many
 * bytes on the stack.  in_place: this process itself will be the program, unless
 * it is a child that was made for it. */
void handover_plan(struct handover *handover, char *const *environment,
                   bool in_place);
void handover_make(struct handover *handover, char *room);
/* The program was not executed after all. */
void handover_undo(struct handover *handover);

#endif
