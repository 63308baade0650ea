/* SPDX-License-Identifier: Apache-2.0
 *
 * throttled.c: a bit for each.
 */
#include "agent/cpython/names/throttled.h"

#include <string.h>

#define BITS 64

static uint64_t words[THROTTLED_IDS / BITS];
static uint64_t exempt[THROTTLED_IDS / BITS];

static uint64_t
bit_of(uint32_t id)
{
    return UINT64_C(1) << id % BITS;
}

bool
throttled_has(uint32_t id)
{
    return id < THROTTLED_IDS &&
           __atomic_load_n(&words[id / BITS], __ATOMIC_RELAXED) & bit_of(id);
}

static bool
is_exempt(uint32_t id)
{
    return __atomic_load_n(&exempt[id / BITS], __ATOMIC_RELAXED) & bit_of(id);
}

void
throttled_exempt(uint32_t id, bool always)
{
    if (id >= THROTTLED_IDS)
        return;
    if (always)
        __atomic_fetch_or(&exempt[id / BITS], bit_of(id), __ATOMIC_RELAXED);
    else
        __atomic_fetch_and(&exempt[id / BITS], ~bit_of(id), __ATOMIC_RELAXED);
}

bool
throttled_add(uint32_t id)
{
    return id < THROTTLED_IDS && !is_exempt(id) &&
           !(__atomic_fetch_or(&words[id / BITS], bit_of(id),
                               __ATOMIC_RELAXED) &
             bit_of(id));
}

bool
throttled_remove(uint32_t id)
{
    return id < THROTTLED_IDS && throttled_has(id) &&
           __atomic_fetch_and(&words[id / BITS], ~bit_of(id),
                              __ATOMIC_RELAXED) &
               bit_of(id);
}

void
throttled_clear(void)
{
    memset(words, 0, sizeof words);
}

uint32_t
throttled_next(uint32_t id)
{
    for (; id < THROTTLED_IDS; id = (id / BITS + 1) * BITS) {
        uint64_t left = words[id / BITS] >> id % BITS;
        if (left)
            return id + (uint32_t)__builtin_ctzll(left);
    }
    return THROTTLED_IDS;
}
