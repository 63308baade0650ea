/* SPDX-License-Identifier: Apache-2.0
 *
 * writer.h: what an output format is, for those who write one: callbacks that
 * format_convert (format.h) leads through an open trace.
 */
#ifndef CODESNAP_WRITER_H
#define CODESNAP_WRITER_H

#include "formats/base/sink.h"
#include "formats/trace/trace.h"

/* Stands between the reader and the writer and lets some through.  takes says
 * whether a track is written at all.  begin puts its own callbacks in the place
 * of the writer's and returns their context, or NULL with errno; end frees it. */
struct format_filter {
    bool (*takes)(const struct format_filter *filter,
                  const struct track *track);
    void *(*begin)(const struct format_filter *filter,
                   const struct trace *trace, struct track_visitor *visitor,
                   void *context);
    void (*end)(void *context);
};

/* Why a snapshot was written: what took from start to end. */
struct format_occasion {
    const char *text;
    uint32_t track;
    uint64_t start_ns, end_ns;
};

struct format_options {
    const struct format_occasion *occasion; /* NULL: it is none */
    /* Raw deflate of count bytes into room bytes at out; returns the size, or
     * 0 if it does not fit.  NULL where there is no library for it (the
     * agent): then nothing is compressed. */
    size_t (*deflate)(const void *bytes, size_t count, void *out, size_t room);
    /* Called now and then with a share of the work done, and with 1 when all
     * was read and only end is to come; or NULL. */
    void (*progress)(void *context, double share);
    void *context;
    /* Only calls that run at some time in [from_ns, to_ns), each whole; all of
     * them where to_ns is 0. */
    uint64_t from_ns, to_ns;
    const struct format_filter *filter; /* or NULL */
    /* Where times are summed up: only those on the processor. */
    bool cpu_clock;
    /* HTML: how that was asked for, as "--thread main --max-depth 3"; or NULL. */
    const char *part;
    /* HTML: leave out the text of Python files, and with it the view of it. */
    bool no_source;
    /* HTML: how many calls it tells one by one at most before it sums up short
     * ones; 0 for the default. */
    uint64_t detail;
};

/* The callbacks run in this order: begin, then for each track in order
 * track_begin, (open | close | leaf | gap | instant | sample | wait | condensed)*, track_end, at last end.  All but begin
 * and end may be NULL.  begin returns the writer's own state, or NULL with
 * errno set; end frees it and is called also after a failure (failed != 0). */
struct format {
    const char *name;   /* "html" */
    const char *suffix; /* ".html" */
    const char *summary;
    const char *missing; /* a library that this build lacks for it, or NULL */
    void *(*begin)(struct sink *sink, const struct trace *trace,
                   const struct format_options *options);
    int (*track_begin)(void *state, const struct track *track);
    int (*open)(void *state, const struct span *span);
    int (*close)(void *state, const struct span *span);
    int (*leaf)(void *state, const struct span *span); /* as in track_visitor */
    int (*gap)(void *state, uint64_t start_ns, uint64_t end_ns);
    int (*instant)(void *state, const struct instant *instant);
    int (*sample)(void *state, const struct sample *sample);
    int (*wait)(void *state, const struct wait *wait);
    int (*task)(void *state, const struct task *task);
    int (*task_step)(void *state, const struct task_step *step);
    /* NULL: it needs each call, and does not take a trace that is condensed. */
    int (*condensed)(void *state, const struct condensed *condensed);
    int (*track_end)(void *state, const struct track *track);
    int (*end)(void *state, int failed);
    /* NULL, or whether to read all tracks once more before the first
     * track_begin, and give each track and span to these, as to track_begin, open,
     * close and track_visitor's leaf; all but survey may be NULL. */
    bool (*wants_survey)(void *state);
    int (*survey_track)(void *state, const struct track *track);
    int (*survey_open)(void *state, const struct span *span);
    int (*survey)(void *state, const struct span *span);
    int (*survey_leaf)(void *state, const struct span *span);
};

#endif
