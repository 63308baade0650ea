/* SPDX-License-Identifier: Apache-2.0
 *
 * interpose.h: the functions of interposed.def.
 */
#ifndef CODESNAP_INTERPOSE_H
#define CODESNAP_INTERPOSE_H

/* Find the real ones.  Constructor, before anything else. */
void interpose_resolve(void);

#endif
