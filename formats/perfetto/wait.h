/* SPDX-License-Identifier: Apache-2.0
 *
 * perfetto/wait.h: the waits of a thread, on a track below its own.
 */
#ifndef CODESNAP_PFTRACE_WAIT_H
#define CODESNAP_PFTRACE_WAIT_H

#include "formats/perfetto/packet.h"

void pftrace_wait_describe(struct pftrace_packets *packets, uint64_t uuid,
                           uint64_t thread_uuid);

/* 0, or -1 with errno. */
int pftrace_wait_put(struct pftrace_packets *packets, uint64_t uuid,
                     const struct wait *wait);

#endif
