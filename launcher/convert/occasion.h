/* SPDX-License-Identifier: Apache-2.0
 *
 * occasion.h: why a snapshot is written, as whoever wants one tells the process that
 * writes it: by a variable of ours.
 */
#ifndef CODESNAP_OCCASION_H
#define CODESNAP_OCCASION_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/shape/writer.h"
#include "formats/trace/trace.h"

enum {
    OCCASION_TEXT_ROOM = 256
};

/* Something took from begin to end, both on CLOCK_MONOTONIC. */
struct occasion {
    uint32_t pid, tid;
    uint64_t begin_ns, end_ns;
    char text[OCCASION_TEXT_ROOM];
};

/* For the process that is to write it. */
void occasion_tell(const struct occasion *occasion);
/* In the time of the trace, if this process was told one and the trace has its
 * thread. */
bool occasion_find(struct trace *trace, struct format_occasion *found);

#endif
