/* SPDX-License-Identifier: Apache-2.0
 *
 * local.h: the arguments of a call, in its frame, at its begin.  Between guard_enter
 * and guard_leave.
 */
#ifndef CODESNAP_LOCAL_H
#define CODESNAP_LOCAL_H

#include "agent/cpython/abi/python.h"

struct locals {
    Py_ssize_t count;
    /* For local_value alone: */
    PyObject *names;       /* co_varnames: arguments come first */
    PyObject *cells;       /* up to 3.11: co_cellvars */
    PyFrameObject *object; /* from 3.12 on, borrowed */
    PyObject *const *fast; /* up to 3.11 */
    Py_ssize_t fast_count; /* before the cells */
};

/* frame as in frame.h, up to 3.11; from 3.12 on the one that runs is taken.  False if
 * that is not the code's, or can't be looked into; local_end in any case. */
bool local_begin(struct locals *locals, PyObject *code, void *frame);
void local_end(struct locals *locals);

/* The name, borrowed, and the value, a new reference; NULL where it has none. */
PyObject *local_name(const struct locals *locals, Py_ssize_t index);
PyObject *local_value(const struct locals *locals, Py_ssize_t index);

#endif
