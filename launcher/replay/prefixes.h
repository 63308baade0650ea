/* SPDX-License-Identifier: Apache-2.0
 *
 * prefixes.h: what all events of a function in our JSON begin with, up to the
 * time, is looked up as it is: each is parsed once.
 */
#ifndef CODESNAP_PREFIXES_H
#define CODESNAP_PREFIXES_H

#include <stddef.h>
#include <stdint.h>

#include "launcher/replay/replay.h"

#define PREFIX_GAP UINT32_MAX

enum {
    PREFIX_SLOTS = 1 << 14
};

struct prefix {
    char *text;
    size_t count;
    uint32_t function; /* number in the trace, or PREFIX_GAP */
    uint32_t next;     /* of the same slot, + 1 */
};

struct prefixes {
    struct prefix *list;
    uint32_t count, room;
    uint32_t slots[PREFIX_SLOTS]; /* of the list, + 1 */
};

/* That of text, whose function is made where it is new; NULL without memory, or
 * where it is none. */
const struct prefix *prefixes_find(struct prefixes *prefixes,
                                   struct replay *replay, const char *text,
                                   size_t count);
void prefixes_release(struct prefixes *prefixes);

#endif
