/* SPDX-License-Identifier: Apache-2.0
 *
 * valuetext.c: see valuetext.h.
 */
#include "agent/cpython/values/valuetext.h"

#include <string.h>

#include "formats/base/phrase.h"

struct valuetext
valuetext_begin(char *bytes, size_t room)
{
    return (struct valuetext){bytes, 0, room, false};
}

void
valuetext_put(struct valuetext *text, const char *bytes, size_t count)
{
    if (text->full || count > text->limit - text->used) {
        text->full = true;
        return;
    }
    memcpy(text->bytes + text->used, bytes, count);
    text->used += count;
}

void
valuetext_puts(struct valuetext *text, const char *bytes)
{
    valuetext_put(text, bytes, strlen(bytes));
}

/* == STRINGS ============================================================== */

/* One character: what JSON forbids is escaped, half a surrogate pair U+FFFD. */
static void
put_character(struct valuetext *text, uint32_t c)
{
    static const char digits[] = "0123456789abcdef";
    char bytes[6] = {'\\', 'u', '0', '0', digits[c >> 4 & 15], digits[c & 15]};
    if (c >= 0xd800 && c < 0xe000)
        c = 0xfffd;
    if (c < 0x20 || c == 0x7f) {
        valuetext_put(text, bytes, 6);
    } else if (c < 0x80) {
        bytes[1] = (char)c;
        bool quoted = c == '"' || c == '\\';
        valuetext_put(text, bytes + !quoted, 1 + (size_t)quoted);
    } else {
        size_t count = 2 + (size_t)(c >= 0x800) + (c >= 0x10000);
        for (size_t i = count - 1; i > 0; i--, c >>= 6)
            bytes[i] = (char)(0x80 | (c & 0x3f));
        bytes[0] = (char)(0xf00 >> count | c);
        valuetext_put(text, bytes, count);
    }
}

void
valuetext_escape(struct valuetext *text, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_character(text, (unsigned char)bytes[i]);
}

void
valuetext_str(struct valuetext *text, PyObject *str, size_t most)
{
    Py_ssize_t length = py.PyUnicode_GetLength(str);
    for (Py_ssize_t i = 0; i < length && (size_t)i < most && !text->full; i++)
        put_character(text, py.PyUnicode_ReadChar(str, i));
    if (length <= (Py_ssize_t)most)
        return;
    char rest[48];
    struct phrase phrase = phrase_begin(rest, sizeof rest);
    phrase_add(&phrase, "\xe2\x80\xa6 and %zu more", (size_t)length - most);
    valuetext_puts(text, rest);
}

/* == ARRAYS AND OBJECTS =================================================== */

bool
valuetext_open(struct valuetext *text, char bracket)
{
    if (text->full || text->limit - text->used <= VALUETEXT_RESERVE) {
        text->full = true;
        return false;
    }
    text->limit -= VALUETEXT_RESERVE;
    valuetext_put(text, &bracket, 1);
    return true;
}

static bool
is_empty(const struct valuetext *text)
{
    char last = text->bytes[text->used - 1];
    return last == '[' || last == '{';
}

void
valuetext_close(struct valuetext *text, char bracket, size_t missing)
{
    char more[VALUETEXT_RESERVE];
    struct phrase phrase = phrase_begin(more, sizeof more);
    text->limit += VALUETEXT_RESERVE;
    if (missing > 0)
        phrase_add(&phrase,
                   bracket == ']' ? "%s{\"<more>\":%zu}" : "%s\"<more>\":%zu",
                   is_empty(text) ? "" : ",", missing);
    valuetext_puts(text, more);
    valuetext_put(text, &bracket, 1);
}

size_t
valuetext_mark(struct valuetext *text)
{
    size_t mark = text->used;
    if (!is_empty(text))
        valuetext_put(text, ",", 1);
    return mark;
}

bool
valuetext_keep(struct valuetext *text, size_t mark)
{
    if (!text->full)
        return true;
    text->used = mark;
    text->full = false;
    return false;
}
