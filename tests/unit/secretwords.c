/* SPDX-License-Identifier: Apache-2.0
 *
 * secretwords.c: what follows a secret's name is taken out of a text, and nothing else.
 */
#include "agent/cpython/values/secretwords.h"

#include <string.h>

#include "formats/base/happening.h"
#include "tests/unit/tap.h"

static const char *
cleaned(const char *text)
{
    static char room[256];
    room[secretwords_clean(room, sizeof room - 1, text, strlen(text))] = '\0';
    return room;
}

static const char *
cleaned_sql(const char *text)
{
    static char room[256];
    room[secretwords_clean_sql(room, sizeof room - 1, text, strlen(text))] =
        '\0';
    return room;
}

static void
names(void)
{
    tap_same("password=abc, id=5", cleaned("password=abc, id=5"),
             "password=<redacted>, id=5");
    tap_same("{'db_password': 'abc', 'id': 5}",
             cleaned("{'db_password': 'abc', 'id': 5}"),
             "{'db_password': '<redacted>', 'id': 5}");
    tap_same("--token abc --level 5", cleaned("--token abc --level 5"),
             "--token <redacted> --level 5");
    tap_same("the token is bad", cleaned("the token is bad"),
             "the token is bad");
    tap_same("Authorization: Bearer abc.def",
             cleaned("Authorization: Bearer abc.def"),
             "Authorization: Bearer <redacted>");
    tap_same("password=", cleaned("password="), "password=");
    tap_same("?api_key=abc&q=1", cleaned("?api_key=abc&q=1"),
             "?api_key=<redacted>&q=1");
}

static void
addresses(void)
{
    tap_same("https://ann:abc@host/x", cleaned("https://ann:abc@host/x"),
             "https://ann:<redacted>@host/x");
    tap_same("http://host:80/x@y", cleaned("http://host:80/x@y"),
             "http://host:80/x@y");
    tap_same("a://", cleaned("a://"), "a://");
}

static void
statements(void)
{
    tap_same("select 'it''s', 5", cleaned_sql("select 'it''s', 5"),
             "select '?', 5");
    tap_same("select 'open", cleaned_sql("select 'open"), "select '?'");
    tap_same("select \"a\" from b", cleaned_sql("select \"a\" from b"),
             "select \"a\" from b");
}

/* Characters stay whole where the text is cut. */
static void
cuts(void)
{
    char room[5];
    tap_equal("what fits stays",
              secretwords_clean(room, 5,
                                "ab\xe2\x82\xac"
                                "cd",
                                7),
              5);
    tap_equal("half a character does not",
              secretwords_clean(room, 4,
                                "ab\xe2\x82\xac"
                                "cd",
                                7),
              2);
    tap_equal("no room, no text", secretwords_clean(room, 0, "ab", 2), 0);
}

static void
kinds(void)
{
    tap_equal("one kind", happening_read("log"), 1u << HAPPENING_LOG);
    tap_equal("two kinds", happening_read("sql,http"),
              1u << HAPPENING_SQL | 1u << HAPPENING_HTTP);
    tap_equal("all kinds", happening_read("all"), (1u << HAPPENINGS) - 2);
    tap_equal("nothing is no kind", happening_read("log,"), 0);
    tap_equal("nor is another word", happening_read("prints"), 0);
}

int
main(void)
{
    names();
    addresses();
    statements();
    cuts();
    kinds();
    return tap_done();
}
