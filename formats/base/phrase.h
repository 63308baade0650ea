/* SPDX-License-Identifier: Apache-2.0
 *
 * phrase.h: words for a person, put together piece by piece in a buffer of
 * fixed size; what does not fit is cut.
 */
#ifndef CODESNAP_PHRASE_H
#define CODESNAP_PHRASE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct phrase {
    char *text; /* ends in NUL */
    size_t used, room;
};

/* An empty one in that buffer. */
struct phrase phrase_begin(char *text, size_t room);

void phrase_add(struct phrase *phrase, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void phrase_add_list(struct phrase *phrase, const char *format,
                     va_list arguments) __attribute__((format(printf, 2, 0)));

/* Write it as one line, in one write: control characters, from file names, as '?',
 * so that a line stays a line and a name cannot steer the terminal.  Nothing may
 * be added any more.  What fails is not said. */
void phrase_write_line(struct phrase *phrase, int fd);

/* "12,345 calls", "1 call". */
void phrase_add_count(struct phrase *phrase, uint64_t number, const char *one,
                      const char *many);

/* 12345 as "12,345", at text, which it returns. */
#define PHRASE_DIGITS 32
char *phrase_digits(char text[PHRASE_DIGITS], uint64_t number);

#endif
