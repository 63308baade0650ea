/* SPDX-License-Identifier: Apache-2.0
 *
 * occasion.c: see occasion.h.
 */
#include "launcher/convert/occasion.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "formats/reader/reader.h"

#define VARIABLE "CODESNAP_OCCASION"

void
occasion_tell(const struct occasion *occasion)
{
    char value[OCCASION_TEXT_ROOM + 100];
    snprintf(value, sizeof value, "%u %u %" PRIu64 " %" PRIu64 " %s",
             occasion->pid, occasion->tid, occasion->begin_ns, occasion->end_ns,
             occasion->text);
    setenv(VARIABLE, value, 1);
}

static struct track *
track_of(const struct trace *trace, uint32_t pid, uint32_t tid)
{
    for (uint32_t i = trace->track_count; i-- > 0;)
        if (trace->tracks[i]->tid == tid &&
            trace->tracks[i]->process->pid == pid)
            return trace->tracks[i];
    return NULL;
}

bool
occasion_find(struct trace *trace, struct format_occasion *found)
{
    static char text[OCCASION_TEXT_ROOM];
    uint32_t pid, tid;
    uint64_t begin_ns, end_ns;
    const char *value = getenv(VARIABLE);
    if (!value || sscanf(value, "%u %u %" SCNu64 " %" SCNu64 " %255[^\n]", &pid,
                         &tid, &begin_ns, &end_ns, text) != 5)
        return false;
    struct track *track = track_of(trace, pid, tid);
    if (!track)
        return false;
    *found = (struct format_occasion){
        .text = text,
        .track = track->number,
        .start_ns = reader_ns(trace, track->process, begin_ns),
        .end_ns = reader_ns(trace, track->process, end_ns)};
    return true;
}
