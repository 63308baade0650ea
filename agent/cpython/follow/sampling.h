/* SPDX-License-Identifier: Apache-2.0
 *
 * sampling.h: what the process uses, as counters: memory, the processor, context
 * switches, files, threads, blocks of Python's allocator.  No thread and no timer
 * look: whoever records and looks up (tick.h) does it, about ten times a second.  All
 * but the blocks are left to whoever does it from outside (formats/spool/meter.h).
 */
#ifndef CODESNAP_SAMPLING_H
#define CODESNAP_SAMPLING_H

#include <stdbool.h>

/* It is wanted.  Before anything else. */
void sampling_want(bool wanted);

/* The program is about to start: find what of the interpreter's is asked.  With the
 * GIL. */
void sampling_begin(void);

/* Take a sample, if it is time.  With the GIL, inside the guard. */
void sampling_act(void);

#endif
