/* SPDX-License-Identifier: Apache-2.0
 *
 * contention.h: how many threads of a process want to run at the same time, and how
 * long its threads ran, and waited for a processor.
 */
#ifndef CODESNAP_CONTENTION_H
#define CODESNAP_CONTENTION_H

#include <stdint.h>

#include "formats/slow/stall.h"
#include "formats/trace/trace.h"

/* eagers: for how many nanoseconds each track ran, roughly.  What is known of other
 * calls is not in it. */
struct stall_machine contention_machine(const struct trace *trace,
                                        const uint64_t *eagers);

#endif
