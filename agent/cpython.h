/* SPDX-License-Identifier: Apache-2.0
 *
 * cpython.h: the door to the CPython room: all that the rest of the agent asks
 * of an interpreter, and all that it is told by one.
 */
#ifndef CODESNAP_CPYTHON_H
#define CODESNAP_CPYTHON_H

#include <stdbool.h>

/* What the agent is told; each on a thread with a live thread state. */
struct cpython_events {
    /* An interpreter has begun its imports; before os.environ is read.  0 to
     * record, -1 to leave it alone. */
    int (*begun)(const char *interpreter);
    /* The program's own code begins; os.environ was read. */
    void (*program)(void);
    /* It was finalized. */
    void (*ended)(void);
};

struct cpython_options {
    bool from_start; /* record from the first import on, not only the program */
    bool c_calls;    /* record C functions, too */
    bool in_python;  /* the tracer in Python records, not this one */
    bool paused;     /* record nothing until the program asks for it */
};

/* Look for an interpreter in this process and lay in wait for its start.
 * Call from the constructor.  0; or -1 where there is none, or none that we
 * know, and then nothing was touched. */
int cpython_await(const struct cpython_events *events,
                  const struct cpython_options *options);

/* The same for one that comes later: code at that address calls what each of them
 * calls first; or the program looks a symbol up in what it has loaded.  Any
 * thread; nothing happens before cpython_await. */
void cpython_look_at(const void *code);
void cpython_look_in(void *handle, const char *symbol);

#endif
