/* SPDX-License-Identifier: Apache-2.0
 *
 * value.h: JSON as a tree.  For tables, which are bounded by names; not for
 * events.
 */
#ifndef CODESNAP_VALUE_H
#define CODESNAP_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
    VALUE_NULL,
    VALUE_FALSE,
    VALUE_TRUE,
    VALUE_NUMBER,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_OBJECT
};

struct value {
    enum value_kind kind;
    char *key;       /* in an object, else NULL */
    char *text;      /* of a text: valid UTF-8 without NUL */
    uint64_t number; /* of a number that is none below 0 and has no fraction */
    struct value *first, *next; /* members, in their order */
};

/* What the count bytes say.  NULL with errno: EINVAL where that is no JSON. */
struct value *value_parse(const char *text, size_t count);
void value_free(struct value *value);

/* All take NULL, and what is of another kind, for nothing: NULL, 0, "", false. */
const struct value *value_member(const struct value *object, const char *key);
const struct value *value_first(const struct value *list);
uint64_t value_number(const struct value *object, const char *key);
const char *value_text(const struct value *object, const char *key);
bool value_is_true(const struct value *object, const char *key);

#endif
