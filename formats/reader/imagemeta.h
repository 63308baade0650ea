/* SPDX-License-Identifier: Apache-2.0
 *
 * imagemeta.h: what the entries of an image's meta chunks say, filled in where
 * it belongs: the process, its tracks, functions and notes.
 */
#ifndef CODESNAP_IMAGEMETA_H
#define CODESNAP_IMAGEMETA_H

#include "formats/decode/meta.h"
#include "formats/reader/archive.h"

struct imagemeta {
    struct archive *archive;
    struct image *image;
    struct stored_track **tracks; /* of this image, by id */
    size_t track_count;
};

/* Of process; takes the text over, where NULL means no memory.  0, or -1. */
int imagemeta_add_note(struct trace *trace, struct process *process,
                       enum spool_note code, uint64_t count, char *text);

/* For meta_read, with a struct imagemeta.  0, or -1 with errno. */
int imagemeta_take(void *imagemeta, const struct spool_meta *meta);

/* The spool's header has something to say of the image: a note, if so.  Once
 * its entries were taken.  0, or -1 with errno. */
int imagemeta_take_stop(struct imagemeta *imagemeta,
                        const struct spool_header *header);

#endif
