/* SPDX-License-Identifier: Apache-2.0
 *
 * text.c: see text.h.  Pure functions, any thread.
 */
#include "formats/base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* == UTF-8 ================================================================== */

static bool
is_tail(const unsigned char *at, size_t have, size_t index)
{
    return index < have && (at[index] & 0xc0) == 0x80;
}

/* What the second byte may be depends on the first: no overlong forms, no
 * surrogates, nothing above U+10FFFF. */
static bool
second_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xe0: return second >= 0xa0;
    case 0xed: return second <= 0x9f;
    case 0xf0: return second >= 0x90;
    case 0xf4: return second <= 0x8f;
    default: return true;
    }
}

static size_t
length_from(unsigned char first)
{
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    if (first >= 0xf0 && first <= 0xf4)
        return 4;
    return 1;
}

static bool
is_surrogate(const unsigned char *at, size_t have)
{
    return at[0] == 0xed && is_tail(at, have, 1) && is_tail(at, have, 2) &&
           at[1] >= 0xa0;
}

/* The bytes at hand that form one character, or that one U+FFFD stands for. */
static size_t
sequence(const unsigned char *at, size_t have, bool *valid)
{
    *valid = at[0] != 0 && at[0] < 0x80;
    if (at[0] < 0x80)
        return 1;
    if (is_surrogate(at, have))
        return 3;
    size_t length = length_from(at[0]);
    if (length == 1 || !is_tail(at, have, 1) || !second_fits(at[0], at[1]))
        return 1;
    for (size_t i = 2; i < length; i++)
        if (!is_tail(at, have, i))
            return i;
    *valid = true;
    return length;
}

size_t
text_clean_into(char *to, const char *bytes, size_t count)
{
    const unsigned char *from = (const unsigned char *)bytes;
    size_t used = 0;
    while (count > 0) {
        bool valid;
        size_t length = sequence(from, count, &valid);
        const void *what = valid ? (const void *)from : REPLACEMENT;
        size_t size = valid ? length : strlen(REPLACEMENT);
        memcpy(to + used, what, size);
        used += size;
        from += length;
        count -= length;
    }
    to[used] = '\0';
    return used;
}

char *
text_clean(const char *bytes, size_t count)
{
    char *copy = malloc(count * 3 + 1);
    if (copy != NULL)
        text_clean_into(copy, bytes, count);
    return copy;
}

/* == ARGUMENTS ============================================================== */

static bool
is_plain(const char *text)
{
    static const char special[] = " \t\n\"'\\$`!*?[](){}<>|&;#~";
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || strchr(special, *text) != NULL)
            return false;
    return true;
}

/* Appends one argument; to has room for 4 bytes for each of it and 3 more. */
static size_t
quote(char *to, const char *text)
{
    size_t used = 0;
    if (is_plain(text)) {
        used = strlen(text);
        memcpy(to, text, used);
        return used;
    }
    to[used++] = '\'';
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            memcpy(to + used, "'\\''", 4);
            used += 4;
        } else {
            to[used++] = *text;
        }
    }
    to[used++] = '\'';
    return used;
}

/* The argument at *at as a string of its own; the last one may lack its NUL. */
static char *
next_argument(const char *arguments, size_t count, size_t *at)
{
    if (*at >= count)
        return NULL;
    const char *begin = arguments + *at;
    const char *end = memchr(begin, '\0', count - *at);
    size_t length = end != NULL ? (size_t)(end - begin) : count - *at;
    *at += length + 1;
    return text_clean(begin, length);
}

char *
text_command(const char *arguments, size_t count)
{
    /* cleaning makes at most 3 bytes of one, quoting 4 of an ASCII one, and
     * each argument has a NUL, whose share covers the quotes and the blank */
    char *command = malloc(count * 4 + 8);
    size_t used = 0, at = 0;
    char *argument;
    if (command == NULL)
        return NULL;
    while (at < count) {
        argument = next_argument(arguments, count, &at);
        if (argument == NULL) {
            free(command);
            return NULL;
        }
        if (used > 0)
            command[used++] = ' ';
        used += quote(command + used, argument);
        free(argument);
    }
    command[used] = '\0';
    return command;
}

/* == PROCESS NAMES ========================================================== */

const char *
text_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (path[0] == '<' || slash == NULL)
        return path;
    return slash + 1;
}

static bool
runs_scripts(const char *executable)
{
    const char *base = text_base(executable);
    return strncmp(base, "python", 6) == 0 || strncmp(base, "pypy", 4) == 0 ||
           base[0] == '\0';
}

/* Options of the interpreter that take the next argument when it does not
 * follow in the same one. */
static bool
takes_next(const char *option)
{
    static const char check[] = "--check-hash-based-pycs";
    size_t last = strlen(option) - 1;
    if (option[1] == '-')
        return strcmp(option, check) == 0;
    return last >= 1 && (option[last] == 'W' || option[last] == 'X') &&
           strpbrk(option, "WX") == option + last;
}

static char *
named(const char *name)
{
    return strdup(text_base(name));
}

/* -m or -c, alone or at the end of a bundle such as -Im; else 0. */
static char
runs_by(const char *option)
{
    if (option[0] != '-' || option[1] == '-')
        return 0;
    const char *which = strpbrk(option, "mcWX");
    return which != NULL && (*which == 'm' || *which == 'c') ? *which : 0;
}

/* Code given by -c has no name, but multiprocessing's own says what it is:
 * "from multiprocessing.spawn import spawn_main; ...", that of the newest fork
 * server behind "import sys; ". */
static char *
name_of_code(const char *code)
{
    static const char first[] = "import sys; ", from[] = "from ";
    if (code != NULL && text_starts_with(code, first))
        code += strlen(first);
    if (code == NULL || !text_starts_with(code, "from multiprocessing."))
        return strdup("-c");
    const char *module = code + strlen(from);
    return text_clean(module, strcspn(module, " "));
}

static char *
name_by_option(const char *option, const char *arguments, size_t count,
               size_t *at)
{
    const char *which = strpbrk(option, "mc");
    bool is_code = *which == 'c', apart = which[1] == '\0' && *at < count;
    char *next = apart ? next_argument(arguments, count, at) : NULL;
    if (apart && next == NULL)
        return NULL;
    const char *value = next != NULL ? next : which + 1;
    char *name = is_code ? name_of_code(value) : strdup(value);
    free(next);
    return name;
}

/* The name from the first argument that is not the interpreter's, if there is
 * one.  0, or -1 without memory. */
static int
name_of_program(const char *arguments, size_t count, char **name)
{
    size_t at = 0;
    bool found = false;
    free(next_argument(arguments, count, &at));
    while (!found && at < count) {
        char *argument = next_argument(arguments, count, &at);
        if (argument == NULL)
            return -1;
        found = true;
        if (argument[0] != '-')
            *name = named(argument);
        else if (strcmp(argument, "-") == 0)
            *name = strdup("<stdin>");
        else if (runs_by(argument))
            *name = name_by_option(argument, arguments, count, &at);
        else
            found = false;
        if (!found && takes_next(argument))
            free(next_argument(arguments, count, &at));
        free(argument);
    }
    return found && *name == NULL ? -1 : 0;
}

char *
text_process_name(const char *executable, size_t executable_bytes,
                  const char *arguments, size_t count)
{
    char *path = text_clean(executable, executable_bytes);
    char *name = NULL;
    int result = path == NULL ? -1 : 0;
    if (path != NULL && runs_scripts(path))
        result = name_of_program(arguments, count, &name);
    if (result == 0 && name == NULL)
        name = named(path[0] != '\0' ? path : "python");
    free(path);
    return name;
}

bool
text_starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

bool
text_ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), count = strlen(end);
    return length >= count && strcmp(text + length - count, end) == 0;
}

int
text_replace(char **text, char *value)
{
    if (value == NULL)
        return -1;
    free(*text);
    *text = value;
    return 0;
}
