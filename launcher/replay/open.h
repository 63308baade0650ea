/* SPDX-License-Identifier: Apache-2.0
 *
 * open.h: an output of ours read back as the trace that it was made from, as far
 * as it still tells.  What reads a trace need not know; a report of it is that of
 * the session.
 */
#ifndef CODESNAP_REPLAY_OPEN_H
#define CODESNAP_REPLAY_OPEN_H

#include <stddef.h>

#include "formats/trace/trace.h"

/* The trace in the file at path.  On failure returns NULL with one line in
 * error that names the thing and the way out. */
struct trace *replay_open(const char *path, char *error, size_t error_bytes);

#endif
