/* SPDX-License-Identifier: Apache-2.0
 *
 * pyobject.h: the interpreter's objects as C has them: strings as bytes, numbers
 * as long.  With the GIL (or attached, free-threaded); in the slow path only.
 */
#ifndef CODESNAP_PYOBJECT_H
#define CODESNAP_PYOBJECT_H

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"

/* What keeps a text's bytes: the str itself, or memory of our own. */
struct text_holder {
    PyObject *string;
    void *pages;
    size_t bytes;
};
#define HELD_BY_NOTHING ((struct text_holder){NULL, NULL, 0})

/* A str's UTF-8, lone surrogates as three bytes, until pyobject_release_text.
 * Not a str: an empty text.  Takes nothing from the interpreter's heap:
 * tracemalloc would show it as the program's. */
struct text pyobject_text(PyObject *string, struct text_holder *holder);
void pyobject_release_text(struct text_holder *holder);
/* The same for object.attribute. */
struct text pyobject_attribute_text(PyObject *object, const char *attribute,
                                    struct text_holder *holder);
/* A str's first characters as UTF-8, of which each takes up to four bytes; how many
 * bytes they are. */
uint32_t pyobject_copy_text(PyObject *string, uint32_t most, char *to);
/* object.attribute as an int, or otherwise. */
long pyobject_attribute_number(PyObject *object, const char *attribute,
                               long otherwise);
/* Whether it is a str, and this one.  NULL is none. */
bool pyobject_is_text(PyObject *object, const char *text);
/* dictionary[name], borrowed; NULL for what has no such key or is no dictionary.
 * Only keys that are strings are compared, so no code of the program's runs (but
 * free-threaded, where others may change it meanwhile). */
PyObject *pyobject_item(PyObject *dictionary, const char *name);
/* The same where it is among the first items, if anywhere; in a dictionary with
 * many others it is looked up, which may ask a key with the very same hash. */
PyObject *pyobject_early_item(PyObject *dictionary, const char *name);
/* None, and a str, as new references. */
PyObject *pyobject_none(void);
PyObject *pyobject_of_text(struct text text);
/* Raise; always NULL. */
#define pyobject_fail(exception, ...) \
    py.PyErr_Format(*py.exception, __VA_ARGS__)
/* Give a reference back; object may be NULL. */
void pyobject_release(PyObject *object);

#endif
