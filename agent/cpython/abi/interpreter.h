/* SPDX-License-Identifier: Apache-2.0
 *
 * interpreter.h: the table of the interpreters of this process, each with hooks of
 * its own.  Those with a GIL of their own come here at the same time.
 */
#ifndef CODESNAP_INTERPRETER_H
#define CODESNAP_INTERPRETER_H

#include "agent/cpython/abi/python.h"

struct callback;

/* From 3.12: what is registered with an interpreter's sys.monitoring. */
struct monitor {
    PyTypeObject *callback_type, *sieve_type;
    PyObject *module;              /* sys.monitoring */
    PyObject *disable, *disabling; /* its DISABLE, and who returns that */
    int tool, second;              /* see tool.h; -1: none yet */
    bool moving;                   /* to another id */
    bool company;  /* the program has, or had, a tool of its own */
    bool homeless; /* no id was left: the recording pauses for that */
    long set;      /* what the first id was told to see */
    bool rests; /* the recording pauses: what both ids share is another event */
    long listens; /* what the second one is told then, as in sentinel.h */
    long call, c_return, c_raise, shared, spare; /* numbers of events */
    long start, leave;                           /* what sentinels see */
    PyObject *sentinels[2];                      /* their callbacks */
    long events[16];                             /* of the callbacks */
    struct callback *callbacks[16];
};

/* Nothing is registered. */
#define MONITOR_NONE ((struct monitor){.tool = -1, .second = -1})

/* The object that was registered there. */
static inline PyObject *
monitor_callback(const struct monitor *monitor, size_t index)
{
    return (PyObject *)(void *)((char *)monitor->callbacks[index] -
                                py.header_bytes);
}

struct interpreter {
    PyInterpreterState *state; /* NULL: it is gone */
    uint32_t number;           /* as the program knows it; 0 is the main one */
    struct monitor monitor;
    void *evaluates; /* up to 3.11: what we left in its frame evaluation's slot;
                        NULL: we have put in nothing */
    struct interpreter *next;
};

/* More than one was there: events must be asked whose they are. */
extern bool interpreter_several;

/* The main one lives: the current one. */
struct interpreter *interpreter_open(void);
/* A later one, which is not in the table; NULL without memory. */
struct interpreter *interpreter_add(PyInterpreterState *state);
/* It is gone. */
void interpreter_remove(struct interpreter *interpreter);
/* The main one was finalized, and took all others with it. */
void interpreter_forget(void);

/* Of the current one. */
PyInterpreterState *interpreter_current_state(void);
/* The one that has this state; NULL: it is not in the table. */
struct interpreter *interpreter_find(const PyInterpreterState *state);
/* The current one; never NULL after interpreter_open, of one that is not known
 * the main one. */
struct interpreter *interpreter_current(void);
/* That of a thread state, up to 3.11. */
struct interpreter *interpreter_of(const void *thread_state);
/* All; gone ones too. */
struct interpreter *interpreter_first(void);
bool interpreter_is_main(const struct interpreter *interpreter);

#endif
