/* SPDX-License-Identifier: Apache-2.0
 *
 * guard.h: what lies between ours and the program's.  With the GIL (or attached,
 * free-threaded).
 */
#ifndef CODESNAP_GUARD_H
#define CODESNAP_GUARD_H

#include <stdbool.h>

#include "agent/cpython/abi/python.h"
#include "agent/track/record.h"

/* The guard: whatever of ours may run code of the program's lies between enter
 * and leave.  Many calls may: an audited one (its audit hooks), an attribute of
 * its objects, a comparison in its dictionaries, the end of an object
 * (`__del__`, weakref callbacks), and, up to 3.11, the making of any object that
 * the garbage collector knows.
 *
 * In between our own state may be half changed, so the hooks see nothing of this
 * thread: attach_thread is NULL for whoever comes in, however deep.  Up to 3.11 no
 * collection starts; it does with the program's next object.  What was set as an
 * exception in between is dropped; errno and the program's own exception are as
 * they were.  The time is recorded as BUSY in thread, if it is given.
 *
 * What other threads may do in between, if that code lets go of the GIL: all,
 * a pause or the end of the recording included.  So thread may be parked
 * afterwards, and nothing is recorded in it then: attach_thread says so. */
struct guard {
    int saved_errno;
    bool collects; /* the garbage collector was on */
    PyObject *exception[3];
    struct work work;
};
/* Up to 3.11 the making of an object may start a collection: find its switch;
 * needs a live thread state. */
void guard_find_collector(void);
/* Up to 3.7: a new list of all objects that the collector knows; NULL: none. */
PyObject *guard_all_objects(void);
void guard_enter(struct guard *guard, struct thread *thread);
void guard_leave(struct guard *guard, struct thread *thread);
/* Calls of our own in between, that are to be seen. */
void guard_let_in(void);
void guard_shut_out(void);

#endif
