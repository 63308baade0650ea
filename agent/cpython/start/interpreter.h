/* SPDX-License-Identifier: Apache-2.0
 *
 * interpreter.h: the interpreters of this process, each with hooks of its own.
 * The main one is hooked at the start; the others call in when they begin their
 * imports.  Those with a GIL of their own come here at the same time.
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
    bool profiled; /* calls are told to profile functions, see sieve.c */
    bool homeless; /* no id was left: the recording pauses for that */
    long set;      /* what the first id was told to see */
    long call, c_return, c_raise, shared; /* numbers of events */
    long events[16];                      /* of the callbacks */
    struct callback *callbacks[16];
};

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

/* With the GIL of the one in question: the main one lives, or a later one
 * may. */
void interpreter_begin(void);
void interpreter_arrive(void);
/* The main one was finalized, and took all others with it. */
void interpreter_forget(void);

/* The current one; never NULL after interpreter_begin, of one that is not known
 * the main one. */
struct interpreter *interpreter_current(void);
/* That of a thread state, up to 3.11. */
struct interpreter *interpreter_of(const void *thread_state);
/* All; gone ones too. */
struct interpreter *interpreter_first(void);

/* This thread goes on with an interpreter's calls; returns whose it went on with
 * before.  An unattached thread stays so. */
uint32_t interpreter_enter(uint32_t number);

#endif
