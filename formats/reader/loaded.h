/* SPDX-License-Identifier: Apache-2.0
 *
 * loaded.h: the files that code was loaded from, as they were then, each once
 * for the whole trace.  Tells whether a file still is what ran.
 */
#ifndef CODESNAP_LOADED_H
#define CODESNAP_LOADED_H

#include "formats/base/file.h"
#include "formats/trace/trace.h"

struct image;

struct loaded {
    void *files; /* a tree, as of tsearch */
};

/* What an image says of a file, whose name it takes.  0, or -1 with errno set
 * (or where file is NULL). */
int loaded_take(struct loaded *loaded, const struct image *image,
                uint64_t started_ns, const struct spool_meta_source *source,
                char *file);
void loaded_free(struct loaded *loaded);

/* As is_what_ran of a trace's backing.  began_ns tells when the first code of
 * an image can have been loaded, in CLOCK_REALTIME. */
int loaded_is_still(const struct loaded *loaded, const char *file,
                    const struct file_status *now,
                    uint64_t (*began_ns)(const struct image *image));

#endif
