/* SPDX-License-Identifier: Apache-2.0
 *
 * annotations.h: the instants and counter values of a track in a page of ours,
 * in the order of time.
 */
#ifndef CODESNAP_ANNOTATIONS_H
#define CODESNAP_ANNOTATIONS_H

#include <stdint.h>

#include "formats/trace/trace.h"
#include "launcher/replay/pagechunks.h"

struct annotations {
    const struct pagechunks *chunks;
    const struct trace *trace; /* whose functions are the names */
    struct unpacking unpacking;
    uint32_t track, chunk; /* the next one to look at */
    struct cursor cursor;
    size_t bytes;           /* of the chunk that is being read */
    uint64_t left;          /* annotations in it */
    uint64_t damaged_bytes; /* of chunks that make no sense to their end */
    uint64_t ns;            /* of the next annotation, */
    struct function
        *function;   /* its name, or whose call's arguments it is; NULL:
                                  there is none */
    char *arguments; /* the last ones */
    uint64_t passed; /* those that no call asked for */
};

/* If the next one is the arguments of a call of that function which ends then: their
 * JSON, until annotations_end or the next call of this, and go on to what follows;
 * else NULL. */
const char *annotations_arguments(struct annotations *annotations,
                                  const struct function *function, uint64_t ns);

/* 0, or -1 without memory; annotations_end in any case. */
int annotations_begin(struct annotations *annotations,
                      const struct pagechunks *chunks,
                      const struct trace *trace, uint32_t track);
void annotations_end(struct annotations *annotations);

/* Tell all that are before that time and were not told yet; 0, or the first
 * answer that is not, or -1 without memory. */
int annotations_tell(struct annotations *annotations, uint64_t ns,
                     const struct track_visitor *visitor, void *context);

#endif
