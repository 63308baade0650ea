/* SPDX-License-Identifier: Apache-2.0
 *
 * procstat.h: the file stat of a process in /proc, by the numbers of its fields.
 */
#ifndef CODESNAP_PROCSTAT_H
#define CODESNAP_PROCSTAT_H

#include <stddef.h>
#include <stdint.h>

#define PROCSTAT_BYTES    1024
#define PROCSTAT_STATE    3
#define PROCSTAT_THREADS  20
#define PROCSTAT_START    22
#define PROCSTAT_RESIDENT 24 /* in pages */

/* From its state on; pid 0: of the calling process.  NULL with errno. */
const char *procstat_read(uint32_t pid, char line[PROCSTAT_BYTES]);

/* The number in that field; UINT64_MAX: there is none. */
uint64_t procstat_number(const char *state, int field);

#endif
