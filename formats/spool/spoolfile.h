/* SPDX-License-Identifier: Apache-2.0
 *
 * spoolfile.h: one spool file as a row of chunks.  Reads with pread, never by
 * a mapping: a file that shrinks must give a short read and no SIGBUS.  Every
 * word may be wrong, so nothing here trusts what it has not compared.
 */
#ifndef CODESNAP_SPOOLFILE_H
#define CODESNAP_SPOOLFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/spool/spool.h"

struct spoolfile {
    int fd;
    bool lent; /* the descriptor is another one's to close */
    struct spool_header header;
    uint64_t size_bytes;    /* of the file, holes and all */
    uint64_t cursor;        /* where the next chunk is looked for */
    uint64_t damaged_bytes; /* of pages that held something, but no chunk */
};

/* Open the file called name in the folder.  0, or -1 with errno: EINVAL if it
 * is not a spool, EPROTONOSUPPORT if it needs a newer reader. */
int spoolfile_open(struct spoolfile *file, const char *folder,
                   const char *name);
/* The same of a descriptor, which stays open when the file is closed. */
int spoolfile_adopt(struct spoolfile *file, int fd);
void spoolfile_close(struct spoolfile *file);

/* The header of the next chunk (without its stack), as FORMAT.md says how to
 * find it.  1, or 0 at the end, or -1 with errno. */
int spoolfile_next(struct spoolfile *file, struct spool_chunk *chunk);

/* Is there a whole and sensible chunk at that offset? */
int spoolfile_chunk_at(struct spoolfile *file, uint64_t offset,
                       struct spool_chunk *chunk);

/* Up to count bytes at offset; fewer only at the file's end.  -1 with errno. */
int64_t spoolfile_read(struct spoolfile *file, uint64_t offset, void *bytes,
                       size_t count);

/* The names of the spools in a folder, sorted, so that everything made from
 * them is the same each time.  0, or -1 with errno. */
struct spoolfile_names {
    size_t count;
    char **names;
};
int spoolfile_list(const char *folder, struct spoolfile_names *list);
void spoolfile_list_free(struct spoolfile_names *list);

#endif
