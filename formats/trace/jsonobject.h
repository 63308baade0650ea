/* SPDX-License-Identifier: Apache-2.0
 *
 * jsonobject.h: the JSON object that an instant carries, as text.  It comes
 * from the program and maybe through a damaged file, and goes into outputs that
 * one wrong byte would spoil, so it is checked once, by the reader.
 */
#ifndef CODESNAP_JSONOBJECT_H
#define CODESNAP_JSONOBJECT_H

#include <stdbool.h>
#include <stddef.h>

/* Make the text, which is valid UTF-8, the shortest strict JSON that says the
 * same, in place: no blanks, and no \u escape of what UTF-8 can say (half a
 * surrogate pair is U+FFFD), since some readers refuse a whole file for one.
 * Returns its length, or 0 if it is not one whole object. */
size_t jsonobject_clean(char *text, size_t count);

/* One member of a clean object, both parts as they are there: the key with its
 * escapes and without its quotes, the value with all. */
struct jsonobject_member {
    const char *key, *value;
    size_t key_bytes, value_bytes;
};

/* The first member where *at is the object's text, then the next ones; false
 * behind the last one. */
bool jsonobject_next(const char **at, struct jsonobject_member *member);

#endif
