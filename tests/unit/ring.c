/* SPDX-License-Identifier: Apache-2.0
 *
 * ring.c: how much is meant by an amount, and which calls are open in the middle of
 * a chunk.
 */
#include "formats/base/amount.h"
#include "formats/decode/preroll.h"
#include "formats/spool/spool.h"
#include "tests/unit/tap.h"

/* == AMOUNTS ============================================================== */

static void
test_amounts(void)
{
    static const char *const fine[][2] = {
        {"10s", "10s"},       {"64M", "64M"},       {"10s,64M", "10s,64M"},
        {"1G,90s", "90s,1G"}, {"1500ms", "1500ms"}, {"0.5h", "30m"},
        {"2048K", "2M"},
    };
    static const char *const none[] = {
        "",      "10",  "s",   "10x", "0s",   "-1s",
        "1s,2s", "1s,", ",1s", "1M2", "1.s.", "99999999999999999999G"};
    struct amount amount;
    char text[AMOUNT_ROOM];
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        bool read = amount_read(fine[i][0], &amount) == 0;
        tap_same(fine[i][0], read ? amount_say(amount, text) : "(none)",
                 fine[i][1]);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        tap_ok(amount_read(none[i], &amount) < 0, "no amount");
}

/* == PREROLL ============================================================== */

static uint64_t
word(uint64_t ticks, uint32_t id, enum spool_kind kind)
{
    return spool_word(ticks, id, kind);
}

/* The ids that are open at ticks, innermost first; "..." for those not known. */
static const char *
open_at(uint64_t ticks, const uint64_t *words, size_t count)
{
    static char text[256];
    const uint32_t stack[] = {2 << SPOOL_KIND_BITS | SPOOL_ENTER_PYTHON,
                              1 << SPOOL_KIND_BITS | SPOOL_ENTER_PYTHON};
    struct preroll preroll = {.until_ticks = ticks, .bound_ticks = 1 << 20};
    size_t used, at = 0;
    preroll_begin(&preroll, stack, 2, 3);
    preroll_words(&preroll, words, count, &used);
    const uint32_t *calls = preroll_stack(&preroll);
    for (uint32_t i = 0; i < preroll.count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%u ",
                               calls[i] >> SPOOL_KIND_BITS);
    snprintf(text + at, sizeof text - at, "+%u", preroll.hidden);
    preroll_free(&preroll);
    return text;
}

static void
test_preroll(void)
{
    const uint64_t words[] = {
        word(10, 3, SPOOL_ENTER_C),
        word(20, 3, SPOOL_EXIT),
        word(30, 4, SPOOL_ENTER_PYTHON),
        word(40, 5, SPOOL_RESUME),
        word(50, 9, SPOOL_EXIT),           /* it is not open */
        word(60, 4, SPOOL_EXIT_EXCEPTION), /* with what is in it */
        100 << SPOOL_KIND_BITS | SPOOL_TIME,
        word(10, 2, SPOOL_EXIT),
        word(20, 6, SPOOL_ENTER_PYTHON),
        spool_ext_head(30, 3, SPOOL_EXT_GAP),
        120,
        1,
        1,                       /* one call is left */
        word(40, 1, SPOOL_EXIT), /* of those that are not known */
    };
    size_t count = sizeof words / sizeof *words;
    tap_same("the chunk's own calls are open", open_at(5, words, count),
             "2 1 +1");
    tap_same("and what was entered", open_at(15, words, count), "3 2 1 +1");
    tap_same("but not what was left", open_at(25, words, count), "2 1 +1");
    tap_same("and what was resumed", open_at(45, words, count), "5 4 2 1 +1");
    tap_same("the exit of what is not open changes nothing",
             open_at(55, words, count), "5 4 2 1 +1");
    tap_same("a call ends with what is in it", open_at(70, words, count),
             "2 1 +1");
    tap_same("times count from a TIME record", open_at(115, words, count),
             "1 +1");
    tap_same("a gap leaves the outermost calls", open_at(135, words, count),
             "+1");
    tap_same("at last those that are not known end", open_at(999, words, count),
             "+0");
}

int
main(void)
{
    test_amounts();
    test_preroll();
    return tap_done();
}
