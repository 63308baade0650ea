/* SPDX-License-Identifier: Apache-2.0
 *
 * roll.h: the processes of a session that live, and what each one says that it does.
 */
#ifndef CODESNAP_ROLL_H
#define CODESNAP_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/spool/control.h"

struct roll {
    const char *folder;
    const struct control *control;
    struct roll_entry {
        uint32_t pid;
        const struct control_slot *slot; /* NULL: it has said nothing so far */
    } * list;
    size_t count, room;
};

/* Call it.  0, or -1 after it has said what is wrong. */
int roll_call(struct roll *roll, const char *folder,
              const struct control *control);
void roll_end(struct roll *roll);

/* Have all acted upon that command? */
bool roll_has_answered(const struct roll *roll, uint64_t sequence);
/* How many of them refuse that (CONTROL_UNBOUND ...)? */
size_t roll_count_refusals(const struct roll *roll, uint32_t what);
/* A line for each, on stdout; as JSON. */
void roll_print(const struct roll *roll, uint64_t sequence);
void roll_print_json(const struct roll *roll, uint64_t sequence);

#endif
