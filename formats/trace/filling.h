/* SPDX-License-Identifier: Apache-2.0
 *
 * filling.h: what the entries of an image's meta chunks say, filled in where it
 * belongs: the process, its tracks, functions and notes.
 */
#ifndef CODESNAP_FILLING_H
#define CODESNAP_FILLING_H

#include "formats/trace/archive.h"
#include "formats/trace/meta.h"

struct filling {
    struct archive *archive;
    struct image *image;
    struct lane **lanes; /* of this image, by id */
    size_t lane_count;
};

/* Of process; takes the text over, where NULL is no memory.  0, or -1. */
int filling_add_note(struct trace *trace, struct process *process,
                     enum spool_note code, uint64_t count, char *text);

/* For meta_read, with a struct filling.  0, or -1 with errno. */
int filling_take(void *filling, const struct spool_meta *meta);

/* The spool's header has something to say of the image: a note, if so.  Once its
 * entries were taken.  0, or -1 with errno. */
int filling_take_stop(struct filling *filling,
                      const struct spool_header *header);

#endif
