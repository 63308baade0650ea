/* SPDX-License-Identifier: Apache-2.0
 *
 * packed.c: see packed.h.  Nearly every record follows the one before within
 * microseconds and names one of the first few thousand functions, so it fits in
 * half a word; what does not is escaped and kept whole.
 *
 *     31              18 17              4 3     0
 *    ┌──────────────────┬─────────────────┬───────┐
 *    │ ticks since the  │ id              │ kind  │
 *    │ record before    │                 │       │
 *    ├──────────────────┴─────────────────┼───────┤  then the word as it was,
 *    │ how many words follow whole        │ 0     │  its low half first, and
 *    └────────────────────────────────────┴───────┘  an EXT record's payload
 */
#include "formats/spool/packed.h"

#include <string.h>

#include "formats/spool/spool.h"

#define unlikely(condition) __builtin_expect(!!(condition), 0)

#define SHORT_ID_BITS   14
#define SHORT_TIME_BITS 14
#define SHORT_SHIFT     (SPOOL_KIND_BITS + SHORT_ID_BITS)
#define SHORT_LOW_MASK  ((1u << SHORT_SHIFT) - 1)
/* The bits of an id that a short record has no room for. */
#define LONG_ID_MASK \
    (((1ull << SPOOL_TIME_SHIFT) - 1) & ~(uint64_t)SHORT_LOW_MASK)

/* How many words the record at words takes. */
static size_t
record_words(uint64_t word, size_t left)
{
    size_t payload = 0;
    if ((word & 15) == SPOOL_EXT)
        payload = word >> 16 & SPOOL_EXT_WORDS_MAX;
    return payload < left ? 1 + payload : left;
}

/* What the next record's time is counted from, after this one. */
static uint64_t
time_after(uint64_t word)
{
    return (word & 15) == SPOOL_TIME ? 0 : word >> SPOOL_TIME_SHIFT;
}

size_t
packed_encode(const uint64_t *words, size_t count, uint32_t *out)
{
    const uint32_t *begin = out;
    uint64_t before = 0;
    for (size_t at = 0; at < count;) {
        uint64_t word = words[at];
        uint64_t ticks = (word >> SPOOL_TIME_SHIFT) - before;
        uint64_t excess = ticks >> SHORT_TIME_BITS | (word & LONG_ID_MASK);
        if (unlikely(excess || (word & 15) >= SPOOL_TIME)) {
            size_t whole = record_words(word, count - at);
            *out++ = (uint32_t)whole << SPOOL_KIND_BITS;
            memcpy(out, &words[at], whole * sizeof word);
            out += whole * 2;
            before = time_after(word);
            at += whole;
            continue;
        }
        before += ticks;
        *out++ = (uint32_t)(word & SHORT_LOW_MASK) | (uint32_t)ticks
                                                         << SHORT_SHIFT;
        at++;
    }
    return (size_t)(out - begin) * sizeof *out;
}

size_t
packed_decode(const uint32_t *in, size_t size_bytes, uint64_t *words,
              size_t room)
{
    const uint32_t *end = in + size_bytes / sizeof *in;
    uint64_t before = 0;
    size_t made = 0;
    while (in < end && made < room) {
        uint32_t half = *in++;
        if (unlikely(!(half & 15))) {
            size_t whole = half >> SPOOL_KIND_BITS;
            if (!whole || whole > room - made || whole > (size_t)(end - in) / 2)
                break;
            memcpy(&words[made], in, whole * sizeof *words);
            in += whole * 2;
            before = time_after(words[made]);
            made += whole;
            continue;
        }
        before += half >> SHORT_SHIFT;
        words[made++] = before << SPOOL_TIME_SHIFT | (half & SHORT_LOW_MASK);
    }
    return made;
}
