/* SPDX-License-Identifier: Apache-2.0
 *
 * names.h: host strings as bytes, and the table that gives equal functions one
 * id.  With the GIL (or attached, free-threaded); in the slow path only.
 */
#ifndef CODESNAP_NAMES_H
#define CODESNAP_NAMES_H

#include "agent/cpython/python.h"
#include "agent/process.h"

/* A str's UTF-8, lone surrogates as three bytes; text points into *holder,
 * which the caller gives back.  Not a str: an empty text. */
struct text names_of(PyObject *string, PyObject **holder);
/* The same for object.attribute. */
struct text names_of_attribute(PyObject *object, const char *attribute,
                               PyObject **holder);
void names_give_back(PyObject *holder);
/* object.attribute as an int, or otherwise. */
long names_number(PyObject *object, const char *attribute, long otherwise);

/* The id of a function; equal (kind, texts, line) get the same one.  -1 when
 * there is none left. */
int64_t names_intern(uint32_t kind, uint32_t line, uint32_t flags,
                     const struct text names[3]);

#endif
