/* SPDX-License-Identifier: Apache-2.0
 *
 * text.h: strings as the traced programs had them, made fit to be shown: valid
 * UTF-8 without NUL, arguments quoted as a shell would need them.  Every text
 * returned is malloc'ed and NUL-ended; NULL when memory is short.
 */
#ifndef CODESNAP_TEXT_H
#define CODESNAP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A copy in which whatever is not UTF-8 (a lone surrogate's three bytes as one
 * thing) and every NUL is U+FFFD. */
char *text_clean(const char *bytes, size_t count);
/* The same into room for 3 * count + 1 bytes; returns the length. */
size_t text_clean_into(char *to, const char *bytes, size_t count);

/* Arguments, each ended by NUL, as one clean line for a shell. */
char *text_command(const char *arguments, size_t count);

/* What to call a process with these arguments: the script or the module that
 * the interpreter runs, else the executable's base name. */
char *text_process_name(const char *executable, size_t executable_bytes,
                        const char *arguments, size_t count);

/* Where the last part of a path starts; a name in <> has no parts. */
const char *text_base(const char *path);

bool text_starts_with(const char *text, const char *start);
bool text_ends_with(const char *text, const char *end);

/* Puts value, which was allocated, in the text's place; -1 if it is NULL. */
int text_replace(char **text, char *value);

#endif
