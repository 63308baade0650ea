/* SPDX-License-Identifier: Apache-2.0
 *
 * darkframe.h: up to 3.11, code that is left out by a rule runs with the profile
 * function switched off, so that neither it nor what it calls in C costs anything
 * but one more frame evaluation.  With the GIL.
 */
#ifndef CODESNAP_DARKFRAME_H
#define CODESNAP_DARKFRAME_H

#include <stdbool.h>

/* What evaluates frames in place of recorded and of next, which passes over us: for
 * dark frames it calls next, for all others recorded. */
void *darkframe_begin(void *recorded, void *next);
bool darkframe_owns(const void *function);

#endif
