/* SPDX-License-Identifier: Apache-2.0
 *
 * label.h: host strings as bytes, and the table that gives equal functions one
 * id.  With the GIL (or attached, free-threaded); in the slow path only.
 */
#ifndef CODESNAP_LABEL_H
#define CODESNAP_LABEL_H

#include "agent/base/process.h"
#include "agent/cpython/abi/python.h"

/* A str's UTF-8, lone surrogates as three bytes; text points into *holder,
 * which the caller gives back.  Not a str: an empty text. */
struct text label_of(PyObject *string, PyObject **holder);
/* The same for object.attribute. */
struct text label_of_attribute(PyObject *object, const char *attribute,
                               PyObject **holder);
void label_give_back(PyObject *holder);
/* object.attribute as an int, or otherwise. */
long label_number(PyObject *object, const char *attribute, long otherwise);

/* The id of a function; equal (kind, texts, line) get the same one.  -1 when
 * there is none left. */
int64_t label_intern(uint32_t kind, uint32_t line, uint32_t flags,
                     const struct text names[3]);

/* Keep the names from here on, so that label_repeat can write them all into the
 * next spool, under the same ids. */
void label_keep(void);
void label_repeat(void);

#endif
