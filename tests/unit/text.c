/* SPDX-License-Identifier: Apache-2.0
 *
 * text.c: tests of cleaning, quoting and naming, and of composed names.
 */
#include "formats/base/text.h"

#include "formats/reader/names.h"
#include "tests/unit/tap.h"

#define BAD "\xef\xbf\xbd"

static void
clean(const char *name, const char *bytes, size_t count, const char *expected)
{
    char *got = text_clean(bytes, count);
    tap_same(name, got, expected);
    free(got);
}

static void
test_clean(void)
{
    clean("UTF-8 stays", "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10,
          "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    clean("a lone surrogate is one replacement", "x\xed\xb2\x80y", 5,
          "x" BAD "y");
    clean("overlong forms are replaced", "\xc0\x80", 2, BAD BAD);
    clean("a cut character is one replacement", "a\xe2\x82", 3, "a" BAD);
    clean("a character cut by another too", "\xf0\x9f\x98z", 4, BAD "z");
    clean("what is beyond Unicode is replaced", "\xf4\x90\x80\x80", 4,
          BAD BAD BAD BAD);
    clean("NUL is replaced", "a\0b", 3, "a" BAD "b");
    clean("control characters stay", "a\n\x01", 3, "a\n\x01");
}

static void
process(const char *expected, const char *executable, const char *arguments,
        size_t count)
{
    char *got =
        text_process_name(executable, strlen(executable), arguments, count);
    char name[128];
    snprintf(name, sizeof name, "a process is called %s", expected);
    tap_same(name, got, expected);
    free(got);
}

#define ARGUMENTS(text) text "\0", sizeof text

static void
test_process_names(void)
{
    const char *python = "/usr/bin/python3.11";
    process("app.py", python, ARGUMENTS("python3\0/srv/app.py\0-x"));
    process("http.server", python, ARGUMENTS("python3\0-m\0http.server"));
    process("pytest", python, ARGUMENTS("python3\0-Im\0pytest\0-q"));
    process("json.tool", python, ARGUMENTS("python3\0-mjson.tool"));
    process("-c", python, ARGUMENTS("python3\0-c\0print(1)\0x"));
    process("a.py", python,
            ARGUMENTS("python3\0-X\0dev\0-Werror\0-W\0all\0a.py"));
    process("<stdin>", python, ARGUMENTS("python3\0-"));
    process("python3.11", python, ARGUMENTS("python3"));
    process("vim", "/usr/bin/vim", ARGUMENTS("vim\0a.py"));
    process(
        "multiprocessing.spawn", python,
        ARGUMENTS("python3\0-c\0from multiprocessing.spawn import spawn_main"
                  "\0--multiprocessing-fork"));
    process("multiprocessing.forkserver", python,
            ARGUMENTS("python3\0-c\0import sys; "
                      "from multiprocessing.forkserver import main; main(3)"));
    process("-c", python, ARGUMENTS("python3\0-c\0import sys; import os"));
}

static void
test_command(void)
{
    char *got = text_command(ARGUMENTS("a\0b c\0it's\0\0$x"));
    tap_same("arguments are quoted", got, "a 'b c' 'it'\\''s' '' '$x'");
    free(got);
}

static struct meta_text
of(const char *text)
{
    return (struct meta_text){text, strlen(text)};
}

static void
composed(const char *expected, enum function_kind kind, uint32_t line,
         const char *module, const char *name, const char *file)
{
    struct names names = {NULL, 0, 0, NULL, 0};
    const struct function *function =
        names_intern(&names, kind, line, of(module), of(name), of(file));
    char title[128];
    snprintf(title, sizeof title, "a function is called %s", expected);
    tap_same(title, function->name, expected);
    names_free(&names);
}

static void
test_names(void)
{
    composed("Shop.Inner.deep (shop.py:7)", FUNCTION_PYTHON, 7, "shop",
             "Shop.Inner.deep", "/srv/shop.py");
    composed("import json (json/__init__.py:1)", FUNCTION_PYTHON, 1, "json",
             "<module>", "/usr/lib/python3/json/__init__.py");
    composed("main (pip/__main__.py:9)", FUNCTION_PYTHON, 9, "", "main",
             "pip/__main__.py");
    composed("f (__main__.py:1)", FUNCTION_PYTHON, 1, "", "f", "__main__.py");
    composed("f (<string>:3)", FUNCTION_PYTHON, 3, "", "f", "<string>");
    composed("f (<a/b>:3)", FUNCTION_PYTHON, 3, "", "f", "<a/b>");
    composed("list.append", FUNCTION_C, 0, "list", "append", "");
    composed("len", FUNCTION_C, 0, "", "len", "");
}

/* Many enough that the table grows several times. */
static void
test_interning(void)
{
    struct names names = {NULL, 0, 0, NULL, 0};
    bool same = true;
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t line = i % 5000 + 1;
        const struct function *function = names_intern(
            &names, FUNCTION_PYTHON, line, of("m"), of("f"), of("/f.py"));
        same = same && function->number == line - 1;
    }
    tap_ok(same && names.count == 5000, "equal functions are one");
    names_free(&names);
}

int
main(void)
{
    test_clean();
    test_process_names();
    test_command();
    test_names();
    test_interning();
    return tap_done();
}
