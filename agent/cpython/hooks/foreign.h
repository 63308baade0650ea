/* SPDX-License-Identifier: Apache-2.0
 *
 * foreign.h: calls of libraries where only the user's own code is recorded.  Of
 * these the outermost ones are, which the user's code calls, or nobody that is
 * recorded, so that the time has a name, and what names an import.  The others
 * are folded: they are on no shadow stack.  With the GIL.
 */
#ifndef CODESNAP_FOREIGN_H
#define CODESNAP_FOREIGN_H

#include "agent/cpython/names/code.h"

/* Is a call of such a function, if it starts now, folded? */
bool foreign_is_folded(const struct thread *thread, uint64_t word);

/* A call of it starts.  true: it is folded, and nothing is to be done; each of these
 * that starts inside of a recorded call of the same function is counted there. */
bool foreign_passes_entry(struct thread *thread, PyObject *code, uint64_t word);
/* The same where the function needs no attention, as most do. */
static inline bool
foreign_passes_known(struct thread *thread, PyObject *code, uint64_t word)
{
    return (word & (CODE_FOREIGN | CODE_WATCHED)) == CODE_FOREIGN &&
           foreign_passes_entry(thread, code, word);
}

/* One ends.  true: it was folded. */
bool foreign_passes_exit(struct thread *thread, PyObject *code, uint64_t word);

/* The innermost call is one of such a function, with that code. */
void foreign_mark(struct thread *thread, PyObject *code);

/* From 3.12 on what was only folded for a while sleeps: it is told no more, until
 * the user's own code calls it.  What need not be called to run, as an operator
 * or a generator, never sleeps.  After a call that was folded: does it? */
bool foreign_falls_asleep(PyObject *code);
/* Own code is about to call this object.  true: it slept, and is to be told. */
bool foreign_wakes(PyObject *callable);

#endif
