/* SPDX-License-Identifier: Apache-2.0
 *
 * livecopy.h: a spool as it is at one moment, while processes write into it: of a
 * ring, whose oldest parts they use again, all; else the windows, as what is packed
 * stays.  A chunk is copied, and then its header is looked at once more: what was
 * used again meanwhile is left out, and it lies before what the header, which is
 * read last, says is dropped.  Windows come first and names last, so that no record
 * is there whose name, or whose block, is not.
 */
#ifndef CODESNAP_LIVECOPY_H
#define CODESNAP_LIVECOPY_H

#include "formats/spool/spoolfile.h"

/* Copy a ring's spool into the empty file to, at the same offsets.  0, or -1 with
 * errno. */
int livecopy_make(struct spoolfile *file, int to);
/* The same of the windows alone.  Blocks from the number on that a track's window
 * has there are later than it, as are tracks without one. */
int livecopy_make_windows(struct spoolfile *file, int to);

/* A file for it that has no name, in the folder or, where none can be made there, in
 * memory.  Its descriptor, or -1 with errno. */
int livecopy_open(const char *folder);

#endif
