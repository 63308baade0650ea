/* SPDX-License-Identifier: Apache-2.0
 *
 * python.h: the interpreter as this room sees it: its functions by name, and
 * the few offsets that must be known, found at run time.  No CPython header is
 * included anywhere; the types are opaque, except for structures of the stable
 * ABI (PEP 384), which never change.
 */
#ifndef CODESNAP_PYTHON_H
#define CODESNAP_PYTHON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "agent/track/record.h"

typedef struct _object PyObject;
typedef struct _typeobject PyTypeObject;
typedef struct _frame PyFrameObject;
typedef struct PyCodeObject PyCodeObject;
typedef struct _ts PyThreadState;
typedef struct _is PyInterpreterState;
typedef struct PyModuleDef PyModuleDef;
typedef struct PyMethodDef PyMethodDef;
typedef ssize_t Py_ssize_t;
typedef void (*freefunc)(void *);
typedef int (*Py_tracefunc)(PyObject *, PyFrameObject *, int, PyObject *);
typedef struct {
    int slot;
    void *pfunc;
} PyType_Slot;
typedef struct {
    const char *name;
    int basicsize;
    int itemsize;
    unsigned int flags;
    PyType_Slot *slots;
} PyType_Spec;

struct method_definition { /* PyMethodDef */
    const char *name;
    void *function;
    int flags;
    const char *doc;
};

struct member_definition { /* PyMemberDef */
    const char *name;
    int type;
    Py_ssize_t offset;
    int flags;
    const char *doc;
};

enum { /* of the stable ABI: PyMethodDef */
    METHOD_ARGUMENTS = 1,
    METHOD_KEYWORDS = 2,
    METHOD_NO_ARGUMENTS = 4,
    METHOD_ONE = 8,
    METHOD_FAST = 128
};

enum { /* of the stable ABI: PyType_Slot, PyMemberDef, PyType_Spec */
    SLOT_TP_CALL = 50,
    SLOT_TP_DEALLOC = 52,
    SLOT_TP_DOC = 56,
    SLOT_TP_METHODS = 64,
    SLOT_TP_NEW = 65,
    SLOT_TP_MEMBERS = 72,
    MEMBER_OBJECT = 6,
    MEMBER_PYSSIZET = 19,
    MEMBER_READONLY = 1,
    FLAG_DISALLOW_INSTANTIATION = 1 << 7,
    FLAG_HAVE_VECTORCALL = 1 << 11,
    FLAG_HAVE_VERSION_TAG = 1 << 18
};

/* Everything in symbols.def; NULL where this version lacks it. */
struct python {
#define SYMBOL(since, until, need, result, name, arguments) \
    result(*name) arguments;
#define OBJECT(need, type, name) type *name;
#include "agent/cpython/abi/symbols.def"
#undef SYMBOL
#undef OBJECT
    int minor;           /* 11 for 3.11 */
    char name[64];       /* "CPython 3.11.7" */
    size_t type_offset;  /* of ob_type in any object */
    size_t header_bytes; /* of any object; both by python_measure */
    size_t extra_offset; /* of co_extra in a code object, 0 if not found */
    bool extra_apart;    /* the extras lie behind a pointer */
    Py_ssize_t extra_index;
};
extern struct python py;

/* The 11 of "3.11.7 (main, ...)"; -1 for what is older than 3.6. */
int python_minor(const char *version);
/* Resolve the symbols; touches nothing.  0; or -1 if this is no Python that we
 * know. */
typedef void *python_finder(const void *where, const char *name);
int python_resolve(python_finder *find, const void *where);
/* Find out what all objects begin with; needs a live thread state.  0, or -1. */
int python_measure(void);

static inline PyTypeObject *
python_type(const void *object)
{
    return *(PyTypeObject *const *)((const char *)object + py.type_offset);
}

static inline void *
python_word(const void *object, size_t offset)
{
    return *(void *const *)((const char *)object + offset);
}

#endif
