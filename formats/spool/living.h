/* SPDX-License-Identifier: Apache-2.0
 *
 * living.h: does a process still run?  A pid alone does not say so, since it
 * may have been given to another one.
 */
#ifndef CODESNAP_LIVING_H
#define CODESNAP_LIVING_H

#include <stdbool.h>
#include <stdint.h>

/* Does the process with that pid exist, no zombie, and did it start then?
 * exec_start is field 22 of /proc/PID/stat; 0 means it is not known. */
bool living_is(uint32_t pid, uint64_t exec_start);

#endif
