/* SPDX-License-Identifier: Apache-2.0
 *
 * sink.h: where the bytes of an output go.  Buffered; writes to a temporary
 * name beside the output and renames it when it is whole.  The first error is
 * kept, and everything after it is silently dropped, so writers need not look
 * before sink_close.
 */
#ifndef CODESNAP_SINK_H
#define CODESNAP_SINK_H

#include <stddef.h>
#include <stdint.h>

struct sink {
    int fd;    /* -1 when closed */
    int error; /* errno of the first failure, or 0 */
    uint64_t written_bytes;
    size_t used;
    size_t room;
    char *buffer;
    void (*take)(void *context, const void *bytes, size_t count);
    void *context; /* of take: where the bytes go instead of a file, or NULL */
    char *path;    /* NULL for standard output */
    char *temporary;
};

/* Open for path, "-" for standard output.  0, or -1 with errno set. */
int sink_open(struct sink *sink, const char *path);
/* One whose bytes take gets, a buffer at a time.  0, or -1 with errno set. */
int sink_divert(struct sink *sink,
                void (*take)(void *context, const void *bytes, size_t count),
                void *context);
void sink_write(struct sink *sink, const void *bytes, size_t count);
void sink_puts(struct sink *sink, const char *text);
/* At least count contiguous bytes of room (count <= 4096), for writers that
 * format in place; then sink_advance by what was used. */
char *sink_reserve(struct sink *sink, size_t count);
void sink_advance(struct sink *sink, size_t count);
void sink_decimal(struct sink *sink, uint64_t value);
/* Flush and rename into place.  0, or -1 with errno set; then nothing is left
 * behind under either name that was not there before. */
int sink_close(struct sink *sink);
/* Give up: remove what was written. */
void sink_abandon(struct sink *sink);

#endif
