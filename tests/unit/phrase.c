/* SPDX-License-Identifier: Apache-2.0
 *
 * phrase.c: tests that words which do not fit are cut, and nothing behind them
 * is written.
 */
#include "formats/base/phrase.h"

#include "tests/unit/tap.h"

static void
test_room(void)
{
    char text[9] = "xxxxxxxx";
    struct phrase phrase = phrase_begin(text, 8);
    tap_same("it starts empty", text, "");
    phrase_add(&phrase, "%s", "1234");
    phrase_add(&phrase, "%d", 56);
    tap_same("what fits is there", text, "123456");
    phrase_add(&phrase, "%s", "7890");
    tap_same("what does not is cut", text, "1234567");
    phrase_add(&phrase, "more");
    tap_same("and nothing follows", text, "1234567");
    tap_ok(phrase.used == 7 && text[8] == '\0', "nor is anything overwritten");
}

static void
test_counts(void)
{
    char text[64];
    struct phrase phrase = phrase_begin(text, sizeof text);
    phrase_add_count(&phrase, 1, "call, ", "calls, ");
    phrase_add_count(&phrase, 0, "call, ", "calls, ");
    phrase_add_count(&phrase, 1234567, "call", "calls");
    tap_same("numbers have commas", text, "1 call, 0 calls, 1,234,567 calls");
    char digits[PHRASE_DIGITS];
    tap_same("the largest one, too", phrase_digits(digits, UINT64_MAX),
             "18,446,744,073,709,551,615");
    tap_same("three digits have none", phrase_digits(digits, 999), "999");
}

int
main(void)
{
    test_room();
    test_counts();
    return tap_done();
}
