/* SPDX-License-Identifier: Apache-2.0
 *
 * prefix.h: what qualified names begin with, before 3.11 (code.c).  Each is kept
 * once, for good: code objects point to it, and a program may make and free any
 * number of those.
 */
#ifndef CODESNAP_PREFIX_H
#define CODESNAP_PREFIX_H

#include <stdint.h>

#include "agent/base/text.h"

struct prefix {
    uint32_t length;
    char bytes[];
};

/* The one that says front and then back, aligned to 16; NULL if there is no
 * memory.  With the GIL, in the slow path. */
const struct prefix *prefix_of(struct text front, struct text back);

#endif
