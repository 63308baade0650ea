/* SPDX-License-Identifier: Apache-2.0
 *
 * meta.h: the entries of a meta chunk, each checked against its own size, so
 * that whoever is given one may read its fixed part and its strings.
 */
#ifndef CODESNAP_META_H
#define CODESNAP_META_H

#include <stddef.h>
#include <stdint.h>

#include "formats/spool/spool.h"
#include "formats/spool/spoolfile.h"

/* A string as it is in the spool. */
struct meta_text {
    const char *bytes;
    size_t count;
};

/* Called with each whole entry of a known type; non-zero stops. */
typedef int meta_visit(void *context, const struct spool_meta *entry);

/* 0, or what visit returned, or -1 with errno.  *damaged grows by what made no
 * sense. */
int meta_read(struct spoolfile *file, const struct spool_chunk *chunk,
              meta_visit *visit, void *context, uint64_t *damaged);

/* The string number index of an entry; empty where it is cut off. */
struct meta_text meta_string(const struct spool_meta *entry, unsigned index);

#endif
