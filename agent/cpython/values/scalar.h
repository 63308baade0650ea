/* SPDX-License-Identifier: Apache-2.0
 *
 * scalar.h: values that have no other values inside, and the names of types.
 */
#ifndef CODESNAP_SCALAR_H
#define CODESNAP_SCALAR_H

#include "agent/cpython/values/valuetext.h"

/* None, a bool, int, float, str or bytes, a class, a function; false for anything
 * else. */
bool scalar_put(struct valuetext *text, PyObject *value, size_t characters,
                size_t bytes);
/* What a dictionary has for a key, other than a str, without quotes. */
void scalar_put_key(struct valuetext *text, PyObject *key);
/* module.Type, without quotes. */
void scalar_put_type(struct valuetext *text, PyTypeObject *type);

#endif
