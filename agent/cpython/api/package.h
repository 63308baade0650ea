/* SPDX-License-Identifier: Apache-2.0
 *
 * package.h: the Python package codesnap (share/python), as text inside the
 * agent.
 */
#ifndef CODESNAP_PACKAGE_H
#define CODESNAP_PACKAGE_H

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"

/* The source of "codesnap/NAME.py"; bytes is NULL if there is none. */
struct text package_source(const char *path);

/* A function of a module of it: "_spans", "decorate".  A new reference, or NULL
 * with an exception.  With the GIL. */
PyObject *package_function(const char *module, const char *function);

#endif
