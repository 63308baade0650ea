/* SPDX-License-Identifier: Apache-2.0
 *
 * toml.h: reads a text in TOML 1.0 and hands out what stands in it, in its order.
 * It checks the text, not its meaning: two values for one key are told as two.
 */
#ifndef CODESNAP_TOML_H
#define CODESNAP_TOML_H

#include <stdbool.h>
#include <stddef.h>

enum {
    TOML_DEEPEST = 32 /* levels of keys, and of arrays and tables */
};

enum toml_kind {
    TOML_STRING,
    TOML_INTEGER, /* a decimal one, without its _ */
    TOML_BOOLEAN,
    TOML_OTHER,  /* a float, a date, a time, a number in another base */
    TOML_ARRAY,  /* its elements follow; those of an array in it do not */
    TOML_TABLE,  /* [KEY] or { }; what is in it follows, except of an element */
    TOML_TABLES, /* [[KEY]] */
};

struct toml_item {
    const char *keys[TOML_DEEPEST];
    size_t key_count;
    enum toml_kind kind;
    bool element; /* of the array that was told last */
    const char
        *text; /* of a string what it means, of other values as written */
    unsigned line;
};

struct toml_reader {
    /* 0, or -1 to stop. */
    int (*take)(void *context, const struct toml_item *item);
    void *context;
    unsigned line;     /* where it stopped, from 1 on */
    const char *error; /* why; NULL if `take` stopped it */
    char *texts; /* what all texts lie in; NULL, or the caller's to free */
};

/* 0, or -1 with line and error. */
int toml_read(struct toml_reader *reader, const char *text, size_t length);

#endif
