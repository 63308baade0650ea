/* SPDX-License-Identifier: Apache-2.0
 *
 * foreign.c: see foreign.h.  Whose exit it is says the key of the innermost call,
 * and how many of the same function are open in it unrecorded.  In 3.11, where
 * that word holds the frame, calls of the same function are not folded.
 */
#include "agent/cpython/hooks/foreign.h"

bool
foreign_is_folded(const struct thread *thread, uint64_t word)
{
    return word & CODE_FOREIGN && !(word & CODE_IMPORTS) &&
           thread_is_in_foreign(thread);
}

bool
foreign_passes_entry(struct thread *thread, PyObject *code, uint64_t word)
{
    struct call *call = thread->top - 1;
    if (!foreign_is_folded(thread, word))
        return false;
    if (call->key != CODE_KEY(code, word))
        return true;
    if (py.minor == 11)
        return false;
    call->again++;
    return true;
}

bool
foreign_passes_exit(struct thread *thread, PyObject *code, uint64_t word)
{
    struct call *call = thread->top - 1;
    if (!(word & CODE_FOREIGN))
        return false;
    if (thread->top == thread->bottom || call->key != CODE_KEY(code, word))
        return !(word & CODE_IMPORTS);
    if (py.minor == 11 || !call->again)
        return false;
    call->again--;
    return true;
}

void
foreign_mark(struct thread *thread)
{
    struct call *call = thread->top - 1;
    call->word |= CALL_FOREIGN;
    if (py.minor != 11)
        call->again = 0;
}
