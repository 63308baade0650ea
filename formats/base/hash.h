/* SPDX-License-Identifier: Apache-2.0
 *
 * hash.h: FNV-1a, 32 bits, http://www.isthe.com/chongo/tech/comp/fnv/.  To find bytes
 * again, not to check them.  Pure.
 */
#ifndef CODESNAP_HASH_H
#define CODESNAP_HASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t
hash_of(const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ byte[i]) * 16777619u;
    return hash;
}

#endif
