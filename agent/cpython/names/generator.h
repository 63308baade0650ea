/* SPDX-License-Identifier: Apache-2.0
 *
 * generator.h: up to 3.11 nothing tells a generator's steps from calls and
 * returns; where its frame stands does.
 */
#ifndef CODESNAP_GENERATOR_H
#define CODESNAP_GENERATOR_H

#include "agent/cpython/abi/python.h"

/* Of a generator's code: for each code unit whether a suspended frame may stand
 * there. */
struct suspensions {
    int begin; /* f_lasti before the first step: -1, or where 3.11 has RESUME */
    uint32_t units;
    uint8_t bits[];
};

extern struct generators {
    struct suspensions **of_id;
    size_t room;
} generators;

/* Learn where the code with this id may be suspended. */
void generator_keep(PyObject *code, size_t id);
/* Functions of another version may have the same ids. */
void generator_forget(void);

static inline const struct suspensions *
generator_suspensions(uint64_t word)
{
    size_t id = (uint32_t)word >> SPOOL_KIND_BITS;
    return likely(id < generators.room) ? generators.of_id[id] : NULL;
}

/* The frame of a generator with this word (code.h) stands at lasti, in bytes:
 * did it run before, and is it suspended? */
static inline bool
generator_has_begun(uint64_t word, int lasti)
{
    const struct suspensions *known = generator_suspensions(word);
    return known && lasti > known->begin;
}

static inline bool
generator_has_yielded(uint64_t word, int lasti)
{
    const struct suspensions *known = generator_suspensions(word);
    if (!known || lasti < 0 || (uint32_t)lasti / 2 >= known->units)
        return false;
    return known->bits[lasti / 16] >> (lasti / 2 % 8) & 1;
}

#endif
