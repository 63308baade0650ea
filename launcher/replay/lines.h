/* SPDX-License-Identifier: Apache-2.0
 *
 * lines.h: a text file, packed by gzip or not, line by line.
 */
#ifndef CODESNAP_LINES_H
#define CODESNAP_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines;

/* NULL with errno; ENOSYS where it is packed and there is no zlib. */
struct lines *lines_open(const char *path);
/* The next line without its end, which is behind it as a NUL; NULL behind the
 * last one.  Good until the next call. */
char *lines_next(struct lines *lines, size_t *count);
/* Whether all was read and made sense. */
bool lines_is_whole(const struct lines *lines);
void lines_close(struct lines *lines);

#endif
