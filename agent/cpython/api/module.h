/* SPDX-License-Identifier: Apache-2.0
 *
 * module.h: `_codesnap`, what the Python package codesnap asks of the agent.
 * With the GIL.
 */
#ifndef CODESNAP_MODULE_H
#define CODESNAP_MODULE_H

#include <stdbool.h>

#include "agent/cpython/abi/python.h"

/* A new one, or NULL with an exception. */
PyObject *module_make(void);

/* Let the program import codesnap, if it finds none of its own: the last finder
 * in sys.meta_path.  Once in an interpreter's life. */
void module_offer(void);
bool module_is_offered(void);
/* The program imports it by itself. */
void module_need_no_offer(void);
/* Begin to record by the tracer in Python, in the frame that is to run next. */
void module_trace_in_python(bool c_calls, bool paused);
/* The interpreter was finalized. */
void module_forget(void);

#endif
