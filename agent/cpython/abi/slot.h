/* SPDX-License-Identifier: Apache-2.0
 *
 * slot.h: the place where a thread state keeps its profile function: empty, the
 * host's, which is never taken away, or up to 3.11 ours.  With the GIL.
 */
#ifndef CODESNAP_SLOT_H
#define CODESNAP_SLOT_H

#include "agent/cpython/abi/python.h"

extern size_t slot_offset;

/* Find where it is, up to 3.11; leaves it as it was.  0, or -1. */
int slot_measure(void);
void slot_forget(void);
/* From 3.12: the same without a try, when the program has set an object as the
 * profile function of this thread, whose state started like before. */
#define SLOT_WORDS 24 /* of a thread state that are looked at */
void slot_learn(void *const before[SLOT_WORDS], const PyObject *object);

/* What a thread state has there, as an address. */
static inline void *
slot_of(const void *state)
{
    return python_word(state, slot_offset);
}

/* Put function in where the slot is empty, or take it out where it is there:
 * of this thread, or of all threads (of this interpreter, and to take it out of
 * all).  True if this thread has it now.  No code of the program's runs. */
bool slot_put(Py_tracefunc function);
void slot_take_out(Py_tracefunc function);
bool slot_put_in_all(Py_tracefunc function);
void slot_take_out_of_all(Py_tracefunc function);
/* Put one function of ours in the place of another one, in all threads. */
void slot_exchange_in_all(Py_tracefunc old, Py_tracefunc function);
/* The same in this one. */
void slot_exchange(PyThreadState *state, Py_tracefunc old,
                   Py_tracefunc function);
/* Some thread has one. */
bool slot_is_any_set(void);
/* Is a profile function set that came by sys.setprofile?  From 3.12. */
bool slot_is_profiled(void);
/* The thread state that came last has none. */
bool slot_is_newest_empty(void);

#endif
