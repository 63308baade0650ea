/* SPDX-License-Identifier: Apache-2.0
 *
 * wrapper.c: putting functions of ours in the place of CPython's.
 */
#include "agent/cpython/hooks/wrapper.h"

static bool
is_known_way(int flags)
{
    return flags == METHOD_ONE || flags == METHOD_ARGUMENTS ||
           flags == METHOD_NO_ARGUMENTS || flags == METHOD_FAST ||
           flags == (METHOD_FAST | METHOD_KEYWORDS);
}

/* Where it has its definition, m_ml or d_method; 0: it is no C function. */
static size_t
offset_in(const PyObject *function)
{
    if (!function)
        return 0;
    return python_type(function) == py.PyCFunction_Type ? py.header_bytes
           : python_type(function) == py.PyMethodDescr_Type
               ? py.header_bytes + 24
               : 0;
}

int
wrapper_put(struct wrapper *wrapper, PyObject *function)
{
    size_t offset = offset_in(function);
    if (!offset)
        return -1;
    char *place = (char *)function + offset;
    const struct method_definition *original = python_word(function, offset);
    if (original == &wrapper->definition)
        return 0;
    if (!is_known_way(original->flags))
        return -1;
    wrapper->original = original;
    wrapper->definition = *original;
    wrapper->definition.function = (void *)wrapper->function;
    __atomic_store_n((void **)(void *)place, &wrapper->definition,
                     __ATOMIC_RELEASE);
    return 0;
}

struct wrapper_arguments
wrapper_arguments(const struct wrapper *wrapper, void *const *first,
                  void *second)
{
    if (wrapper->definition.flags == METHOD_ONE)
        return (struct wrapper_arguments){(PyObject *const *)first, 1};
    if (wrapper->definition.flags & METHOD_FAST)
        return (struct wrapper_arguments){*first, (Py_ssize_t)second};
    return (struct wrapper_arguments){NULL, 0};
}

PyObject *
wrapper_ask(const struct wrapper *wrapper, PyObject *self,
            PyObject *const *values, Py_ssize_t count)
{
    if (wrapper->definition.flags & METHOD_FAST)
        return wrapper_pass(wrapper, self, (void *)values,
                            (void *)(intptr_t)count, NULL);
    return wrapper_pass(wrapper, self, count ? values[0] : NULL, NULL, NULL);
}
