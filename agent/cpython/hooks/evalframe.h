/* SPDX-License-Identifier: Apache-2.0
 *
 * evalframe.h: seeing calls by a profile function, which frame evaluation (PEP
 * 523) puts into each thread, up to 3.11.  With the GIL.
 */
#ifndef CODESNAP_EVALFRAME_H
#define CODESNAP_EVALFRAME_H

#include <stdbool.h>

struct interpreter;

/* Watch for the program's own first frame, and before 3.11 note whose child each
 * function is; nothing is recorded yet.  0, or -1. */
int evalframe_watch(void);
/* Record from here on: every thread.  0, or -1. */
int evalframe_begin(bool c_calls);
/* Everything out, and in again: for a pause.  listens: each frame asks whether it is
 * to end. */
void evalframe_rest(bool listens);
void evalframe_resume(bool c_calls);
/* Take everything out again. */
void evalframe_end(void);
/* Another interpreter comes, and is the current one: watch it, or record it, as
 * the others.  0, or -1. */
int evalframe_arrive(void);
/* The main one was finalized. */
void evalframe_forget(void);
/* Has another tool taken our place there?  It is said once. */
void evalframe_look(const struct interpreter *interpreter);

#endif
