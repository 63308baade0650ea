/* SPDX-License-Identifier: Apache-2.0
 *
 * profile.h: the profile functions, up to 3.11.  With the GIL.
 */
#ifndef CODESNAP_PROFILE_H
#define CODESNAP_PROFILE_H

#include "agent/cpython/abi/python.h"

/* What a profile function is told: the PyTrace_ numbers of all versions. */
enum profile_event {
    PROFILE_CALL = 0,
    PROFILE_RETURN = 3,
    PROFILE_C_CALL = 4,
    PROFILE_C_EXCEPTION = 5,
    PROFILE_C_RETURN = 6
};

/* One records everything, which is chosen when the recording starts. */
extern Py_tracefunc profile_callback;
void profile_choose(void);
/* The same for other interpreters than the main one. */
int profile_its_callback(PyObject *object, PyFrameObject *frame, int what,
                         PyObject *argument);
/* One leaves C calls out. */
int profile_python_callback(PyObject *object, PyFrameObject *frame, int what,
                            PyObject *argument);
/* The first one while frame evaluation stands aside, in 3.11.  Then nothing else
 * sees that a thread starts, or that this process is a forked child: it and
 * profile_python_callback call look, if it is given, where that may be. */
int profile_aside_callback(PyObject *object, PyFrameObject *frame, int what,
                           PyObject *argument);
void profile_look_by(void (*look)(void));
/* The frame was left by the exception that is pending: the record of its exit says
 * what kind of exception that is.  NULL, always. */
PyObject *profile_settle(const void *frame);
/* Is it one of these? */
bool profile_is_ours(const void *function);

#endif
