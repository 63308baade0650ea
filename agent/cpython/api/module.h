/* SPDX-License-Identifier: Apache-2.0
 *
 * module.h: `_codesnap`, what the Python package codesnap asks of the agent.
 * With the GIL.
 */
#ifndef CODESNAP_MODULE_H
#define CODESNAP_MODULE_H

#include <stdbool.h>

#include "agent/base/text.h"
#include "agent/cpython/abi/python.h"

/* Let the program import codesnap, if it finds none of its own: the last finder
 * in sys.meta_path.  Once in an interpreter's life. */
void module_offer(void);
bool module_is_offered(void);
/* Begin to record by the tracer in Python, in the frame that is to run next. */
void module_trace_in_python(bool c_calls, bool paused);
/* The interpreter was finalized. */
void module_forget(void);

/* Is it a function of ours, which no recording shows? */
bool module_owns(const struct method_definition *definition);

/* A function of the Python package: "spans", "decorate". */
PyObject *module_helper(const char *module, const char *function);

/* The tracer in Python while it is at work (else NULL): what is asked of the
 * agent goes to its function of the same name. */
PyObject *module_delegate(void);
PyObject *module_ask(const char *name, PyObject *arguments, PyObject *keywords);

extern const struct method_definition annotations_functions[],
    control_functions[];

#endif
