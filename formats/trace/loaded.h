/* SPDX-License-Identifier: Apache-2.0
 *
 * loaded.h: the files that code was loaded from, as they were then, each once
 * for the whole trace.  Tells whether a file still is what ran.
 */
#ifndef CODESNAP_LOADED_H
#define CODESNAP_LOADED_H

#include "formats/base/file.h"
#include "formats/trace/reader.h"

struct image;

struct loaded {
    void *files; /* a tree, as of tsearch */
};

/* What an image says of a file, whose name it takes.  0, or -1 with errno set
 * (or where file is NULL). */
int loaded_take(struct loaded *loaded, const struct image *image,
                const struct spool_meta_source *source, char *file);
void loaded_free(struct loaded *loaded);

/* Is the file of that name, which is like this now, the one that the code of the
 * trace was loaded from?  Yes where nothing speaks against it: of files that
 * nobody looked at in time, that they were written later. */
bool loaded_is_still(const struct trace *trace, const char *file,
                     const struct file_status *now);

#endif
