/* SPDX-License-Identifier: Apache-2.0
 *
 * teller.h: the objects by which sys.monitoring tells profile functions of calls
 * of C functions, from 3.12 on: ours stand in front of what they do, so that no
 * profile function hears of an end without a begin (earlycall.h), whether it was
 * set by sys.setprofile or by C code.  With the GIL (or attached, free-threaded).
 */
#ifndef CODESNAP_TELLER_H
#define CODESNAP_TELLER_H

struct interpreter;

/* Stand in front of those of the current interpreter, once ours are registered;
 * where they are not found they do what they did. */
void teller_open(struct interpreter *interpreter);
/* No interpreter of this library lives any more. */
void teller_forget(void);

#endif
