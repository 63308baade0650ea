/* SPDX-License-Identifier: Apache-2.0
 *
 * setprofile.h: what stands in front of sys.setprofile up to 3.11, so that a
 * function which is set during a call hears of no end without a begin
 * (earlycall.h).  From 3.12 on teller.h does that.  With the GIL.
 */
#ifndef CODESNAP_SETPROFILE_H
#define CODESNAP_SETPROFILE_H

/* Stand in front of it, in the current interpreter.  0, or -1. */
int setprofile_open(void);

#endif
