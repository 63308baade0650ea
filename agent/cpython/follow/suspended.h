/* SPDX-License-Identifier: Apache-2.0
 *
 * suspended.h: the named spans that are open in the frames of generators and
 * coroutines.  The record closes them with the frame's step; they are opened
 * again when it goes on, on whatever thread.  With the GIL of the frame's
 * interpreter.
 */
#ifndef CODESNAP_SUSPENDED_H
#define CODESNAP_SUSPENDED_H

#include "agent/cpython/abi/python.h"
#include "agent/track/thread.h"

/* A span was entered in the frame that runs now.  Nothing, unless that may be
 * suspended. */
void suspended_add(struct thread *thread, uint32_t word);
/* It was left there. */
void suspended_remove(uint32_t word);
/* The frame goes on: its spans are open again, the outermost first.  A frame is
 * what the hooks are handed: in 3.11 an interpreter frame, else an object. */
void suspended_reopen(struct thread *thread, const void *frame);
/* The one that runs now; NULL if there is none. */
const void *suspended_frame(void);

/* The interpreter was finalized. */
void suspended_forget(void);

#endif
