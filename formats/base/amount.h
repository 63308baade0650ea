/* SPDX-License-Identifier: Apache-2.0
 *
 * amount.h: how much of a recording a person means: a duration, a size, or both.
 * Allocates nothing.
 */
#ifndef CODESNAP_AMOUNT_H
#define CODESNAP_AMOUNT_H

#include <stdint.h>

/* What is 0 was not said. */
struct amount {
    uint64_t ns;
    uint64_t bytes;
};

/* "10s", "64M", "10s,64M": a duration in ns, us, ms, s, m or h, a size in K, M or G.  0, or
 * -1 where it is none of these. */
int amount_read(const char *text, struct amount *amount);

/* "10s" in nanoseconds; 0 where it is no duration, or more than that. */
uint64_t amount_duration_ns(const char *text);

/* The same as text, "10s,64M"; room is AMOUNT_ROOM.  Returns text. */
#define AMOUNT_ROOM 64
char *amount_say(struct amount amount, char *text);

#endif
