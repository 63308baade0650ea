/* SPDX-License-Identifier: Apache-2.0
 *
 * jsonobject.c: checks JSON by descending into it, writing what it has read
 * back over it.  See jsonobject.h.
 */
#include "formats/trace/jsonobject.h"

#include <stdint.h>
#include <string.h>

#define DEEPEST 64

struct cleaning {
    const char *from, *end;
    char *to; /* never beyond from */
    unsigned depth;
};

static bool clean_value(struct cleaning *cleaning);

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void
skip_blanks(struct cleaning *cleaning)
{
    while (cleaning->from < cleaning->end &&
           memchr(" \t\r\n", *cleaning->from, 4) != NULL)
        cleaning->from++;
}

static char
peek(const struct cleaning *cleaning)
{
    return cleaning->from < cleaning->end ? *cleaning->from : '\0';
}

static bool
take(struct cleaning *cleaning, char wanted)
{
    if (peek(cleaning) != wanted)
        return false;
    *cleaning->to++ = *cleaning->from++;
    return true;
}

/* == STRINGS ================================================================ */

/* The four digits of \uXXXX at text, or -1. */
static int32_t
hexadecimal(const char *text, const char *end)
{
    int32_t code = 0;
    if (end - text < 6 || text[0] != '\\' || text[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        static const char digits[] = "0123456789abcdef";
        char byte =
            text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] | 32) : text[i];
        const char *digit = memchr(digits, byte, 16);
        if (digit == NULL)
            return -1;
        code = code * 16 + (int32_t)(digit - digits);
    }
    return code;
}

static char *
put_utf8(char *to, int32_t code)
{
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
    *to++ = (char)(leads[more] | code >> 6 * more);
    while (more-- > 0)
        *to++ = (char)(0x80 | (code >> 6 * more & 0x3F));
    return to;
}

static bool
clean_unicode(struct cleaning *cleaning)
{
    int32_t code = hexadecimal(cleaning->from, cleaning->end);
    if (code < 0)
        return false;
    if (code < 0x80) {
        memmove(cleaning->to, cleaning->from, 6);
        cleaning->to += 6;
        cleaning->from += 6;
        return true;
    }
    cleaning->from += 6;
    if ((code & 0xF800) == 0xD800) {
        int32_t low = hexadecimal(cleaning->from, cleaning->end);
        bool pair = (code & 0xFC00) == 0xD800 && (low & ~0x3FF) == 0xDC00;
        code = pair ? 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF) : 0xFFFD;
        cleaning->from += pair ? 6 : 0;
    }
    cleaning->to = put_utf8(cleaning->to, code);
    return true;
}

static bool
clean_escape(struct cleaning *cleaning)
{
    const char *from = cleaning->from;
    if (cleaning->end - from < 2)
        return false;
    if (from[1] == 'u')
        return clean_unicode(cleaning);
    if (memchr("\"\\/bfnrt", from[1], 8) == NULL)
        return false;
    return take(cleaning, '\\') && take(cleaning, *cleaning->from);
}

static bool
clean_string(struct cleaning *cleaning)
{
    if (!take(cleaning, '"'))
        return false;
    while (cleaning->from < cleaning->end) {
        char byte = *cleaning->from;
        if (byte == '"')
            return take(cleaning, '"');
        if ((unsigned char)byte < ' ')
            return false;
        if (byte != '\\')
            take(cleaning, byte);
        else if (!clean_escape(cleaning))
            return false;
    }
    return false;
}

/* == NUMBERS AND WORDS ====================================================== */

static bool
clean_digits(struct cleaning *cleaning)
{
    if (!is_digit(peek(cleaning)))
        return false;
    while (is_digit(peek(cleaning)))
        take(cleaning, *cleaning->from);
    return true;
}

static bool
clean_number(struct cleaning *cleaning)
{
    take(cleaning, '-');
    if (!take(cleaning, '0') && !clean_digits(cleaning))
        return false;
    if (take(cleaning, '.') && !clean_digits(cleaning))
        return false;
    if (!take(cleaning, 'e') && !take(cleaning, 'E'))
        return true;
    if (!take(cleaning, '-'))
        take(cleaning, '+');
    return clean_digits(cleaning);
}

static bool
clean_word(struct cleaning *cleaning, const char *word)
{
    for (; *word != '\0'; word++)
        if (!take(cleaning, *word))
            return false;
    return true;
}

/* == OBJECTS AND LISTS ====================================================== */

static bool
clean_member(struct cleaning *cleaning)
{
    skip_blanks(cleaning);
    if (!clean_string(cleaning))
        return false;
    skip_blanks(cleaning);
    return take(cleaning, ':') && clean_value(cleaning);
}

static bool
clean_parts(struct cleaning *cleaning, char begin, char end,
            bool (*part)(struct cleaning *))
{
    if (!take(cleaning, begin) || ++cleaning->depth > DEEPEST)
        return false;
    skip_blanks(cleaning);
    cleaning->depth -= peek(cleaning) == end;
    if (take(cleaning, end))
        return true;
    do {
        if (!part(cleaning))
            return false;
        skip_blanks(cleaning);
    } while (take(cleaning, ','));
    cleaning->depth--;
    return take(cleaning, end);
}

static bool
clean_value(struct cleaning *cleaning)
{
    skip_blanks(cleaning);
    switch (peek(cleaning)) {
    case '{': return clean_parts(cleaning, '{', '}', clean_member);
    case '[': return clean_parts(cleaning, '[', ']', clean_value);
    case '"': return clean_string(cleaning);
    case 't': return clean_word(cleaning, "true");
    case 'f': return clean_word(cleaning, "false");
    case 'n': return clean_word(cleaning, "null");
    default: return clean_number(cleaning);
    }
}

size_t
jsonobject_clean(char *text, size_t count)
{
    struct cleaning cleaning = {text, text + count, text, 0};
    skip_blanks(&cleaning);
    if (!clean_parts(&cleaning, '{', '}', clean_member))
        return 0;
    skip_blanks(&cleaning);
    return cleaning.from == cleaning.end ? (size_t)(cleaning.to - text) : 0;
}

/* == MEMBERS ================================================================ */

/* Behind the string that starts at text. */
static const char *
behind_string(const char *text)
{
    for (text++; *text != '"'; text++)
        text += *text == '\\';
    return text + 1;
}

static const char *
behind_value(const char *text)
{
    unsigned depth = 0;
    for (; depth > 0 || (*text != ',' && *text != '}'); text++) {
        if (*text == '"') {
            text = behind_string(text) - 1;
            continue;
        }
        depth += *text == '{' || *text == '[';
        depth -= *text == '}' || *text == ']';
    }
    return text;
}

bool
jsonobject_next(const char **at, struct jsonobject_member *member)
{
    const char *key = *at + 1; /* behind { or , */
    if (**at == '}' || *key != '"')
        return false;
    member->key = key + 1;
    const char *value = behind_string(key);
    member->key_bytes = (size_t)(value - 1 - member->key);
    member->value = ++value;
    *at = behind_value(value);
    member->value_bytes = (size_t)(*at - value);
    return true;
}
