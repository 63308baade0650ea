/* SPDX-License-Identifier: Apache-2.0
 *
 * points.h: the instants and counter values of a track in a page of ours, in
 * the order of time.
 */
#ifndef CODESNAP_POINTS_H
#define CODESNAP_POINTS_H

#include <stdint.h>

#include "formats/trace/reader.h"
#include "launcher/replay/pagechunks.h"

struct points {
    const struct pagechunks *chunks;
    const struct trace *trace; /* whose functions are the names */
    struct unpacking unpacking;
    uint32_t track, chunk; /* the next one to look at */
    struct cursor cursor;
    size_t bytes;              /* of the chunk that is being read */
    uint64_t left;             /* points in it */
    uint64_t damaged_bytes;    /* of chunks that make no sense to their end */
    uint64_t ns;               /* of the next point, */
    struct function *function; /* its name; NULL: there is none */
};

/* 0, or -1 without memory; points_end in any case. */
int points_begin(struct points *points, const struct pagechunks *chunks,
                 const struct trace *trace, uint32_t track);
void points_end(struct points *points);

/* Tell all that are before that time and were not told yet; 0, or the first
 * answer that is not, or -1 without memory. */
int points_tell(struct points *points, uint64_t ns,
                const struct track_visitor *visitor, void *context);

#endif
