/* SPDX-License-Identifier: Apache-2.0
 *
 * html.c: the timeline viewer as one offline page: the shell up to its marker,
 * the tables, the chunks, the sums, the rest of the shell.  Streams; libc only,
 * since the agent writes it too.
 */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/format.h"
#include "formats/html_chunk.h"
#include "formats/html_shell.h"
#include "formats/html_tables.h"

struct html {
    struct sink *sink;
    const struct trace *trace;
    struct html_chunk *chunk;
    const char *rest; /* of the shell, behind the marker */
};

static int
write_shell(struct html *html)
{
    size_t bytes = (size_t)(html_shell_end - html_shell);
    const char *marker =
        memmem(html_shell, bytes, HTML_SHELL_MARKER, strlen(HTML_SHELL_MARKER));

    if (!marker) {
        errno = EINVAL;
        return -1;
    }
    sink_write(html->sink, html_shell, (size_t)(marker - html_shell));
    html->rest = marker + strlen(HTML_SHELL_MARKER);
    return 0;
}

static void
discard(struct html *html)
{
    if (html->chunk)
        html_chunk_free(html->chunk);
    free(html);
}

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    struct html *html = calloc(1, sizeof *html);

    if (!html)
        return NULL;
    html->sink = sink;
    html->trace = trace;
    html->chunk = html_chunk_new(sink, options);
    if (!html->chunk || write_shell(html) < 0 ||
        html_tables_write(sink, trace) < 0) {
        int cause = errno;
        discard(html);
        errno = cause;
        return NULL;
    }
    return html;
}

static int
track_begin(void *state, const struct track *track)
{
    struct html *html = state;

    html_chunk_begin_track(html->chunk, track->number);
    return 0;
}

static int
open_span(void *state, const struct span *span)
{
    struct html *html = state;

    return html_chunk_open(html->chunk, span);
}

static int
close_span(void *state, const struct span *span)
{
    struct html *html = state;

    html_chunk_close(html->chunk, span);
    return 0;
}

static int
gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct html *html = state;

    html_chunk_gap(html->chunk, start_ns, end_ns);
    return 0;
}

static int
track_end(void *state, const struct track *track)
{
    struct html *html = state;

    (void)track;
    html_chunk_end_track(html->chunk);
    return 0;
}

static int
end(void *state, int failed)
{
    struct html *html = state;

    if (!failed) {
        html_tables_write_end(html->sink, html->trace,
                              html_chunk_count(html->chunk),
                              html_chunk_events(html->chunk));
        sink_write(html->sink, html->rest,
                   (size_t)(html_shell_end - html->rest));
    }
    discard(html);
    return 0;
}

const struct format format_html = {
    .name = "html",
    .suffix = ".html",
    .summary = "one offline page with the timeline viewer",
    .begin = begin,
    .track_begin = track_begin,
    .open = open_span,
    .close = close_span,
    .gap = gap,
    .track_end = track_end,
    .end = end,
};
