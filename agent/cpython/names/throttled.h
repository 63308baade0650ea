/* SPDX-License-Identifier: Apache-2.0
 *
 * throttled.h: the set of ids of functions that are throttled.  Any thread, no locks.
 */
#ifndef CODESNAP_THROTTLED_H
#define CODESNAP_THROTTLED_H

#include <stdbool.h>
#include <stdint.h>

/* A function with a higher id is never in it. */
#define THROTTLED_IDS (1u << 20)

bool throttled_has(uint32_t id);
/* true: it was not in it, or it was. */
bool throttled_add(uint32_t id);
bool throttled_remove(uint32_t id);
void throttled_clear(void);
/* It is never to be in it; or may be, again. */
void throttled_exempt(uint32_t id, bool always);

/* The first one from that id on; THROTTLED_IDS: none. */
uint32_t throttled_next(uint32_t id);

#endif
