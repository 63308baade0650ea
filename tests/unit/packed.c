/* SPDX-License-Identifier: Apache-2.0
 *
 * packed.c: blocks decode to what they were made of, and nonsense to little.
 */
#include "formats/spool/packed.h"

#include <stdlib.h>
#include <string.h>

#include "formats/spool/spool.h"
#include "tests/unit/tap.h"

#define MOST_WORDS 8192u

static uint64_t words[MOST_WORDS], again[MOST_WORDS];
static uint32_t block[PACKED_WORST_BYTES(MOST_WORDS) / 4];

static uint64_t
random_bits(unsigned bits)
{
    uint64_t value =
        (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();
    return value & ((1ull << bits) - 1);
}

/* Mostly short records, now and then everything else there is. */
static size_t
make_words(size_t count)
{
    uint64_t time = 0;
    size_t made = 0;
    while (made < count) {
        unsigned kind = 1 + (unsigned)random_bits(16) % SPOOL_EXT;
        uint32_t id = (uint32_t)random_bits(random_bits(3) ? 10 : 24);
        uint32_t payload = (uint32_t)random_bits(2);
        time = (time + random_bits(random_bits(3) ? 10 : 30)) &
               ((1ull << SPOOL_TIME_BITS) - 1);
        if (kind == SPOOL_TIME) {
            words[made++] = random_bits(60) << SPOOL_KIND_BITS | SPOOL_TIME;
            time = 0;
        } else if (kind != SPOOL_EXT) {
            words[made++] = spool_word(time, id, kind);
        } else if (made + payload < count) {
            words[made++] = spool_ext_head(time, payload, SPOOL_EXT_GAP);
            while (payload--)
                words[made++] = random_bits(63);
        }
    }
    return made;
}

static void
test_round_trips(void)
{
    bool same = true, fits = true;
    for (int round = 0; round < 500; round++) {
        size_t count = make_words(1 + random_bits(12));
        size_t bytes = packed_encode(words, count, block);
        memset(again, 0, sizeof again);
        same &= packed_decode(block, bytes, again, count) == count &&
                memcmp(words, again, count * sizeof *words) == 0;
        fits &= bytes <= PACKED_WORST_BYTES(count);
    }
    tap_ok(same, "500 blocks of random records decode to the same words");
    tap_ok(fits, "none is larger than PACKED_WORST_BYTES");
}

static void
test_short_records(void)
{
    for (size_t i = 0; i < 1000; i++)
        words[i] = spool_word(i * 300, 7, i & 1 ? SPOOL_EXIT : SPOOL_ENTER_C);
    tap_ok(packed_encode(words, 1000, block) == 4000,
           "a record of a usual call takes 4 bytes");
}

static void
test_nonsense(void)
{
    bool bounded = true;
    for (int round = 0; round < 2000; round++) {
        size_t bytes = 4 * (1 + random_bits(10));
        for (size_t i = 0; i < bytes / 4; i++)
            block[i] = (uint32_t)random_bits(32);
        bounded &= packed_decode(block, bytes, again, 100) <= 100;
    }
    tap_ok(bounded, "random bytes decode to no more words than there is room");
}

int
main(void)
{
    test_round_trips();
    test_short_records();
    test_nonsense();
    return tap_done();
}
