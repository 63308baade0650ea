/* SPDX-License-Identifier: Apache-2.0
 *
 * format.h: what an output format is.  One row in formats.def and one .c file
 * each; format_convert drives any of them from an open trace.
 */
#ifndef CODESNAP_FORMAT_H
#define CODESNAP_FORMAT_H

#include "formats/reader.h"
#include "formats/sink.h"

struct format_options {
    /* Raw deflate of count bytes into room bytes at out; returns the size, or
     * 0 if it does not fit.  NULL where there is no library for it (the
     * agent): then nothing is compressed. */
    size_t (*deflate)(const void *bytes, size_t count, void *out, size_t room);
    /* Called now and then with a share of the work done, 0..1; or NULL. */
    void (*progress)(void *context, double share);
    void *context;
};

/* The callbacks run in this order: begin, then for each track in order
 * track_begin, (open | close | gap)*, track_end, at last end.  All but begin
 * and end may be NULL.  begin returns the writer's own state, or NULL with
 * errno set; end frees it and is called also after a failure (failed != 0). */
struct format {
    const char *name;   /* "html" */
    const char *suffix; /* ".html" */
    const char *summary;
    void *(*begin)(struct sink *sink, const struct trace *trace,
                   const struct format_options *options);
    int (*track_begin)(void *state, const struct track *track);
    int (*open)(void *state, const struct span *span);
    int (*close)(void *state, const struct span *span);
    int (*gap)(void *state, uint64_t start_ns, uint64_t end_ns);
    int (*track_end)(void *state, const struct track *track);
    int (*end)(void *state, int failed);
};

/* The format whose suffix the path ends in (the longest one counts), or whose
 * name is given; NULL if there is none. */
const struct format *format_for_path(const char *path);
const struct format *format_by_name(const char *name);
/* The number-th row of formats.def that is linked in, NULL past the end: the
 * agent holds only what it writes at a program's exit. */
const struct format *format_at(size_t number);

/* Write the whole trace to path.  0, or -1 with one line in error; then there
 * is no new file at path. */
int format_convert(struct trace *trace, const struct format *format,
                   const char *path, const struct format_options *options,
                   char *error, size_t error_bytes);

#endif
