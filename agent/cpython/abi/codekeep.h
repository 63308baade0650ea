/* SPDX-License-Identifier: Apache-2.0
 *
 * codekeep.h: CPython 3.6 ends an interpreter's thread states under a lock that it
 * takes again where a code object ends that has a word in its co_extra
 * (code_dealloc, __PyCodeExtraState_Get): it would hang for ever.  So code that is
 * alive by then is kept alive.
 */
#ifndef CODESNAP_CODEKEEP_H
#define CODESNAP_CODEKEEP_H

#include "agent/cpython/abi/python.h"

/* Whoever has this last, as the interpreter's end begins, keeps the code of all
 * functions.  A new reference, or NULL. */
PyObject *codekeep_new(void);

#endif
