/* SPDX-License-Identifier: Apache-2.0
 *
 * finder.h: what stands in sys.meta_path for the package in the agent: a class,
 * as those of importlib.  With the GIL.
 */
#ifndef CODESNAP_FINDER_H
#define CODESNAP_FINDER_H

#include "agent/cpython/abi/python.h"

/* Append it.  make_core makes the module `_codesnap`, when it is asked for. */
void finder_offer(PyObject *(*make_core)(void));
/* The interpreter was finalized. */
void finder_forget(void);

#endif
