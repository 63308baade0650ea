/* SPDX-License-Identifier: Apache-2.0
 *
 * json/wait.h: waits as Chrome trace events.
 */
#ifndef CODESNAP_JSON_WAIT_H
#define CODESNAP_JSON_WAIT_H

#include "formats/base/sink.h"
#include "formats/trace/trace.h"

/* suffix is an event's end, from its pid on; id is the track's. */
void json_wait_put(struct sink *sink, const struct wait *wait, uint32_t id,
                   const char *suffix);

#endif
