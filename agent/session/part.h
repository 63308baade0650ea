/* SPDX-License-Identifier: Apache-2.0
 *
 * part.h: writing a part of what was recorded, out of the process that records.
 */
#ifndef CODESNAP_PART_H
#define CODESNAP_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct part {
    const char *folder;
    const char *path;   /* what to write */
    const char *format; /* its name; NULL: by the path's suffix */
    uint64_t from_ns;   /* CLOCK_MONOTONIC, of this boot */
    uint64_t to_ns;     /* 0: all of the session */
    bool own;           /* only this process and what it forked */
};

/* Any thread; allocates.  0, or -1 with one line in error. */
int part_write(const struct part *part, char *error, size_t error_bytes);

/* Its begin and end in the time of the session's trace, as --window takes it:
 * 0, or -1 with one line in error. */
int part_place(const struct part *part, uint64_t *from_ns, uint64_t *to_ns,
               char *error, size_t error_bytes);

#endif
