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

/* Raise; always NULL. */
#define module_fail(exception, ...) py.PyErr_Format(*py.exception, __VA_ARGS__)
/* None, and a str, as new references. */
PyObject *module_none(void);
PyObject *module_text(struct text text);
/* A function of the Python package: "spans", "decorate". */
PyObject *module_helper(const char *module, const char *function);

/* The tracer in Python while it is at work (else NULL): what is asked of the
 * agent goes to its function of the same name. */
PyObject *module_delegate(void);
PyObject *module_ask(const char *name, PyObject *arguments, PyObject *keywords);

enum { /* of the stable ABI */
    METHOD_ARGUMENTS = 1,
    METHOD_KEYWORDS = 2,
    METHOD_NO_ARGUMENTS = 4,
    METHOD_ONE = 8,
    METHOD_FAST = 128
};
extern const struct method_definition annotations_functions[],
    control_functions[];

#endif
