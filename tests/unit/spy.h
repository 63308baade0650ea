/* SPDX-License-Identifier: Apache-2.0
 *
 * spy.h: a visitor that writes down what it is told, as short text to compare,
 * and checks what every track must hold: times that only grow, spans that nest.
 *
 *     +f1@10 +f2@20~ -f2@30 -f1@40! [50 60]
 *
 * + opens, - closes.  Opened: > resumed, ^ thrown into, ~ before.  Closed:
 * ! by an exception, y by yield, ? unseen, ... unfinished.  [] is a gap,
 * *name@10{text} an instant, #series=1.5@10 a sample, ~kind@10..20 a wait (with what
 * is known of it).
 */
#ifndef CODESNAP_SPY_H
#define CODESNAP_SPY_H

#include <stdio.h>
#include <string.h>

#include "formats/shape/waitkind.h"
#include "formats/trace/trace.h"

#include "tests/unit/tap.h"

#define SPY_DEPTH 100000

struct spy {
    char text[4096];
    size_t used;
    uint64_t last_ns;
    uint32_t depth;
    uint64_t starts[SPY_DEPTH];
    bool finishing;
    uint64_t sample_ns; /* of the last call, if that was a sample */
    unsigned wrong;     /* promises that were broken */
};

static inline void
spy_note(struct spy *spy, const char *text)
{
    size_t room = sizeof spy->text - spy->used;
    int length = snprintf(spy->text + spy->used, room, "%s%s",
                          spy->used > 0 ? " " : "", text);
    if ((size_t)length < room)
        spy->used += (size_t)length;
}

static inline void
spy_time(struct spy *spy, uint64_t ns)
{
    spy->wrong += ns <= spy->last_ns && spy->last_ns != UINT64_MAX;
    spy->last_ns = ns;
    spy->sample_ns = UINT64_MAX;
}

/* "f1" of "f1 (f.py:1)". */
static inline void
spy_span(struct spy *spy, char sign, const struct span *span, uint64_t ns,
         const char *how)
{
    char text[256];
    const char *name = span->function->name;
    snprintf(text, sizeof text, "%c%.*s@%llu%s", sign, (int)strcspn(name, " "),
             name, (unsigned long long)ns, how);
    spy_note(spy, text);
}

static inline int
spy_open(void *context, const struct span *span)
{
    static const char *const how[] = {"", ">", "^", "~"};
    struct spy *spy = context;
    spy->wrong += span->depth != spy->depth || spy->finishing;
    if (spy->depth < SPY_DEPTH)
        spy->starts[spy->depth] = span->start_ns;
    spy->depth++;
    spy_time(spy, span->start_ns);
    spy_span(spy, '+', span, span->start_ns, how[span->opened]);
    return 0;
}

static inline int
spy_close(void *context, const struct span *span)
{
    static const char *const how[] = {"", "!", "y", "?", "...", "c"};
    struct spy *spy = context;
    spy->depth--;
    spy->wrong += span->depth != spy->depth;
    if (spy->depth < SPY_DEPTH)
        spy->wrong += span->start_ns != spy->starts[spy->depth];
    bool unfinished = span->closed == CLOSE_UNFINISHED;
    if (!unfinished || !spy->finishing)
        spy_time(spy, span->end_ns);
    spy->wrong += spy->finishing && span->end_ns != spy->last_ns;
    spy->finishing = unfinished;
    spy_span(spy, '-', span, span->end_ns, how[span->closed]);
    return 0;
}

static inline int
spy_gap(void *context, uint64_t start_ns, uint64_t end_ns)
{
    struct spy *spy = context;
    char text[64];
    spy_time(spy, start_ns);
    spy_time(spy, end_ns);
    snprintf(text, sizeof text, "[%llu %llu]", (unsigned long long)start_ns,
             (unsigned long long)end_ns);
    spy_note(spy, text);
    return 0;
}

static inline int
spy_instant(void *context, const struct instant *instant)
{
    struct spy *spy = context;
    char text[512];
    spy_time(spy, instant->ns);
    spy->wrong += strlen(instant->text) != instant->text_bytes;
    snprintf(text, sizeof text, "*%s@%llu%s", instant->name->name,
             (unsigned long long)instant->ns, instant->text);
    spy_note(spy, text);
    return 0;
}

static inline int
spy_wait(void *context, const struct wait *wait)
{
    struct spy *spy = context;
    char text[512];
    spy->wrong += wait->end_ns <= wait->start_ns;
    snprintf(text, sizeof text, "~%s@%llu..%llu%s%s%s%s",
             waitkind_names[wait->kind], (unsigned long long)wait->start_ns,
             (unsigned long long)wait->end_ns,
             wait->name ? wait->name->name : "", wait->text,
             wait->holder ? wait->holder->name : "",
             wait->holder_function ? wait->holder_function->name : "");
    spy_note(spy, text);
    return 0;
}

static inline int
spy_sample(void *context, const struct sample *sample)
{
    struct spy *spy = context;
    char text[256];
    if (sample->ns != spy->sample_ns)
        spy_time(spy, sample->ns);
    spy->sample_ns = sample->ns;
    snprintf(text, sizeof text, "#%s=%g@%llu", sample->series->name,
             sample->value, (unsigned long long)sample->ns);
    spy_note(spy, text);
    return 0;
}

static const struct track_visitor spy_visitor = {.open = spy_open,
                                                 .close = spy_close,
                                                 .gap = spy_gap,
                                                 .wait = spy_wait,
                                                 .instant = spy_instant,
                                                 .sample = spy_sample};

static inline void
spy_begin(struct spy *spy)
{
    spy->used = 0;
    spy->text[0] = '\0';
    spy->depth = spy->wrong = 0;
    spy->finishing = false;
    spy->last_ns = spy->sample_ns = UINT64_MAX;
}

/* Reads a track into spy; returns what track_read did. */
static inline int
spy_read(struct spy *spy, struct trace *trace, struct track *track)
{
    spy_begin(spy);
    int result = track_read(trace, track, &spy_visitor, spy);
    spy->wrong += result == 0 && spy->depth != 0;
    return result;
}

/* What the trace's track says, compared, and the anomalies in it. */
static inline void
spy_expect(struct spy *spy, const char *name, struct trace *trace,
           uint32_t track, const char *expected, long long anomalies)
{
    int result = track < trace->track_count
                     ? spy_read(spy, trace, trace->tracks[track])
                     : -1;
    bool fine = result == 0 && spy->wrong == 0 &&
                (long long)trace->anomalies == anomalies;
    if (!fine)
        printf("# result %d, wrong %u, anomalies %lld\n", result, spy->wrong,
               (long long)trace->anomalies);
    tap_same(name, fine ? spy->text : "", expected);
}

#endif
