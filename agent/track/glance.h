/* SPDX-License-Identifier: Apache-2.0
 *
 * glance.h: what another thread is in at this moment.  Any thread, with or without
 * the GIL; a lock or two, no system call.
 */
#ifndef CODESNAP_GLANCE_H
#define CODESNAP_GLANCE_H

#include <stdint.h>

#include "agent/track/thread.h"

/* At the thread whose pthread_self() that is. */
struct glance glance_at(uint64_t handle);

#endif
