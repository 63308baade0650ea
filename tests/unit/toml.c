/* SPDX-License-Identifier: Apache-2.0
 *
 * toml.c: what stands in a text is told as it was meant, and what is no TOML is
 * refused with its line.
 */
#include "launcher/support/toml.h"

#include <stdint.h>
#include <string.h>

#include "tests/unit/tap.h"

static char told[4096];
static size_t used;

/* "line KEY.KEY=kindTEXT|", with + before the = of an element. */
static int
take(void *context, const struct toml_item *item)
{
    (void)context;
    used +=
        (size_t)snprintf(told + used, sizeof told - used, "%u ", item->line);
    for (size_t i = 0; i < item->key_count; i++)
        used += (size_t)snprintf(told + used, sizeof told - used, "%s%s",
                                 i ? "." : "", item->keys[i]);
    used += (size_t)snprintf(told + used, sizeof told - used, "%s=%c%s|",
                             item->element ? "+" : "", "sibo[{T"[item->kind],
                             item -> text);
    return 0;
}

static int
read_text(const char *text, size_t length, struct toml_reader *reader)
{
    *reader = (struct toml_reader){.take = take};
    used = 0;
    *told = '\0';
    int result = toml_read(reader, text, length);
    free(reader->texts);
    return result;
}

/* In one line, as a test's name is. */
static const char *
named(const char *text)
{
    static char name[512];
    snprintf(name, sizeof name, "%s", text);
    for (char *at = name; *at; at++)
        *at = *at < ' ' ? '/' : *at;
    return name;
}

static void
means(const char *text, const char *expected)
{
    struct toml_reader reader;
    int result = read_text(text, strlen(text), &reader);
    if (result < 0)
        printf("# line %u: %s\n", reader.line, reader.error);
    tap_same(named(text), result < 0 ? "refused" : told, expected);
}

static void
fails(const char *text, unsigned line, const char *why)
{
    struct toml_reader reader;
    int result = read_text(text, strlen(text), &reader);
    bool fine =
        tap_ok(result < 0 && reader.line == line && strstr(reader.error, why),
               named(text));
    if (!fine)
        printf("# got %d, line %u: %s\n", result, reader.line,
               reader.error ? reader.error : "");
}

static void
test_keys(void)
{
    means("a = 1\n[t]\nb=2\n[ u . 'v' ]\n c.\"d e\" = 3",
          "1 a=i1|2 t={|3 t.b=i2|4 u.v={|"
          "5 u.v.c.d e=i3|");
    means("[[t]]\r\nb-1_ = 2 # c\r\n", "1 t=T|2 t.b-1_=i2|");
    means("\xef\xbb\xbf"
          "a=1",
          "1 a=i1|");
    means("", "");
    means("# nothing\n\n", "");
}

static void
test_strings(void)
{
    means("a = \"x\\t\\\"\\\\\\u00e9\\U0001f600\"",
          "1 a=sx\t\"\\\u00e9\U0001f600|");
    means("a = 'C:\\new'", "1 a=sC:\\new|");
    means("a = \"\"\"\none\ntwo\"\" \\\n   three\"\"\"\nb = 1",
          "1 a=sone\ntwo\"\" three|5 b=i1|");
    means("a = '''\n[x]\n\\'''\nb = 1", "1 a=s[x]\n\\|4 b=i1|");
    means("a = \"\"\"\"q\"\"\"\"\"", "1 a=s\"q\"\"|");
    means("a = ''\nb = \"#\" # c", "1 a=s|2 b=s#|");
}

static void
test_values(void)
{
    means("a = true\nb = false", "1 a=btrue|2 b=bfalse|");
    means("a = 1_000\nb = -5\nc = +0", "1 a=i1000|2 b=i-5|3 c=i+0|");
    means("a = 0x1f\nb = 1.5e3\nc = -inf", "1 a=o0x1f|2 b=o1.5e3|3 c=o-inf|");
    means("a = 1979-05-27 07:32:00Z\nb = 07:32:00",
          "1 a=o1979-05-27 07:32:00Z|2 b=o07:32:00|");
    means("a = [\n 'x', # c\n 'y',\n]", "1 a=[|2 a+=sx|3 a+=sy|");
    means("a = [1, [2, {b = 3}], {c = 4}]\nd = []",
          "1 a=[|1 a+=i1|1 a+=[|1 a+={|2 d=[|");
    means("a = {b = 1, c.d = 'x'}\ne = {}", "1 a={|1 a.b=i1|1 a.c.d=sx|2 e={|");
    means("a = {b = [1]}", "1 a={|1 a.b=[|1 a.b+=i1|");
}

static void
test_faults(void)
{
    fails("a = \"x\nb = 1", 1, "no end");
    fails("\n\na = '''x\n\n", 3, "no end");
    fails("\na = [1,\n", 2, "array has no end");
    fails("a = x", 1, "in quotes");
    fails("a =", 1, "no value");
    fails("= 1", 1, "key is missing");
    fails("a\n", 1, "= is missing");
    fails("a = 1 2", 1, "behind the end");
    fails("[t\na = 1", 1, "] is missing");
    fails("[[t]\na = 1", 1, "] is missing");
    fails("a = [1 2]", 1, ", or ]");
    fails("a = [1,\n2", 2, ", or ]");
    fails("a = {b = 1", 1, ", or }");
    fails("a = \"\\q\"", 1, "no such \\");
    fails("a = \"\\ud800\"", 1, "no character");
    fails("a = \"\\u12\"", 1, "4 hexadecimal");
    fails("a = \"\x01\"", 1, "control character");
    fails("a = 01x_", 1, "in quotes");
    fails(
        "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.1.2.3.4.5.6.7 = 1",
        1, "too many parts");
    fails("a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 1,
          "too many levels");
}

/* Whatever the bytes: it ends, and reads nothing but them (with sanitizers). */
static void
test_any_bytes(void)
{
    static const char *const pieces[] = {"[",       "]",    "{",
                                         "}",       "=",    ".",
                                         ",",       "\"",   "'",
                                         "\"\"\"",  "'''",  "\\",
                                         "\\u00",   "\n",   "\r\n",
                                         " ",       "#",    "a",
                                         "b = 1\n", "true", "1979-05-27 ",
                                         "0",       "_",    "-",
                                         "\x01",    "\xff", "tool.codesnap",
                                         "x = ["};
    uint32_t seed = 1;
    int accepted = 0;
    for (int i = 0; i < 100000; i++) {
        char text[400];
        size_t length = 0;
        for (uint32_t left = (seed >> 8) % 24; left > 0; left--) {
            seed = seed * 1664525u + 1013904223u;
            const char *piece =
                pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
        }
        seed = seed * 1664525u + 1013904223u;
        struct toml_reader reader;
        char *exact = memcpy(malloc(length ? length : 1), text, length);
        accepted += read_text(exact, length, &reader) == 0;
        free(exact);
    }
    tap_ok(accepted > 100 && accepted < 50000, "any bytes end in a result");
}

int
main(void)
{
    test_keys();
    test_strings();
    test_values();
    test_faults();
    test_any_bytes();
    return tap_done();
}
