/* SPDX-License-Identifier: Apache-2.0
 *
 * metered.h: what a process used, as it was seen from outside (formats/spool/meter.h),
 * told as samples of counters on its first track, between what is told of that.
 */
#ifndef CODESNAP_METERED_H
#define CODESNAP_METERED_H

#include "formats/reader/archive.h"

/* Read the files of all sources.  0, or -1 without memory. */
int metered_open(struct archive *archive);
void metered_close(struct archive *archive);

struct metered {
    struct archive *archive;
    const struct stored_track *stored;
    const struct meter_entry *next, *end;
    const struct load *before; /* of the process */
    uint64_t next_ns;          /* of next; UINT64_MAX: there is none */
    uint64_t samples;
    const struct track_visitor *inner;
    void *context; /* inner's */
    struct track_visitor visitor;
};

/* Is there any for this track?  Then it is to be read by visitor, with metered as its
 * context, and metered_finish says what comes last. */
bool metered_begin(struct metered *metered, struct archive *archive,
                   const struct stored_track *stored,
                   const struct track_visitor *inner, void *context);
/* 0, or what the visitor returned. */
int metered_finish(struct metered *metered);

#endif
