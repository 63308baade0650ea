/* SPDX-License-Identifier: Apache-2.0
 *
 * pyobject.h: the interpreter's objects as C has them: strings as bytes, numbers
 * as long.  With the GIL (or attached, free-threaded); in the slow path only.
 */
#ifndef CODESNAP_PYOBJECT_H
#define CODESNAP_PYOBJECT_H

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"

/* A str's UTF-8, lone surrogates as three bytes; text points into *holder,
 * which the caller releases.  Not a str: an empty text. */
struct text pyobject_text(PyObject *string, PyObject **holder);
/* The same for object.attribute. */
struct text pyobject_attribute_text(PyObject *object, const char *attribute,
                                    PyObject **holder);
/* object.attribute as an int, or otherwise. */
long pyobject_attribute_number(PyObject *object, const char *attribute,
                               long otherwise);
/* Give a reference back; object may be NULL. */
void pyobject_release(PyObject *object);

#endif
