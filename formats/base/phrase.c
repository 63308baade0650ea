/* SPDX-License-Identifier: Apache-2.0
 *
 * phrase.c: see phrase.h.
 */
#include "formats/base/phrase.h"

#include <stdarg.h>
#include <stdio.h>

struct phrase
phrase_begin(char *text, size_t room)
{
    *text = '\0';
    return (struct phrase){text, 0, room};
}

void
phrase_add(struct phrase *phrase, const char *format, ...)
{
    size_t room = phrase->room - phrase->used;
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(phrase->text + phrase->used, room, format, arguments);
    va_end(arguments);
    if (count > 0)
        phrase->used += (size_t)count < room ? (size_t)count : room - 1;
}

void
phrase_add_count(struct phrase *phrase, uint64_t number, const char *one,
                 const char *many)
{
    char digits[PHRASE_DIGITS];
    phrase_add(phrase, "%s %s", phrase_digits(digits, number),
               number == 1 ? one : many);
}

char *
phrase_digits(char text[PHRASE_DIGITS], uint64_t number)
{
    char digits[24], *out = text;
    int count =
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}
