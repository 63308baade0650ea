/* SPDX-License-Identifier: Apache-2.0
 *
 * cfunction.h: the identity of a C function: its method definition, that
 * definition's name, and the type it belongs to.  Types, partials and other
 * callables are no C functions here, as in cProfile.
 */
#ifndef CODESNAP_CFUNCTION_H
#define CODESNAP_CFUNCTION_H

#include "agent/cpython/abi/python.h"
#include "agent/cpython/names/wanted.h"
#include "agent/track/record.h"

/* What a callable boils down to; definition is NULL if it is no C function. */
struct c_callable {
    const struct method_definition *definition;
    PyTypeObject *owner; /* the type it is a method of, or of its self */
    PyObject *object;    /* the function or descriptor, methods unwrapped */
};

struct c_function {
    const struct method_definition *definition;
    const char *name;
    PyTypeObject *owner;
    uint32_t word;    /* its ENTER_C record word, or C_FUNCTION_HIDDEN */
    enum wanted said; /* of it by the rules; WANTED: also where what calls it is
                         left out */
};

/* The word of one that is left out; what can be recorded has another one, not 0. */
#define C_FUNCTION_HIDDEN            (1u << 31)
#define C_FUNCTION_RECORD(word)      ((word) & ~C_FUNCTION_HIDDEN)
#define C_FUNCTION_IS_RECORDED(word) ((int32_t)(word) > 0)

struct c_function_table {
    size_t mask;
    const struct c_function *slots[];
};
extern const struct c_function_table *c_functions;

static inline struct c_callable
c_callable_of(PyObject *object)
{
    PyTypeObject *type = python_type(object);
    while (unlikely(type == py.PyMethod_Type)) { /* one of another one, too */
        object = python_word(object, py.header_bytes); /* im_func */
        type = python_type(object);
    }
    if (type == py.PyCFunction_Type || type == py.PyCMethod_Type) {
        PyObject *self = python_word(object, py.header_bytes + 8);
        return (struct c_callable){python_word(object, py.header_bytes),
                                   self ? python_type(self) : NULL, object};
    }
    if (type == py.PyMethodDescr_Type || type == py.PyClassMethodDescr_Type)
        return (struct c_callable){python_word(object, py.header_bytes + 24),
                                   python_word(object, py.header_bytes),
                                   object};
    return (struct c_callable){NULL, NULL, NULL};
}

/* Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3, 6.4. */
static inline size_t
c_function_hash(const struct c_callable *callable)
{
    uintptr_t key =
        (uintptr_t)callable->definition + (uintptr_t)callable->owner;
    return key * 0x9e3779b97f4a7c15u >> 32;
}

static inline bool
c_function_is(const struct c_function *known, const struct c_callable *callable)
{
    return known && known->definition == callable->definition &&
           known->owner == callable->owner &&
           known->name == callable->definition->name;
}

/* The functions of that table, which ends in one without a name, are ours: no
 * recording shows them. */
void c_function_hide(const struct method_definition *table);
/* Its word at the first sight; 0 if nothing can be named any more. */
uint32_t c_function_meet(const struct c_callable *callable,
                         struct thread *thread);

/* It is called too often: from here on its word is none that is recorded; or is again. */
void c_function_throttle(const struct c_callable *callable, bool throttled);

/* What the rules say of one that was met. */
enum wanted c_function_said(const struct c_callable *callable);

/* Its word once it was met, else 0, or if it lies far from where it should. */
static inline uint32_t
c_function_known_word(const struct c_callable *callable)
{
    const struct c_function_table *table =
        __atomic_load_n(&c_functions, __ATOMIC_ACQUIRE);
    size_t at = c_function_hash(callable);
    const struct c_function *known = table->slots[at & table->mask];
    if (likely(c_function_is(known, callable)))
        return known->word;
    known = table->slots[(at + 1) & table->mask];
    return c_function_is(known, callable) ? known->word : 0;
}

static inline uint32_t
c_function_word(const struct c_callable *callable, struct thread *thread)
{
    uint32_t word = c_function_known_word(callable);
    return word ? word : c_function_meet(callable, thread);
}

#endif
