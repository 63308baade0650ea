/* SPDX-License-Identifier: Apache-2.0
 *
 * secretwords.c: see secretwords.h.
 */
#include "agent/cpython/values/secretwords.h"

#include <stdbool.h>
#include <string.h>

#include "agent/cpython/values/redacted.h"

struct cleaning {
    const char *from, *end;
    char *to;
    size_t room, used;
};

static void
put(struct cleaning *cleaning, const char *bytes, size_t count)
{
    size_t left = cleaning->room - cleaning->used;
    size_t part = count < left ? count : left;
    memcpy(cleaning->to + cleaning->used, bytes, part);
    cleaning->used += part;
}

static void
put_mark(struct cleaning *cleaning)
{
    put(cleaning, SECRETWORDS_MARK, sizeof SECRETWORDS_MARK - 1);
}

static void
pass(struct cleaning *cleaning, const char *until)
{
    put(cleaning, cleaning->from, (size_t)(until - cleaning->from));
    cleaning->from = until;
}

/* == NAMES ================================================================ */

static bool
is_of_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
}

static const char *
end_of_name(const struct cleaning *cleaning)
{
    const char *at = cleaning->from;
    while (at < cleaning->end && is_of_name(*at))
        at++;
    return at;
}

static const char *
skip(const struct cleaning *cleaning, const char *at, const char *bytes)
{
    while (at < cleaning->end && *at && strchr(bytes, *at))
        at++;
    return at;
}

/* Where its value begins: behind = or :, or a blank where the name is an option;
 * NULL: it is none. */
static const char *
value_of(const struct cleaning *cleaning, const char *name, const char *behind)
{
    const char *at = skip(cleaning, behind, "\"' ");
    if (at < cleaning->end && (*at == '=' || *at == ':'))
        return skip(cleaning, at + 1, "\"' ");
    bool option = behind - name > 2 && name[0] == '-' && name[1] == '-';
    return option && behind < cleaning->end && *behind == ' '
               ? skip(cleaning, behind, "\"' ")
               : NULL;
}

static const char *
end_of_value(const struct cleaning *cleaning, const char *at)
{
    while (at < cleaning->end && !strchr(" \t\r\n,;&\"')}]", *at))
        at++;
    return at;
}

static bool
is_scheme(const char *at, const char *end)
{
    static const char *const schemes[] = {"Bearer", "Basic", "Token", "Digest"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strlen(schemes[i]) == (size_t)(end - at) &&
            strncmp(schemes[i], at, (size_t)(end - at)) == 0)
            return true;
    return false;
}

/* What is left of the text begins with a name. */
static void
clean_name(struct cleaning *cleaning)
{
    const char *name = cleaning->from, *behind = end_of_name(cleaning);
    const struct text text = {name, (uint32_t)(behind - name)};
    const char *value =
        redacted_is(text) ? value_of(cleaning, name, behind) : NULL;
    if (!value || value == cleaning->end) {
        pass(cleaning, behind);
        return;
    }
    pass(cleaning, value);
    const char *end = end_of_value(cleaning, value);
    if (is_scheme(value, end) && end < cleaning->end) {
        pass(cleaning, skip(cleaning, end, " "));
        end = end_of_value(cleaning, cleaning->from);
    }
    put_mark(cleaning);
    cleaning->from = end;
}

/* == WHAT HAS NO NAME ===================================================== */

/* Of ://user:password@host the password. */
static bool
clean_address(struct cleaning *cleaning)
{
    const char *at = cleaning->from + 3, *colon = NULL;
    if (cleaning->end - cleaning->from < 3 ||
        memcmp(cleaning->from, "://", 3) != 0)
        return false;
    for (; at < cleaning->end && !strchr(" \t\r\n/?#\"'@", *at); at++)
        if (*at == ':' && !colon)
            colon = at;
    if (!colon || at == cleaning->end || *at != '@')
        return false;
    pass(cleaning, colon + 1);
    put_mark(cleaning);
    cleaning->from = at;
    return true;
}

/* 'it''s' is one. */
static void
clean_quoted(struct cleaning *cleaning)
{
    const char *at = cleaning->from + 1;
    while (at < cleaning->end &&
           (*at != '\'' || (at + 1 < cleaning->end && at[1] == '\'')))
        at += *at == '\'' ? 2 : 1;
    put(cleaning, "'?'", 3);
    cleaning->from = at < cleaning->end ? at + 1 : cleaning->end;
}

/* A character is not cut in two. */
static size_t
whole(const char *bytes, size_t count)
{
    size_t begin = count;
    while (begin > 0 && count - begin < 4 &&
           ((unsigned char)bytes[begin - 1] & 0xc0) == 0x80)
        begin--;
    if (begin == 0 || ((unsigned char)bytes[begin - 1] & 0xc0) != 0xc0)
        return count;
    unsigned char first = (unsigned char)bytes[begin - 1];
    size_t needed = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    return count - begin + 1 < needed ? begin - 1 : count;
}

static size_t
clean(struct cleaning *cleaning, bool quoted)
{
    while (cleaning->from < cleaning->end && cleaning->used < cleaning->room) {
        if (is_of_name(*cleaning->from))
            clean_name(cleaning);
        else if (quoted && *cleaning->from == '\'')
            clean_quoted(cleaning);
        else if (!clean_address(cleaning))
            pass(cleaning, cleaning->from + 1);
    }
    return cleaning->used == cleaning->room
               ? whole(cleaning->to, cleaning->used)
               : cleaning->used;
}

size_t
secretwords_clean(char *to, size_t room, const char *from, size_t length)
{
    struct cleaning cleaning = {from, from + length, to, room, 0};
    return clean(&cleaning, false);
}

size_t
secretwords_clean_sql(char *to, size_t room, const char *from, size_t length)
{
    struct cleaning cleaning = {from, from + length, to, room, 0};
    return clean(&cleaning, true);
}
