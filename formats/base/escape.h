/* SPDX-License-Identifier: Apache-2.0
 *
 * escape.h: strings of the trace as JSON.  They are valid UTF-8 already, so
 * only what JSON itself forbids needs an escape.
 */
#ifndef CODESNAP_ESCAPE_H
#define CODESNAP_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

#include "formats/base/sink.h"

/* The bytes that the text takes inside of quotes, and writing them to room for
 * that many; returns the end. */
size_t escape_bytes(const char *text);
char *escape_copy(char *to, const char *text);

/* "key":"text", with the quotes; key is written as it is. */
void escape_member(struct sink *sink, const char *key, const char *text);
/* ,"key":count, behind another member. */
void escape_count(struct sink *sink, const char *key, uint64_t count);
/* The shortest decimal that is read back as that finite value, or nearly the
 * shortest; with a point, whatever the program's locale has. */
#define ESCAPE_NUMBER_BYTES 40
size_t escape_print(char to[ESCAPE_NUMBER_BYTES], double value);
void escape_number(struct sink *sink, double value);
/* The text in quotes. */
void escape_string(struct sink *sink, const char *text);

#endif
