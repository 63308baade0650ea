/* SPDX-License-Identifier: Apache-2.0
 *
 * idlife.h: in a ring, how long ids of Python functions live, so that a program that
 * makes code without end needs no more of them than the window has: an id whose
 * last code object is gone means another function once all that was recorded of it
 * is dropped.  With the lock of intern.c.
 */
#ifndef CODESNAP_IDLIFE_H
#define CODESNAP_IDLIFE_H

#include <stdbool.h>
#include <stdint.h>

/* One more code object has it; hash is that of its names.  Without memory it lives
 * for ever. */
void idlife_use(uint32_t id, uint64_t hash);
/* One of them is gone. */
void idlife_leave(uint32_t id);

/* One that can mean another function, and the hash of what it meant; false: none
 * can.  crowded: rather let go of what was recorded than need more of them. */
bool idlife_take_over(bool crowded, uint32_t *id, uint64_t *hash);

#endif
