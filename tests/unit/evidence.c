/* SPDX-License-Identifier: Apache-2.0
 *
 * evidence.c: an argument that tells slow calls from usual ones is said, and no other.
 */
#include "formats/slow/evidence.h"

#include <string.h>

#include "tests/unit/tap.h"

/* The call of that number: # stands for it, with three digits. */
static void
fill_in(char to[200], const char *text, unsigned number)
{
    for (; *text != '\0'; text++)
        if (*text == '#')
            to += sprintf(to, "%03u", 100 + number);
        else
            *to++ = *text;
    *to = '\0';
}

/* Of 400 calls each so many is slow, and has other arguments. */
static const char *
told(const char *usual, const char *slow, unsigned each)
{
    static char text[160];
    char arguments[200];
    struct evidence *evidence = evidence_new(2);
    for (unsigned i = 0; i < 400; i++) {
        bool is_slow = i % each == each - 1;
        fill_in(arguments, is_slow ? slow : usual, i);
        evidence_add(evidence, 1, is_slow ? 1000000 + i : 1000 + i, arguments);
    }
    evidence_difference(evidence, 1, 1000000, text, sizeof text);
    evidence_free(evidence);
    return text;
}

static void
test_values(void)
{
    tap_same("a value that slow calls alone have is said",
             told("{\"id\":#,\"mode\":\"quick\"}",
                  "{\"id\":#,\"mode\":\"full\"}", 20),
             "; it is called with mode = \"full\", usual calls are not");
    tap_same("one that usual calls have, too, is not",
             told("{\"mode\":\"full\"}", "{\"mode\":\"full\"}", 20), "");
    tap_same("what is another one in each call is no difference",
             told("{\"id\":#}", "{\"id\":#}", 20), "");
    tap_same("one slow call is enough where usual ones are all alike",
             told("{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2},\"return\":5}", 400),
             "; it is called with a = {\"b\":2}, usual calls are not");
}

static void
test_numbers(void)
{
    tap_same("a number that is larger in slow calls is said",
             told("{\"n\":#}", "{\"n\":17#}", 20),
             "; its n is 17119 or more, in usual calls at most 498");
    tap_same("and one that is smaller", told("{\"n\":9#}", "{\"n\":#}", 20),
             "; its n is 499 or less, in usual calls at least 9100");
    tap_same("the last one of a counter is no difference",
             told("{\"n\":#}", "{\"n\":#}", 400), "");
    tap_same("what a call returns is no cause",
             told("{\"return\":1}", "{\"return\":2}", 20), "");
}

int
main(void)
{
    test_values();
    test_numbers();
    return tap_done();
}
