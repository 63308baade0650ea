/* SPDX-License-Identifier: Apache-2.0
 *
 * plaintext.h: values in a text for people, without quotes, in a buffer of fixed size;
 * what does not fit is cut.  Between guard_enter and guard_leave; no code of the
 * program's runs.
 */
#ifndef CODESNAP_PLAINTEXT_H
#define CODESNAP_PLAINTEXT_H

#include "agent/cpython/abi/python.h"

struct plaintext {
    char *bytes; /* UTF-8 */
    size_t used, room;
};

void plaintext_put(struct plaintext *text, const char *bytes, size_t count);
void plaintext_puts(struct plaintext *text, const char *bytes);
/* One character, whole or not at all. */
void plaintext_put_character(struct plaintext *text, uint32_t character);

/* A str as it is; None, a bool, a number or bytes as Python writes them; of anything
 * else "<module.Type>".  NULL is nothing. */
void plaintext_put_value(struct plaintext *text, PyObject *value);

/* What logging makes of a message and its arguments: each %s, %d and so on is the
 * next of them, %(name)s the one of that name; how wide it is to be is not looked at.
 * Either may be NULL. */
void plaintext_put_message(struct plaintext *text, PyObject *message,
                           PyObject *arguments);

#endif
