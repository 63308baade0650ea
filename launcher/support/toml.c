/* SPDX-License-Identifier: Apache-2.0
 *
 * toml.c: see toml.h.  One pass, a function for each thing of the grammar.  A text
 * that is handed out is never longer than it was written, so one block holds all.
 */
#include "launcher/support/toml.h"

#include <stdlib.h>
#include <string.h>

#include "launcher/support/tomlscan.h"

struct toml {
    struct toml_reader *reader;
    struct tomlscan scan;
    struct toml_item item;
    size_t level, muted;
};

/* == KEYS ================================================================== */

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static int
read_key(struct toml *toml)
{
    struct toml_item *item = &toml->item;
    const char **key = &item->keys[item->key_count];
    if (item->key_count == TOML_DEEPEST)
        return tomlscan_fail(&toml->scan, "the key has too many parts");
    item->key_count++;
    if (tomlscan_sees_any(&toml->scan, "\"'"))
        return tomlscan_sees(&toml->scan, "\"\"\"") ||
                       tomlscan_sees(&toml->scan, "'''")
                   ? tomlscan_fail(&toml->scan, "a key has one line")
                   : tomlscan_read_string(&toml->scan, key);
    *key = toml->scan.room;
    while (tomlscan_sees_any(&toml->scan, LETTERS DIGITS "_-"))
        tomlscan_put(&toml->scan, *toml->scan.at++);
    if (*key == toml->scan.room)
        return tomlscan_fail(&toml->scan,
                             "a key is missing, as in key = \"value\"");
    tomlscan_put(&toml->scan, '\0');
    return 0;
}

/* a . "b" . c, with blanks around. */
static int
read_keys(struct toml *toml)
{
    do {
        tomlscan_skip_blanks(&toml->scan);
        if (read_key(toml) < 0)
            return -1;
        tomlscan_skip_blanks(&toml->scan);
    } while (tomlscan_skip(&toml->scan, "."));
    return 0;
}

/* == VALUES ================================================================ */

static int
tell(struct toml *toml, enum toml_kind kind, const char *text, unsigned line)
{
    toml->item.kind = kind;
    toml->item.text = text;
    toml->item.line = line;
    if (toml->muted)
        return 0;
    return toml->reader->take(toml->reader->context, &toml->item);
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Digits with single _ between them, no 0 in front; the _ go. */
static bool
is_integer(char *text)
{
    char *from = text + (*text == '+' || *text == '-'), *to = from;
    if (*from == '0' && from[1])
        return false;
    for (char *at = from; *at; at++) {
        bool between = at > from && is_digit(at[-1]) && is_digit(at[1]);
        if (!is_digit(*at) && !(*at == '_' && between))
            return false;
    }
    for (char *at = from; *at; at++)
        if (*at != '_')
            *to++ = *at;
    *to = '\0';
    return to > from;
}

/* A float, a date, a time, a number in another base: by its letters alone. */
static bool
is_other(const char *text)
{
    text += *text == '+' || *text == '-';
    if (strcmp(text, "inf") == 0 || strcmp(text, "nan") == 0)
        return true;
    if (*text == '0' && text[1] && strchr("xob", text[1]))
        return text[2] && !text[2 + strspn(text + 2, DIGITS "_abcdefABCDEF")];
    return is_digit(*text) && strpbrk(text, ".eE:-") &&
           !text[strspn(text, DIGITS "_.:+-eETZtz ")];
}

static void
read_word(struct toml *toml)
{
    while (tomlscan_sees_any(&toml->scan, LETTERS DIGITS "_+-.:"))
        tomlscan_put(&toml->scan, *toml->scan.at++);
}

/* What stands in no quotes; of a date and a time there is a blank between both. */
static int
read_bare(struct toml *toml)
{
    char *text = toml->scan.room;
    unsigned line = toml->scan.line;
    read_word(toml);
    if (toml->scan.room - text == 10 && text[4] == '-' &&
        tomlscan_sees(&toml->scan, " ") && toml->scan.end - toml->scan.at > 1 &&
        is_digit(toml->scan.at[1])) {
        tomlscan_put(&toml->scan, *toml->scan.at++);
        read_word(toml);
    }
    tomlscan_put(&toml->scan, '\0');
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return tell(toml, TOML_BOOLEAN, text, line);
    if (is_integer(text))
        return tell(toml, TOML_INTEGER, text, line);
    if (is_other(text))
        return tell(toml, TOML_OTHER, text, line);
    return tomlscan_fail(&toml->scan,
                         *text ? "this is no value; a text stands in quotes"
                               : "there is no value: key = \"value\"");
}

static int read_value(struct toml *toml);

/* What has no end is told with the line in which it begins. */
static int
fail_from(struct toml *toml, unsigned line, const char *error)
{
    toml->scan.line = line;
    return tomlscan_fail(&toml->scan, error);
}

static int
read_elements(struct toml *toml)
{
    unsigned line = toml->scan.line;
    for (tomlscan_skip_lines(&toml->scan); !tomlscan_skip(&toml->scan, "]");
         tomlscan_skip_lines(&toml->scan)) {
        if (toml->scan.at == toml->scan.end)
            return fail_from(toml, line, "the array has no end");
        toml->item.element = true;
        if (read_value(toml) < 0)
            return -1;
        tomlscan_skip_lines(&toml->scan);
        if (!tomlscan_skip(&toml->scan, ",") &&
            !tomlscan_sees(&toml->scan, "]"))
            return tomlscan_fail(&toml->scan,
                                 "a , or ] is missing in the array");
    }
    return 0;
}

/* KEY = VALUE. */
static int
read_pair(struct toml *toml)
{
    size_t count = toml->item.key_count;
    if (read_keys(toml) < 0)
        return -1;
    if (!tomlscan_skip(&toml->scan, "="))
        return tomlscan_fail(&toml->scan, "a = is missing behind the key");
    tomlscan_skip_blanks(&toml->scan);
    toml->item.element = false;
    int result = read_value(toml);
    toml->item.key_count = count;
    return result;
}

static int
read_pairs(struct toml *toml)
{
    unsigned line = toml->scan.line;
    for (tomlscan_skip_lines(&toml->scan); !tomlscan_skip(&toml->scan, "}");
         tomlscan_skip_lines(&toml->scan)) {
        if (toml->scan.at == toml->scan.end)
            return fail_from(toml, line, "the table has no end");
        if (read_pair(toml) < 0)
            return -1;
        tomlscan_skip_lines(&toml->scan);
        if (!tomlscan_skip(&toml->scan, ",") &&
            !tomlscan_sees(&toml->scan, "}"))
            return tomlscan_fail(&toml->scan,
                                 "a , or } is missing in the table");
    }
    return 0;
}

/* Of an array in an array, and of a table in one, nobody hears more than that. */
static int
read_inside(struct toml *toml, enum toml_kind kind)
{
    bool element = toml->item.element;
    if (++toml->level > TOML_DEEPEST)
        return tomlscan_fail(&toml->scan, "there are too many levels");
    toml->scan.at++;
    if (tell(toml, kind, "", toml->scan.line) < 0)
        return -1;
    toml->muted += element;
    int result = (kind == TOML_ARRAY ? read_elements : read_pairs)(toml);
    toml->muted -= element;
    toml->item.element = element;
    toml->level--;
    return result;
}

static int
read_value(struct toml *toml)
{
    unsigned line = toml->scan.line;
    const char *text;
    if (tomlscan_sees(&toml->scan, "["))
        return read_inside(toml, TOML_ARRAY);
    if (tomlscan_sees(&toml->scan, "{"))
        return read_inside(toml, TOML_TABLE);
    if (!tomlscan_sees_any(&toml->scan, "\"'"))
        return read_bare(toml);
    if (tomlscan_read_string(&toml->scan, &text) < 0)
        return -1;
    return tell(toml, TOML_STRING, text, line);
}

/* == LINES ================================================================= */

/* [KEY] or [[KEY]]: what follows is in there. */
static int
read_header(struct toml *toml)
{
    bool many = tomlscan_skip(&toml->scan, "[[");
    toml->scan.at += !many;
    toml->item.key_count = 0;
    toml->item.element = false;
    if (read_keys(toml) < 0)
        return -1;
    if (!tomlscan_skip(&toml->scan, many ? "]]" : "]"))
        return tomlscan_fail(&toml->scan,
                             "a ] is missing behind the table's name");
    return tell(toml, many ? TOML_TABLES : TOML_TABLE, "", toml->scan.line);
}

static int
read_all(struct toml *toml)
{
    tomlscan_skip(&toml->scan, "\xef\xbb\xbf");
    for (tomlscan_skip_lines(&toml->scan); toml->scan.at < toml->scan.end;
         tomlscan_skip_lines(&toml->scan))
        if ((tomlscan_sees(&toml->scan, "[") ? read_header : read_pair)(toml) <
                0 ||
            tomlscan_end_line(&toml->scan) < 0)
            return -1;
    return 0;
}

int
toml_read(struct toml_reader *reader, const char *text, size_t length)
{
    struct toml toml = {.reader = reader};
    reader->texts = malloc(2 * length + 1);
    toml.scan = (struct tomlscan){text, text + length, reader->texts, 1, NULL};
    int result = reader->texts
                     ? read_all(&toml)
                     : tomlscan_fail(&toml.scan, "there is no memory");
    reader->line = toml.scan.line;
    reader->error = toml.scan.error;
    return result;
}
