/* SPDX-License-Identifier: Apache-2.0
 *
 * instruction.h: which instruction of a function told an event, from 3.12 on:
 * the few that tell a begin without an end, or an end without a begin.  What
 * they are called by is found out from code of our own.  With the GIL.
 */
#ifndef CODESNAP_INSTRUCTION_H
#define CODESNAP_INSTRUCTION_H

#include <stdbool.h>

#include "agent/cpython/abi/python.h"

/* Where it is not found, all answers below are false. */
void instruction_measure(void);

/* The begin of a function was told there. */
void instruction_learn(PyObject *code, PyObject *offset);

/* A function was left by an exception at its instruction RESUME.  That is where
 * its begin is told; from 3.13 on signals are handled before, and one of its
 * callbacks may have raised. */
bool instruction_is_resume(PyObject *code, PyObject *offset);
/* The begin of what runs in the current frame was not told to us: code has more
 * frames than calls on the shadow stack. */
struct thread;
bool instruction_frame_is_unknown(PyObject *code, struct thread *thread);

/* `m(*a)`, where m is a method object: from 3.13 on only its begin is told. */
bool instruction_ends_unseen(PyObject *code, PyObject *offset,
                             PyObject *callable);

#endif
