/* SPDX-License-Identifier: Apache-2.0
 *
 * module.h: `_codesnap`, what the Python package codesnap asks of the agent.
 * With the GIL.
 */
#ifndef CODESNAP_MODULE_H
#define CODESNAP_MODULE_H

#include <stdbool.h>

#include "agent/cpython/python.h"

/* Let the program import codesnap, if it finds none of its own: the last finder
 * in sys.meta_path.  Once in an interpreter's life. */
void module_offer(void);
bool module_is_offered(void);
/* The interpreter was finalized. */
void module_forget(void);

/* Is it a function of ours, which no recording shows? */
bool module_owns(const struct method_definition *definition);

/* Raise; always NULL. */
#define module_fail(exception, ...) py.PyErr_Format(*py.exception, __VA_ARGS__)
/* None, as a new reference. */
PyObject *module_none(void);
/* A function of the Python package: "spans", "decorate". */
PyObject *module_helper(const char *module, const char *function);

#endif
