/* SPDX-License-Identifier: Apache-2.0
 *
 * calibrate.h: what one traced call costs, in this interpreter on this machine,
 * so that a trace can say how much of its time is the tracer's.  With the GIL,
 * before any code of the program.
 */
#ifndef CODESNAP_CALIBRATE_H
#define CODESNAP_CALIBRATE_H

#include "agent/track/thread.h"

/* Make the calls to measure.  0; or -1, and nothing is measured. */
int calibrate_begin(void);
/* Measure them as they are, then traced into a scratch window.  Nothing of it
 * is recorded.  The second one writes the COST entry. */
void calibrate_plain(void);
void calibrate_traced(struct thread *thread);
void calibrate_end(void);

#endif
