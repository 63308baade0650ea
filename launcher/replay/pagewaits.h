/* SPDX-License-Identifier: Apache-2.0
 *
 * pagewaits.h: the waits of a track in a page of ours, in the order of their begin.
 */
#ifndef CODESNAP_PAGEWAITS_H
#define CODESNAP_PAGEWAITS_H

#include <stdint.h>

#include "formats/trace/trace.h"
#include "launcher/replay/pagechunks.h"

struct pagewaits {
    const struct pagechunks *chunks;
    const struct trace *trace; /* whose functions and tracks are named */
    struct unpacking unpacking;
    uint32_t track, chunk; /* the next one to look at */
    struct cursor cursor;
    size_t bytes;           /* of the script that is being read */
    uint64_t damaged_bytes; /* of scripts that make no sense to their end */
    uint64_t left;          /* waits in it */
    uint64_t ns;            /* of the last one's begin */
    struct wait next;
    uint64_t told_ns[WAIT_KINDS];
    bool any;     /* there is a next one */
    bool has_cpu; /* a script says so */
    char text[1025];
};

/* 0, or -1 without memory; pagewaits_end in any case. */
int pagewaits_begin(struct pagewaits *waits, const struct pagechunks *chunks,
                    const struct trace *trace, uint32_t track);
void pagewaits_end(struct pagewaits *waits);

/* Tell all that begin by then and were not told yet; 0, or the first answer that is
 * not. */
int pagewaits_tell(struct pagewaits *waits, uint64_t ns,
                   const struct track_visitor *visitor, void *context);

#endif
