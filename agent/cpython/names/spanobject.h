/* SPDX-License-Identifier: Apache-2.0
 *
 * spanobject.h: objects of the type `codesnap.trace`, as they are met in code and
 * known again.  With the GIL.
 */
#ifndef CODESNAP_SPANOBJECT_H
#define CODESNAP_SPANOBJECT_H

#include "agent/cpython/abi/python.h"

/* What follows such an object's header. */
struct spanobject {
    PyObject *name;
    uint32_t word; /* 0 until it was entered while recording */
};

static inline struct spanobject *
spanobject_of(PyObject *self)
{
    return (struct spanobject *)((char *)self + py.header_bytes);
}

/* The last interpreters that have imported us have one type each: by it their
 * objects are known. */
#define SPANOBJECT_TYPES 16

/* Where a type is, or SPANOBJECT_TYPES; where a new one goes; put it there. */
uint32_t spanobject_index_of(const PyTypeObject *type);
uint32_t spanobject_next_index(void);
void spanobject_keep_type(uint32_t index, PyTypeObject *type);
/* The interpreter was finalized. */
void spanobject_forget(void);

/* The span that @trace put behind a code object's other constants, borrowed
 * from the code; or NULL. */
PyObject *spanobject_in_code(PyObject *code);

#endif
