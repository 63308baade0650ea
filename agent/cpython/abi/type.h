/* SPDX-License-Identifier: Apache-2.0
 *
 * type.h: attributes as `type` and `object` find them, whatever a program's
 * classes, their metaclasses or instances answer with.  No code of the program's
 * runs, but comparisons with odd keys of its dictionaries: in the slow path only
 * (guard_enter).  With the GIL.
 */
#ifndef CODESNAP_TYPE_H
#define CODESNAP_TYPE_H

#include "agent/cpython/abi/python.h"

struct getter_definition { /* PyGetSetDef */
    const char *name;
    PyObject *(*get)(PyObject *, void *);
    void *set;
    const char *doc;
    void *closure;
};

/* Where `type` has these; needs a live thread state. */
void type_measure(void);

/* New references; NULL, without an exception, if they are not to be had. */
PyObject *type_mro(PyTypeObject *type);
PyObject *type_qualified_name(PyTypeObject *type);
PyObject *type_module(PyTypeObject *type);

/* Where objects of the type have that member, which is an object; 0: nowhere. */
size_t type_member(PyTypeObject *type, const char *name);

/* What type's own getset descriptor of that name reads; NULL if it is none. */
const struct getter_definition *type_getter(PyTypeObject *type,
                                            const char *name);

/* It answers for its attributes with a __getattribute__ of its own. */
bool type_has_own_lookup(PyTypeObject *type);

/* What object.__getattribute__ finds, a new reference; NULL, without an
 * exception, if it finds nothing, or what is to compute it is the program's. */
PyObject *type_read(PyObject *object, const char *name);

#endif
