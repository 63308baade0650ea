/* SPDX-License-Identifier: Apache-2.0
 *
 * code.h: the identity of a Python function: its code object.  What we know of
 * one is a word in the object's co_extra slot, which dies with it:
 *
 *      63    40 39..37  36 35 34 33 32 31   28 27         4 3     0
 *     ┌────────┬────────┬──┬──┬──┬──┬──┬───────┬───────────┬───────┐
 *     hMcrantTAIF0 0 C  │U │S │N │G │W │ 0     │ id        │ 1     │  named
 *     ├────────┴────────┴──┴──┴──┴──┴──┴───────┴───────────┼───────┤
 *     │ address of its parent's prefix                     │ 2, 3  │  not named yet
 *     ├────────┬────────┬──┬──┬──┬──┬──┬───────────────────┼───────┤
 *     │ 0      │ L D 0  │0 │0 │N │0 │W │ 0                 │ 4     │  never recorded
 *     ├────────┼────────┼──┼──┼──┼──┼──┼───────────────────┼───────┤
 *     │ 0      │ 0 0 0  │0 │0 │N │0 │W │ 0                 │ 5     │  nor what it calls
 *     ├────────┼────────┼──┼──┼──┼──┼──┼───────────────────┼───────┤
 *     │ nA 0 F │ 0 0 0  │0 │0 │0 │0 │0 │ 0                 │ 6     │  folded so far
 *     └────────┴────────┴──┴──┴──┴──┴──┴───────────────────┴───────┘
 *
 * The low half of a named word is its ENTER_PYTHON record word.
 *
 * W   its entry and exit name the thread, or, with N, say that greenlet was imported
 * G   before 3.12, a generator or coroutine
 * S   each call is in a named span of the function's own
 * U   a generator or coroutine in which named spans were open
 * C   it reports what ends a thread or process
 * F   it is a library's, and only the user's own code is to be recorded
 * I   it is one of those by which an import is named
 * n   from 3.12 on, how often it was folded, up to 63 times, and
 * A   it is told for ever (foreign.h)
 * T   it is called too often to be recorded (throttle.h)
 * c   a coroutine or asynchronous generator: its entry may be a step of a task
 * M   it makes a task, with W
 * t   the number of its trigger, and one (triggers.h), four bits
 * r, a its arguments, and what it returns, are recorded (inspected.h)
 * h   its calls say what happens (happenings.h), three bits
 * L   it calls a C function that a rule wants, or may do so by its name
 * D   it does not, and runs with the profile function switched off (darkframe.c)
 */
#ifndef CODESNAP_CODE_H
#define CODESNAP_CODE_H

#include "agent/base/text.h"
#include "agent/cpython/abi/extra.h"
#include "agent/cpython/abi/python.h"
#include "agent/track/record.h"

#define CODE_TAG_MASK           15u
#define CODE_NAMED              1u /* equals SPOOL_ENTER_PYTHON */
#define CODE_PENDING            2u /* before 3.11: its parent was seen */
#define CODE_MARKED             3u /* and its own children are marked */
#define CODE_HIDDEN             4u /* never recorded */
#define CODE_CLOSED             5u /* nor is what it calls */
#define CODE_ABROAD             6u /* a library's, not named until it is to be recorded */
#define CODE_WATCHED            (1ull << 32)
#define CODE_GENERATOR          (1ull << 33)
#define CODE_GREENLET           (1ull << 34) /* with CODE_WATCHED */
#define CODE_SPANNED            (1ull << 35)
#define CODE_SUSPENDS           (1ull << 36)
#define CODE_CATCHES            (1ull << 37) /* reports what ends a thread or process */
#define CODE_DARK               (1ull << 38)
#define CODE_LEADS              (1ull << 39)
#define CODE_FOREIGN            (1ull << 40)
#define CODE_IMPORTS            (1ull << 41)
#define CODE_AWAKE              (1ull << 42)
#define CODE_THROTTLED          (1ull << 43)
#define CODE_TRIGGER(word)      ((uint32_t)((word) >> 44) & 15)
#define CODE_TRIGGERED(trigger) ((uint64_t)(trigger) << 44)
#define CODE_FOLD               (1ull << 48) /* one of those that are counted */
#define CODE_FOLDS              (63ull << 48)
#define CODE_INSPECTED(bits)    ((uint64_t)(bits) << 54) /* as in inspected.h */
#define CODE_ARGUMENTS          (1ull << 54)
#define CODE_RETURNS            (1ull << 55)
#define CODE_COROUTINE          (1ull << 56)
#define CODE_MAKES_TASK         (1ull << 57) /* with CODE_WATCHED */
#define CODE_IS_ASLEEP(word) \
    (((word) & (CODE_FOLDS | CODE_AWAKE)) == CODE_FOLDS)
/* As in formats/base/happening.h. */
#define CODE_HAPPENS(word)   ((uint32_t)((word) >> 60) & 7)
#define CODE_HAPPENING(kind) ((uint64_t)(kind) << 60)
/* Never recorded, and not watched. */
#define CODE_IS_LEFT_OUT(word) \
    (((word) & (CODE_TAG_MASK | CODE_WATCHED)) == CODE_HIDDEN)
/* Nothing is to be found out about it any more. */
#define CODE_IS_MET(word)                     \
    (((word)&CODE_TAG_MASK) == CODE_NAMED ||  \
     ((word)&CODE_TAG_MASK) == CODE_HIDDEN || \
     ((word)&CODE_TAG_MASK) == CODE_CLOSED)
/* It is still to be named, or its entry and exit name the thread. */
#define CODE_ASKS(word) \
    (((word)&CODE_TAG_MASK) != CODE_NAMED || (word)&CODE_WATCHED)
/* What an open call is known by: a function whose exit needs attention gets an
 * odd key, so that the plain comparison at the exit fails.  CODE_SUSPENDS and
 * CODE_THROTTLED come while calls are open, and, as CODE_COROUTINE, are for entries
 * alone. */
#define CODE_FOR_ENTRY (CODE_SUSPENDS | CODE_THROTTLED | CODE_COROUTINE)
#define CODE_KEY(code, word) \
    ((const void *)((uintptr_t)(code) | !CODE_PLAIN((word) & ~CODE_FOR_ENTRY)))
#define CODE_OF_KEY(key) ((const void *)((uintptr_t)(key) & ~(uintptr_t)1))
/* A word that needs no attention at all has only these bits. */
#define CODE_PLAIN(word) (((word) & ~0xffffff0ull) == CODE_NAMED)
/* And one that only needs its steps told apart these. */
#define CODE_STEPS(word) \
    (((word) & ~0xffffff0ull) == (CODE_NAMED | CODE_GENERATOR))

/* Of co_flags: a generator, coroutine or asynchronous generator. */
#define CO_ANY_GENERATOR (0x20 | 0x80 | 0x200)
/* A coroutine, one of types.coroutine, or an asynchronous generator. */
#define CO_ANY_COROUTINE (0x80 | 0x100 | 0x200)
/* Whether the steps of tasks are to be recorded.  Before anything else. */
extern bool code_tells_tasks;

/* Code of our own, as of a module; a new reference, or NULL. */
PyObject *code_compile(const char *source);
/* Of what is a Python function, behind methods, its code, borrowed; else NULL. */
PyObject *code_of_callable(PyObject *callable);
/* Name the function, at its first sight; 0 if nothing can be named any more.
 * globals are those it runs in.  starts: it is called now, it was not before. */
uint64_t code_meet(PyObject *code, PyObject *globals, struct thread *thread,
                   bool starts);
/* Before 3.11: code runs before the recording; true at its first sight.  Whose
 * children its inner functions are is remembered for their qualified names. */
bool code_mark(PyObject *code);
/* Its co_name, borrowed, by a load; NULL if it is not known where that lies. */
PyObject *code_name(PyObject *code);
/* The same for a function that was made before we could see its parent run:
 * what its qualified name says, for it and its inner functions. */
void code_mark_made(PyObject *code, struct text qualified_name);
/* Never record it, nor the functions that are made inside of it. */
void code_hide(PyObject *code);
/* Give it a word, but no name: for calls that are measured, not recorded. */
void code_pretend(PyObject *code);
/* In a ring: tell intern.c of code objects that are gone. */
void code_watch_ends(void);
/* From here on a named function has CODE_SUSPENDS. */
void code_watch_steps(PyObject *code, uint64_t word);
/* The interpreter was finalized: what was measured is void. */
void code_forget(void);

/* From 3.13 on any object can be told to a tool as if it were one
 * (PyMonitoring_EnterScope): nothing of it is read before this is asked. */
static inline bool
code_is_code(const void *object)
{
    return python_type(object) == py.PyCode_Type;
}

static inline uint64_t
code_known_word(PyObject *code)
{
    return extra_known(code, py.extra_apart);
}

/* The same in any case. */
static inline uint64_t
code_word(PyObject *code)
{
    return likely(py.extra_offset) ? code_known_word(code) : extra_ask(code);
}

#endif
