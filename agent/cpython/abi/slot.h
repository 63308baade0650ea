/* SPDX-License-Identifier: Apache-2.0
 *
 * slot.h: the place where a thread state keeps its profile function: empty, the
 * host's, which is never taken away, or ours.  Up to 3.11, with the GIL.
 */
#ifndef CODESNAP_SLOT_H
#define CODESNAP_SLOT_H

#include "agent/cpython/abi/python.h"

extern size_t slot_offset;

/* Find where it is; leaves it as it was.  0, or -1. */
int slot_measure(void);
void slot_forget(void);

/* What a thread state has there, as an address. */
static inline void *
slot_of(const void *state)
{
    return python_word(state, slot_offset);
}

/* Has the program a trace function there? */
static inline bool
slot_is_traced(const void *state)
{
    return python_word(state, slot_offset + sizeof(void *)) != NULL;
}

/* Whether the interpreter tells the function anything, and what it does from now
 * on: until something else in CPython decides that anew.  Of this thread. */
bool slot_is_on(const void *state);
void slot_switch(const void *state, bool on);

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
/* The thread state that came last has none. */
bool slot_is_newest_empty(void);

#endif
