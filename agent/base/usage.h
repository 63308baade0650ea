/* SPDX-License-Identifier: Apache-2.0
 *
 * usage.h: how long the process ran, and how long its threads were ready to run
 * and waited for a processor, which no call can be blamed for.  Linux counts both.
 * Any thread; allocates nothing; leaves errno alone.
 */
#ifndef CODESNAP_USAGE_H
#define CODESNAP_USAGE_H

#include <stdint.h>

struct usage {
    uint64_t cpu_ns;
    uint64_t delay_ns; /* UINT64_MAX: not known */
};

/* The recording starts in the calling thread: what was before does not count. */
void usage_start(void);
/* The calling thread ends. */
void usage_end_thread(void);
/* Since then: the delay is that of ended threads and of the calling one. */
struct usage usage_now(void);

#endif
