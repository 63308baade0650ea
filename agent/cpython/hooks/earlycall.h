/* SPDX-License-Identifier: Apache-2.0
 *
 * earlycall.h: calls of C functions that were open when a tool or a profile
 * function was set, which is not to be told of their ends.
 *
 * An instruction that calls tells both the begin and the end of the call, or
 * neither: that is decided before the call.  While we record, all of them tell,
 * so a tool or a profile function that is set during a call (in the least of
 * sys.setprofile itself) would hear of an end without a begin.  The pure-Python
 * module profile takes that for a mistake.  With the GIL.
 */
#ifndef CODESNAP_EARLYCALL_H
#define CODESNAP_EARLYCALL_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* The calls that are open now, on all threads, are to end without these tools, a
 * bit each: they get an odd key.  Not those that a profile function was told of:
 * they would be told to the tools, too. */
void earlycall_keep_from(uint32_t tools);
/* What the innermost call of a C function is known by. */
const void *earlycall_key(const struct thread *thread,
                          const struct method_definition *definition);

/* From 3.12: profile functions are about to be told that callable is called; and
 * then we were, so the innermost call is that one, or was not told. */
void earlycall_expect_told(const PyObject *callable);
void earlycall_note_told(PyObject *callable);
/* Is the innermost call one of callable that no profile function was told of? */
bool earlycall_is_untold(PyObject *callable);

/* A call of a C function that we are told of and that is on no shadow stack, since a
 * rule leaves it out: the latest of them are known, each by what is called. */
void earlycall_pass(const PyObject *callable);
/* The tool is told that callable is called, and so is to hear of the end. */
void earlycall_tell(const PyObject *callable, int tool);
/* Is the end of such a call to be kept from the tool? */
bool earlycall_is_passed_from(const PyObject *callable, int tool);

/* The odd key. */
static inline const void *
earlycall_marked(const void *key)
{
    return (const void *)((uintptr_t)key | 1);
}

/* Is it a call of a C function? */
static inline bool
earlycall_is_c(const struct call *call)
{
    return (call->word & 15) == SPOOL_ENTER_C;
}

#endif
