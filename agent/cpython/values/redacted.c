/* SPDX-License-Identifier: Apache-2.0
 *
 * redacted.c: see redacted.h.
 */
#include "agent/cpython/values/redacted.h"

#include <string.h>

#include "agent/cpython/names/inspected.h"

static const char *const secrets[] = {
#define REDACTED(name) name,
#include "agent/cpython/values/redacted.def"
#undef REDACTED
};

static bool
is_large(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool
is_separator(char byte)
{
    return !is_large(byte) && !is_digit(byte) && !(byte >= 'a' && byte <= 'z');
}

static char
small(char byte)
{
    return is_large(byte) ? (char)(byte + ('a' - 'A')) : byte;
}

/* Does a word of the name begin there? */
static bool
is_begin(struct text name, size_t at)
{
    char here = name.bytes[at], before = at > 0 ? name.bytes[at - 1] : '_';
    return is_separator(before) || is_digit(before) ||
           (is_large(here) && !is_large(before));
}

static bool
ends_with(struct text name, const char *secret)
{
    size_t left = strlen(secret), at = name.length;
    while (left > 0 && at > 0) {
        char byte = small(name.bytes[--at]);
        if (byte == secret[left - 1])
            left--;
        else if (!is_separator(byte))
            return false;
    }
    return left == 0 && is_begin(name, at);
}

/* password_2 is password. */
static struct text
without_number(struct text name)
{
    while (name.length > 0 && (is_digit(name.bytes[name.length - 1]) ||
                               is_separator(name.bytes[name.length - 1])))
        name.length--;
    return name;
}

bool
redacted_is(struct text name)
{
    if (inspected_redacts(name))
        return true;
    name = without_number(name);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (ends_with(name, secrets[i]))
            return true;
    return false;
}
