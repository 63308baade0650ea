/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.h: writes what was recorded so far, or a part of it, from within the
 * process that records.
 */
#ifndef CODESNAP_SNAPSHOT_H
#define CODESNAP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot {
    const char *folder;
    const char *path;   /* what to write */
    const char *format; /* its name; NULL: by the path's suffix */
    uint64_t from_ns;   /* CLOCK_MONOTONIC, of this boot */
    uint64_t to_ns;     /* 0: all of the session */
    bool own;           /* only this process and what it forked */
};

/* Any thread; allocates.  0, or -1 with one line in error. */
int snapshot_write(const struct snapshot *snapshot, char *error,
                   size_t error_bytes);

/* Its begin and end in the time of the session's trace, as --window takes it:
 * 0, or -1 with one line in error. */
int snapshot_locate(const struct snapshot *snapshot, uint64_t *from_ns,
                    uint64_t *to_ns, char *error, size_t error_bytes);

#endif
