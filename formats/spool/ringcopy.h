/* SPDX-License-Identifier: Apache-2.0
 *
 * ringcopy.h: a ring's spool as it is at one moment, while processes write into it
 * and use its oldest parts again.  A chunk is copied, and then its header is looked
 * at once more: what was used again meanwhile is left out, and it lies before what
 * the header, which is read last, says is dropped.  Windows come first and names
 * last, so that no record is there whose name, or whose block, is not.
 */
#ifndef CODESNAP_RINGCOPY_H
#define CODESNAP_RINGCOPY_H

#include "formats/spool/spoolfile.h"

/* Copy the spool into the empty file to, at the same offsets.  0, or -1 with
 * errno. */
int ringcopy_make(struct spoolfile *file, int to);

/* A file for it that has no name, in the folder or, where none can be made there, in
 * memory.  Its descriptor, or -1 with errno. */
int ringcopy_open(const char *folder);

#endif
