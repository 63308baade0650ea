/* SPDX-License-Identifier: Apache-2.0
 *
 * phrase.c: tests that words which do not fit are cut, and nothing behind them
 * is written.
 */
#include "formats/base/phrase.h"

#include <unistd.h>

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

static void
test_line(void)
{
    char text[9] = "xxxxxxxx", line[16] = "";
    struct phrase phrase = phrase_begin(text, 8);
    int ends[2];
    phrase_add(&phrase, "a\033\n\177b and more");
    if (pipe(ends) != 0)
        return;
    phrase_write_line(&phrase, ends[1]);
    ssize_t count = read(ends[0], line, sizeof line - 1);
    tap_same("a line has no control characters", line, "a???b a\n");
    tap_equal("and is in the buffer with its end", count, 8);
    tap_ok(text[8] == '\0', "nothing behind it is written");
}

int
main(void)
{
    test_room();
    test_line();
    test_counts();
    return tap_done();
}
