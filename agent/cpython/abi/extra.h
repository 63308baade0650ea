/* SPDX-License-Identifier: Apache-2.0
 *
 * extra.h: one word of ours in a code object's co_extra, which dies with it.
 *
 * Whoever asked for an index may have given a free function, and CPython calls it
 * for each code object whose array reaches that far, with NULL if he set nothing.
 * Its own _PyCode_SetExtra makes arrays as long as there are users, so a tool
 * that touches each code object has everybody's function called for all of them.
 * Ours end where our index does, which is the lowest one where the agent was
 * there first.  Where others have lower ones (the agent came late), an array of
 * ours says that it has no elements at all: the word lies where it would.
 */
#ifndef CODESNAP_EXTRA_H
#define CODESNAP_EXTRA_H

#include "agent/cpython/abi/python.h"
#include "agent/track/record.h"

/* Have an index in it.  0, or -1. */
int extra_find_index(void);
/* In a ring: whom to tell of a code object's end, by its word.  He may do nothing
 * but note it. */
void extra_on_end(void (*ended)(uint64_t word));
/* Find out where co_extra lies, and whether the interpreter takes an array that
 * we made.  With the GIL; compiles. */
void extra_measure(PyObject *(*compile)(const char *source));
/* Whether and how the interpreter was measured is void. */
void extra_forget(void);

/* Set the word of a code object. */
void extra_set(PyObject *code, uint64_t word);
/* The word through the interpreter's own function; 0 if there is none. */
uint64_t extra_ask(PyObject *code);

/* The same, 0 if there is none; py.extra_offset is known.  _PyCodeObjectExtra is
 * {Py_ssize_t ce_size; void *ce_extras[]}, and up to 3.6 {Py_ssize_t ce_size;
 * void **ce_extras}: there the extras lie apart. */
static inline __attribute__((always_inline)) uint64_t
extra_known(PyObject *code, bool apart)
{
    const char *extra = python_word(code, py.extra_offset);
    if (unlikely(!extra || *(const size_t *)extra - 1 < (size_t)py.extra_index))
        return 0;
    const uint64_t *extras = (const uint64_t *)(extra + sizeof(Py_ssize_t));
    if (unlikely(apart))
        extras = *(const uint64_t *const *)extras;
    return extras[py.extra_index];
}

#endif
