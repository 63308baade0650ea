/* SPDX-License-Identifier: Apache-2.0
 *
 * throttle.h: --max-overhead.  From time to time a thread looks at what its latest
 * records cost (toll.h).  Where that is too much, the functions that were called
 * most are throttled: their calls are recorded no more, and from 3.12 on told no
 * more, so that they cost nothing, and their time is their callers'.  Now and then
 * all are let in again for a moment, the probe: a slow call that starts in one is
 * recorded as any other, and what is not frequent any more stays in.  With the
 * GIL, but for throttle_look.
 */
#ifndef CODESNAP_THROTTLE_H
#define CODESNAP_THROTTLE_H

#include "agent/cpython/names/cfunction.h"
#include "agent/cpython/names/code.h"

/* Anything may be throttled. */
extern bool throttle_is_on;

/* The recording is to cost no more than so many thousandths of the program's own
 * time; 0: whatever it costs.  Before anything else. */
void throttle_open(uint32_t per_mille);
/* What a call costs, in picoseconds, as in the COST entry: from here on it holds. */
void throttle_set_price(uint64_t python_ps, uint64_t c_ps);

/* While it runs: the same; what was throttled until then goes on if it costs too
 * much, or else comes back.  false: this Python can't. */
bool throttle_bound(uint32_t per_mille);

/* What is said of it then. */
extern const char throttle_needs[];

/* Another recording begins: everything is recorded at first. */
void throttle_forget(void);

/* For tick.h: is anything to be done?  And what. */
void throttle_look(struct thread *thread, uint64_t ticks);
struct throttle_orders {
    bool care;    /* whatever is called is to be looked at, known or not */
    bool restart; /* what is told no more is to be told again */
} throttle_act(void);

/* A call of a Python function starts that is to be throttled, or is.  true: it is not
 * to be recorded.  Of its calls that are open no end will be seen. */
bool throttle_passes(struct thread *thread, PyObject *code);
/* One of its calls ends.  Of its ends only those are recorded that are the innermost
 * call's. */
void throttle_exit(struct thread *thread, PyObject *code, enum spool_kind kind);
/* After that: is no return from it to be told any more?  Of its calls that are open no
 * end will be seen then. */
bool throttle_passes_exit(PyObject *code);
/* The same of a C function, with its word. */
bool throttle_passes_c(struct thread *thread,
                       const struct c_callable *callable);
/* Is the callable a Python function that is throttled, or nothing that is recorded by
 * its call, such as a class? */
bool throttle_ignores(PyObject *callable);
/* A probe: whatever comes is recorded. */
bool throttle_probes(void);

/* A call with that key ends: if it is open, what is open above it, and whose end was
 * not seen, ends, too. */
void throttle_close_lost(struct thread *thread, const void *key);

#endif
