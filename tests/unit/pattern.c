/* SPDX-License-Identifier: Apache-2.0
 *
 * pattern.c: globs mean what they do to fnmatch(3), and patterns the functions that
 * they should.
 */
#include "formats/base/pattern.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/tap.h"

static struct span_of_text
whole(const char *text)
{
    return (struct span_of_text){text, strlen(text)};
}

/* == GLOBS ================================================================ */

static uint32_t seed = 1;

static uint32_t
draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % below;
}

static void
make(char *text, const char *letters, uint32_t most)
{
    uint32_t length = draw(most + 1), kinds = (uint32_t)strlen(letters);
    for (uint32_t i = 0; i < length; i++)
        text[i] = letters[draw(kinds)];
    text[length] = '\0';
}

/* An open [ and a \\ at the end are nobody's agreement. */
static bool
is_usual(const char *glob)
{
    return !strchr(glob, '[') && !strchr(glob, '\\');
}

static void
test_like_fnmatch(void)
{
    static const char *const sets[] = {"[ab]",  "[!ab]", "[a-c]?",
                                       "[]a]*", "[!]a]", "x[a-]",
                                       "\\*a",  "\\[a]", "[b-d]*[!x]"};
    char glob[16], text[16];
    int different = 0, tried = 0;
    for (int i = 0; i < 200000; i++) {
        make(glob, "ab.*?*", 7);
        if (i % 4 == 0)
            strcpy(glob, sets[draw(sizeof sets / sizeof *sets)]);
        make(text, "abcd].*", 8);
        if (i % 4 != 0 && !is_usual(glob))
            continue;
        tried++;
        bool fits = pattern_fits_text(whole(glob), whole(text));
        if (fits != (fnmatch(glob, text, 0) == 0) && different++ == 0)
            printf("# %s and %s\n", glob, text);
    }
    tap_ok(tried > 100000 && different == 0, "globs fit as for fnmatch");
}

/* == FUNCTIONS ============================================================ */

static bool
fits(const char *glob, const char *module, const char *name, const char *file)
{
    const struct pattern_names names = {whole(module), whole(name), whole(file),
                                        12};
    return pattern_fits(whole(glob), &names);
}

static void
test_functions(void)
{
    const char *file = "/srv/shop/app.py";
    tap_ok(fits("Cart.add", "app", "Cart.add", file), "a name");
    tap_ok(fits("*.add", "app", "Cart.add", file), "a name with *");
    tap_ok(!fits("add", "app", "Cart.add", file), "not a part of it");
    tap_ok(fits("app:*", "app", "Cart.add", file), "a module");
    tap_ok(!fits("app:*", "apple", "Cart.add", file), "not another one");
    tap_ok(fits("app.py", "app", "f", file), "a file by its name");
    tap_ok(fits("/srv/*", "app", "f", file), "a file by its path");
    tap_ok(fits("app.py:12", "app", "f", file), "a line of a file");
    tap_ok(!fits("app.py:13", "app", "f", file), "not another line");
    tap_ok(!fits("app*", "m", "f", file), "no file by what may be a name");
    tap_ok(fits("builtins:len", "builtins", "len", ""), "a C function");
    tap_ok(!fits("*.py", "builtins", "len", ""), "which has no file");
}

/* == FAULTS =============================================================== */

static void
test_faults(void)
{
    static const char *const wrong[] = {
        "",       ":f",     "m:",  "a[b",    "[",    "[!]",  "x\\",
        " f",     "f ",     "\t",  "a,b",    "a;b",  "f()",  "tests/a.py::f",
        "a.py:f", "/a/b:f", ":12", "a.py:0", "a::b", "m:[x",
    };
    static const char *const right[] = {
        "f",       "m:f",          "*:f",     "m:*",
        "numpy:*", "a.py",         "a.py:12", "/a b/c.py",
        "[ab]*",   "[]]",          "\\[",     "a\\[b",
        "*",       "C.<locals>.f", "*.so",    "/x (copy)/a.py",
        "py:f",    "[[]",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        tap_ok(pattern_fault(whole(wrong[i])), wrong[i]);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        tap_ok(!pattern_fault(whole(right[i])), right[i]);
}

int
main(void)
{
    test_like_fnmatch();
    test_functions();
    test_faults();
    return tap_done();
}
