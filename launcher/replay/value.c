/* SPDX-License-Identifier: Apache-2.0
 *
 * value.c: a parser by recursion, which goes no deeper than any output of ours
 * does.
 */
#include "launcher/replay/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"

enum {
    DEEPEST = 32
};

struct parser {
    const char *at, *end;
    unsigned depth;
};

static struct value *parse(struct parser *parser);

/* == LETTERS =============================================================== */

static void
skip_blanks(struct parser *parser)
{
    while (parser->at < parser->end && strchr(" \t\r\n", *parser->at) &&
           *parser->at)
        parser->at++;
}

static bool
take(struct parser *parser, char letter)
{
    skip_blanks(parser);
    if (parser->at == parser->end || *parser->at != letter)
        return false;
    parser->at++;
    return true;
}

static bool
take_word(struct parser *parser, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(parser->end - parser->at) < length ||
        memcmp(parser->at, word, length) != 0)
        return false;
    parser->at += length;
    return true;
}

/* == TEXTS ================================================================= */

static size_t
put_character(char *to, unsigned code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* The four digits of \uXXXX; -1 where there are none. */
static int
take_hex(struct parser *parser)
{
    char digits[5] = "", *end;
    if (parser->end - parser->at < 4)
        return -1;
    memcpy(digits, parser->at, 4);
    long code = strtol(digits, &end, 16);
    if (end != digits + 4 || code < 0)
        return -1;
    parser->at += 4;
    return (int)code;
}

/* Behind \u; half a pair is left for text_clean. */
static int
take_code(struct parser *parser)
{
    int high = take_hex(parser), low;
    if (high < 0xd800 || high > 0xdbff || !take_word(parser, "\\u"))
        return high;
    low = take_hex(parser);
    if (low < 0xdc00 || low > 0xdfff)
        return low < 0 ? -1 : 0xfffd;
    return 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00);
}

/* One character of a text into at most 4 bytes; 0 where it is none. */
static size_t
take_character(struct parser *parser, char *to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    char letter = *parser->at++;
    if (letter != '\\') {
        *to = letter;
        return 1;
    }
    if (parser->at == parser->end)
        return 0;
    letter = *parser->at++;
    if (letter == 'u') {
        int code = take_code(parser);
        return code < 0 ? 0 : put_character(to, (unsigned)code);
    }
    const char *known = letter ? strchr(from, letter) : NULL;
    if (!known)
        return 0;
    *to = into[known - from];
    return 1;
}

/* Behind the opening quote. */
static char *
take_text(struct parser *parser)
{
    const char *close = parser->at;
    while (close < parser->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= parser->end) {
        errno = EINVAL;
        return NULL;
    }
    char *raw = malloc((size_t)(close - parser->at) + 4), *clean = NULL;
    size_t used = 0, bytes = 1;
    while (raw && bytes && parser->at < close)
        used += bytes = take_character(parser, raw + used);
    parser->at = close + 1;
    if (raw && bytes)
        clean = text_clean(raw, used);
    else if (raw)
        errno = EINVAL;
    free(raw);
    return clean;
}

/* == VALUES ================================================================ */

static struct value *
give_up(struct value *value, int cause)
{
    value_free(value);
    errno = cause;
    return NULL;
}

static struct value *
take_member(struct parser *parser, bool object)
{
    char *key = NULL;
    if (object && (!take(parser, '"') || !(key = take_text(parser)) ||
                   !take(parser, ':'))) {
        free(key);
        errno = EINVAL;
        return NULL;
    }
    struct value *member = parse(parser);
    if (member)
        member->key = key;
    else
        free(key);
    return member;
}

static struct value *
take_members(struct parser *parser, struct value *value, char close)
{
    struct value **last = &value->first;
    if (take(parser, close))
        return value;
    do {
        if (!(*last = take_member(parser, close == '}')))
            return give_up(value, errno);
        last = &(*last)->next;
    } while (take(parser, ','));
    return take(parser, close) ? value : give_up(value, EINVAL);
}

static struct value *
take_number(struct parser *parser, struct value *value)
{
    const char *begin = parser->at;
    while (parser->at < parser->end && *parser->at &&
           strchr("+-.0123456789eE", *parser->at))
        parser->at++;
    if (parser->at == begin)
        return give_up(value, EINVAL);
    for (const char *at = begin; at < parser->at; at++) {
        if (*at < '0' || *at > '9') {
            value->number = 0;
            break;
        }
        value->number = value->number * 10 + (uint64_t)(*at - '0');
    }
    return value;
}

static struct value *
parse(struct parser *parser)
{
    struct value *value = calloc(1, sizeof *value);
    if (!value || parser->depth == DEEPEST)
        return give_up(value, value ? EINVAL : ENOMEM);
    parser->depth++;
    skip_blanks(parser);
    if (take(parser, '{')) {
        value->kind = VALUE_OBJECT;
        value = take_members(parser, value, '}');
    } else if (take(parser, '[')) {
        value->kind = VALUE_LIST;
        value = take_members(parser, value, ']');
    } else if (take(parser, '"')) {
        value->kind = VALUE_TEXT;
        if (!(value->text = take_text(parser)))
            value = give_up(value, errno);
    } else if (take_word(parser, "true"))
        value->kind = VALUE_TRUE;
    else if (take_word(parser, "false"))
        value->kind = VALUE_FALSE;
    else if (!take_word(parser, "null")) {
        value->kind = VALUE_NUMBER;
        value = take_number(parser, value);
    }
    parser->depth--;
    return value;
}

struct value *
value_parse(const char *text, size_t count)
{
    struct parser parser = {.at = text, .end = text + count};
    struct value *value = parse(&parser);
    skip_blanks(&parser);
    return value && parser.at != parser.end ? give_up(value, EINVAL) : value;
}

void
value_free(struct value *value)
{
    while (value) {
        struct value *next = value->next;
        value_free(value->first);
        free(value->key);
        free(value->text);
        free(value);
        value = next;
    }
}

/* == ASKING ================================================================ */

const struct value *
value_member(const struct value *object, const char *key)
{
    if (!object || object->kind != VALUE_OBJECT)
        return NULL;
    for (const struct value *at = object->first; at; at = at->next)
        if (strcmp(at->key, key) == 0)
            return at;
    return NULL;
}

const struct value *
value_first(const struct value *list)
{
    return list && list->kind == VALUE_LIST ? list->first : NULL;
}

uint64_t
value_number(const struct value *object, const char *key)
{
    const struct value *value = value_member(object, key);
    return value && value->kind == VALUE_NUMBER ? value->number : 0;
}

const char *
value_text(const struct value *object, const char *key)
{
    const struct value *value = value_member(object, key);
    return value && value->kind == VALUE_TEXT ? value->text : "";
}

bool
value_is_true(const struct value *object, const char *key)
{
    const struct value *value = value_member(object, key);
    return value && value->kind == VALUE_TRUE;
}
