/* SPDX-License-Identifier: Apache-2.0
 *
 * foreign.c: see foreign.h.  Whose exit it is says the key of the innermost call,
 * and how many of the same function are open in it unrecorded.  In 3.11, where
 * that word holds the frame, calls of the same function are not folded.
 */
#include "agent/cpython/hooks/foreign.h"

#include <string.h>

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/abi/pyobject.h"

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

/* == SLEEP ================================================================ */

static bool
is_special(PyObject *code)
{
    struct text_holder holder;
    struct guard guard;
    guard_enter(&guard, NULL);
    struct text name = pyobject_attribute_text(code, "co_name", &holder);
    bool special = name.length > 4 && memcmp(name.bytes, "__", 2) == 0 &&
                   memcmp(name.bytes + name.length - 2, "__", 2) == 0;
    pyobject_release_text(&holder);
    long flags = pyobject_attribute_number(code, "co_flags", 0);
    guard_leave(&guard, NULL);
    return special || flags & CO_ANY_GENERATOR;
}

bool
foreign_falls_asleep(PyObject *code)
{
    uint64_t word = code_word(code);
    if (!(word & CODE_FOREIGN) || word & CODE_AWAKE)
        return false;
    if ((word & CODE_FOLDS) != CODE_FOLDS) {
        word += CODE_FOLD;
        if ((word & CODE_FOLDS) == CODE_FOLDS && is_special(code))
            word |= CODE_AWAKE;
        extra_set(code, word);
    }
    return CODE_IS_ASLEEP(word);
}

bool
foreign_wakes(PyObject *callable)
{
    PyObject *code = code_of_callable(callable);
    uint64_t word = code ? code_word(code) : 0;
    if (!CODE_IS_ASLEEP(word))
        return false;
    extra_set(code, word | CODE_AWAKE);
    return true;
}

void
foreign_mark(struct thread *thread, PyObject *code)
{
    struct call *call = thread->top - 1;
    call->word |= CALL_FOREIGN;
    if (!(code_word(code) & CODE_AWAKE))
        extra_set(code, code_word(code) | CODE_AWAKE);
    if (py.minor != 11)
        call->again = 0;
}
