/* SPDX-License-Identifier: Apache-2.0
 *
 * arrival.h: interpreters come and go.  The main one is hooked at the start; the
 * others call in when they start their imports.  With the GIL of the one in
 * question.
 */
#ifndef CODESNAP_ARRIVAL_H
#define CODESNAP_ARRIVAL_H

/* The main one lives, or a later one may. */
void arrival_begin(void);
void arrival_come(void);

#endif
