/* SPDX-License-Identifier: Apache-2.0
 *
 * phrase.c: see phrase.h.
 */
#include "formats/base/phrase.h"

#include <stdio.h>
#include <unistd.h>

struct phrase
phrase_begin(char *text, size_t room)
{
    *text = '\0';
    return (struct phrase){text, 0, room};
}

void
phrase_add_list(struct phrase *phrase, const char *format, va_list arguments)
{
    size_t room = phrase->room - phrase->used;
    int count = vsnprintf(phrase->text + phrase->used, room, format, arguments);
    if (count > 0)
        phrase->used += (size_t)count < room ? (size_t)count : room - 1;
}

void
phrase_add(struct phrase *phrase, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    phrase_add_list(phrase, format, arguments);
    va_end(arguments);
}

void
phrase_write_line(struct phrase *phrase, int fd)
{
    for (char *at = phrase->text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    phrase->text[phrase->used] = '\n'; /* where its NUL was */
    if (write(fd, phrase->text, phrase->used + 1) < 0) {
        /* There is nobody to tell. */
    }
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
