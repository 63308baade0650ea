/* SPDX-License-Identifier: Apache-2.0
 *
 * contents.h: what is in a list, tuple, set or dictionary of exactly that type, and
 * in the plain `__dict__` of another object.
 */
#ifndef CODESNAP_CONTENTS_H
#define CODESNAP_CONTENTS_H

#include "agent/cpython/abi/python.h"

struct contents {
    size_t count;
    bool keyed;         /* it has keys */
    PyTypeObject *type; /* of another object; else NULL */
    /* For contents_next alone: */
    PyObject *container; /* list, tuple or dictionary; a new reference */
    PyObject *iterator;  /* or this */
    Py_ssize_t at;
};

/* False if there is nothing to be seen; contents_end in any case. */
bool contents_begin(struct contents *contents, PyObject *value);
void contents_end(struct contents *contents);

/* The next one, new references; key is NULL where there are none. */
bool contents_next(struct contents *contents, PyObject **key, PyObject **value);
void contents_release(PyObject *key, PyObject *value);

#endif
