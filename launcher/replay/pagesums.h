/* SPDX-License-Identifier: Apache-2.0
 *
 * pagesums.h: the short calls of a track of a page of ours, which it holds as
 * sums (FORMAT.md, "aggregates"), in the order in which they were written: that
 * of the events between which they lie.
 */
#ifndef CODESNAP_PAGESUMS_H
#define CODESNAP_PAGESUMS_H

#include "formats/trace/trace.h"
#include "launcher/replay/pagechunks.h"

struct pagesums {
    const struct pagechunks *chunks;
    const struct trace *trace;
    uint32_t track, chunk; /* the one to look at next */
    struct unpacking unpacking;
    struct cursor cursor;
    uint64_t left, start_ns; /* of the chunk */
    uint64_t chunk_bytes, damaged_bytes;
    bool ready; /* next is there: */
    uint64_t depth;
    struct condensed next;
    struct condensed_entry *entries;
    size_t room;
};

/* 0, or -1 without memory; pagesums_end in any case. */
int pagesums_begin(struct pagesums *sums, const struct pagechunks *chunks,
                   const struct trace *trace, uint32_t track);
void pagesums_end(struct pagesums *sums);

/* Tell the visitor those right below calls of that depth that ended by ns; 0, or
 * what it returned, or -1 without memory. */
int pagesums_tell(struct pagesums *sums, uint64_t depth, uint64_t ns,
                  const struct track_visitor *visitor, void *context);

/* When all was told: the bytes of chunks that made no sense. */
uint64_t pagesums_damaged(const struct pagesums *sums);

#endif
