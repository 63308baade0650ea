/* SPDX-License-Identifier: Apache-2.0
 *
 * sessiondir.h: where a session's folder goes.  A spool is a shared mapping
 * that must outlive its writer, which network and user-space file systems do
 * not promise; so beside the output only where that is a local disk.
 */
#ifndef CODESNAP_SESSIONDIR_H
#define CODESNAP_SESSIONDIR_H

#include <stddef.h>

/* What the name of every session folder ends in. */
#define SESSION_SUFFIX ".codesnap"

/* The absolute path of the session folder for output, without a number, under
 * spool_directory unless it is NULL or empty.  Makes nothing.  0, or -1 with
 * errno set and path naming what failed. */
int sessiondir_choose(const char *output, const char *spool_directory,
                      char *path, size_t path_bytes);

#endif
