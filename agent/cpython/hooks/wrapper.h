/* SPDX-License-Identifier: Apache-2.0
 *
 * wrapper.h: a C function of a module or type of CPython's own that is answered by one
 * of ours, which may call it.  The function object stays what it is, so a
 * program that holds it, shows it or compares it sees nothing: only its method
 * definition is a copy in which the function is ours.  With the GIL.
 */
#ifndef CODESNAP_WRAPPER_H
#define CODESNAP_WRAPPER_H

#include "agent/cpython/abi/python.h"

/* All calling conventions pass self and up to three words, in registers: ours
 * take them as they come, and pass them on. */
typedef PyObject *wrapper_function(PyObject *self, void *first, void *second,
                                   void *third);

struct wrapper {
    wrapper_function *function;
    const struct method_definition *original; /* NULL: not put in yet */
    struct method_definition definition;
};

struct wrapper_arguments {
    PyObject *const *values;
    Py_ssize_t count;
};

/* Let it answer for the function, which may be NULL: once for each interpreter.
 * 0; or -1 if that is no C function, or called in a way that we do not know. */
int wrapper_put(struct wrapper *wrapper, PyObject *function);

/* What a wrapper was called with by position, where first and second are its own
 * variables; those by keyword are none of them. */
struct wrapper_arguments wrapper_arguments(const struct wrapper *wrapper,
                                           void *const *first, void *second);

/* Call the original with what the wrapper got. */
static inline PyObject *
wrapper_pass(const struct wrapper *wrapper, PyObject *self, void *first,
             void *second, void *third)
{
    return ((wrapper_function *)wrapper->original->function)(self, first,
                                                             second, third);
}

/* Call the original, by position. */
PyObject *wrapper_ask(const struct wrapper *wrapper, PyObject *self,
                      PyObject *const *values, Py_ssize_t count);

#endif
