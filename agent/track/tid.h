/* SPDX-License-Identifier: Apache-2.0
 *
 * tid.h: by what number a thread is known.
 */
#ifndef CODESNAP_TID_H
#define CODESNAP_TID_H

#include <stdint.h>

/* The kernel's number of the calling thread, which is the pid in the first one.
 * Where nobody tells it, one that no thread has, and no other call returns.  Any
 * thread; allocates nothing, changes errno. */
uint32_t tid_here(void);

#endif
