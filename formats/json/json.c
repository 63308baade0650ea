/* SPDX-License-Identifier: Apache-2.0
 *
 * json.c: Chrome trace events, for Perfetto, chrome://tracing and speedscope.
 * Complete events (X) in the order of the exits; the reader's strictly
 * increasing times keep parents strictly around their children.  One event is
 *
 *     {"ph":"X","cat":"FEE","name":"f (a.py:1)","ts":1.234,"dur":0.100,
 *      "pid":1,"tid":2}
 *
 * of which all but the two numbers is put together once for each function and
 * each track.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/json/about.h"
#include "formats/json/annotation.h"
#include "formats/json/asynctask.h"
#include "formats/json/wait.h"
#include "formats/shape/flow.h"
#include "formats/shape/writer.h"

/* Two numbers of at most 21 characters and what is between them. */
#define NUMBERS_BYTES 104
#define SUFFIX_BYTES  64
/* The largest event that is put together in the sink's buffer. */
#define IN_PLACE_BYTES 4096

/* An event up to its time, made when the function is first seen. */
struct prefix {
    char *text;
    size_t bytes;
};

struct json {
    struct sink *sink;
    const struct trace *trace;
    const struct format_options *options;
    struct prefix *prefixes; /* by function number */
    struct prefix gap;
    struct json_annotation annotation;
    struct json_tasks tasks;
    bool *reused; /* by track: a later one has the same pid and tid */
    bool current_reused;
    uint32_t track_number;
    struct flow flow;
    bool flows;          /* the current track has an end of one */
    bool arrives;        /* an arrow ends at the current track's first call */
    uint64_t first_ns;   /* when that started */
    uint64_t unfinished; /* spans of the current track so far */
    char suffix[SUFFIX_BYTES]; /* an event from its pid on */
    size_t suffix_bytes;
    char digits[1000][4]; /* 000 to 999 */
};

/* == NUMBERS ================================================================ */

static void
fill_digits(struct json *json)
{
    for (unsigned i = 0; i < 1000; i++) {
        json->digits[i][0] = (char)('0' + i / 100);
        json->digits[i][1] = (char)('0' + i / 10 % 10);
        json->digits[i][2] = (char)('0' + i % 10);
    }
}

/* Nanoseconds as microseconds with three decimals, three digits at a time. */
static inline char *
put_time(const struct json *json, char *to, uint64_t ns)
{
    unsigned groups[7], count = 0;
    unsigned decimals = (unsigned)(ns % 1000);
    ns /= 1000;
    while (ns >= 1000) {
        groups[count++] = (unsigned)(ns % 1000);
        ns /= 1000;
    }
    unsigned first = (unsigned)ns;
    unsigned zeros = first < 10 ? 2 : first < 100 ? 1 : 0;
    memcpy(to, json->digits[first] + zeros, 3 - zeros);
    to += 3 - zeros;
    while (count > 0) {
        memcpy(to, json->digits[groups[--count]], 4);
        to += 3;
    }
    *to++ = '.';
    memcpy(to, json->digits[decimals], 4);
    return to + 3;
}

/* == EVENTS ================================================================= */

static const char *
category(const struct function *function)
{
    return function->kind == FUNCTION_TRACER ? "codesnap"
           : function->kind == FUNCTION_SPAN ? "span"
                                             : "FEE";
}

static int
make_prefix(struct prefix *prefix, const char *kind, const char *name)
{
    size_t bytes = escape_bytes(name) + 128;
    prefix->text = malloc(bytes);
    if (prefix->text == NULL)
        return -1;
    int begin = snprintf(prefix->text, bytes,
                         ",\n{\"ph\":\"X\",\"cat\":\"%s\",\"name\":\"", kind);
    char *end = escape_copy(prefix->text + begin, name);
    memcpy(end, "\",\"ts\":", 7);
    prefix->bytes = (size_t)(end + 7 - prefix->text);
    return 0;
}

static inline const struct prefix *
prefix_of(struct json *json, const struct function *function)
{
    struct prefix *prefix = &json->prefixes[function->number];
    if (__builtin_expect(prefix->text == NULL, 0) &&
        make_prefix(prefix, category(function), function->name) != 0)
        return NULL;
    return prefix;
}

/* What the event of a further step of a generator or coroutine has, and of what had
 * begun before the recording; NULL: nothing. */
static const char *const arguments[] = {
    [OPEN_RESUME] = ",\"args\":{\"step\":true}",
    [OPEN_THROW] = ",\"args\":{\"step\":true}",
    [OPEN_BEFORE] = ",\"args\":{\"step\":true,\"before\":true}",
};

/* The same with the arguments of the call. */
static void
put_arguments(struct json *json, const struct span *span)
{
    const char *begun = arguments[span->opened];
    if (begun != NULL)
        sink_write(json->sink, begun, strlen(begun) - 1);
    sink_puts(json->sink, begun != NULL ? "," : ",\"args\":{");
    sink_puts(json->sink, "\"arguments\":");
    sink_puts(json->sink, span->arguments);
    sink_puts(json->sink, "}");
}

/* What follows the prefix, at most NUMBERS_BYTES + SUFFIX_BYTES of it. */
static inline char *
put_numbers(const struct json *json, char *to, uint64_t start_ns,
            uint64_t end_ns, enum open_how opened)
{
    to = put_time(json, to, start_ns);
    memcpy(to, ",\"dur\":", 7);
    to = put_time(json, to + 7, end_ns - start_ns);
    if (__builtin_expect(opened != OPEN_CALL, 0))
        to = stpcpy(to, arguments[opened]);
    memcpy(to, json->suffix, SUFFIX_BYTES);
    return to + json->suffix_bytes;
}

static inline void
put_event(struct json *json, const struct prefix *prefix, uint64_t start_ns,
          uint64_t end_ns, enum open_how opened)
{
    size_t most = prefix->bytes + NUMBERS_BYTES + SUFFIX_BYTES;
    if (__builtin_expect(json->annotation.counter != NULL, 0))
        json_annotation_finish(&json->annotation, json->suffix);
    if (most > IN_PLACE_BYTES) {
        sink_write(json->sink, prefix->text, prefix->bytes);
        most -= prefix->bytes;
    }
    char *begin = sink_reserve(json->sink, most), *to = begin;
    if (most > NUMBERS_BYTES + SUFFIX_BYTES) {
        memcpy(to, prefix->text, prefix->bytes);
        to += prefix->bytes;
    }
    to = put_numbers(json, to, start_ns, end_ns, opened);
    sink_advance(json->sink, (size_t)(to - begin));
}

static void
put_event_with_arguments(struct json *json, const struct prefix *prefix,
                         const struct span *span)
{
    char numbers[NUMBERS_BYTES], *to = put_time(json, numbers, span->start_ns);
    json_annotation_finish(&json->annotation, json->suffix);
    memcpy(to, ",\"dur\":", 7);
    to = put_time(json, to + 7, span->end_ns - span->start_ns);
    sink_write(json->sink, prefix->text, prefix->bytes);
    sink_write(json->sink, numbers, (size_t)(to - numbers));
    put_arguments(json, span);
    sink_write(json->sink, json->suffix, json->suffix_bytes);
}

/* An open call: a B that no E ends.  Where the same pid and tid come again (an
 * exec, or a thread id used twice), that would swallow what follows, so there
 * it is an X to the track's end. */
static int
put_unfinished(struct json *json, const struct span *span)
{
    struct sink *sink = json->sink;
    char number[32];
    json_annotation_finish(&json->annotation, json->suffix);
    if (json->current_reused) { /* an outer one strictly contains its inner */
        put_event(json, prefix_of(json, span->function), span->start_ns,
                  span->end_ns + json->unfinished++, span->opened);
        return 0;
    }
    sink_puts(sink, ",\n{\"ph\":\"B\",\"cat\":\"");
    sink_puts(sink, category(span->function));
    sink_puts(sink, "\",");
    escape_member(sink, "name", span->function->name);
    sink_puts(sink, ",\"ts\":");
    char *end = put_time(json, number, span->start_ns);
    sink_write(sink, number, (size_t)(end - number));
    if (span->arguments != NULL)
        put_arguments(json, span);
    else if (span->opened != OPEN_CALL)
        sink_puts(sink, arguments[span->opened]);
    sink_write(sink, json->suffix, json->suffix_bytes);
    return 0;
}

/* One end of an arrow, at the begin of a call: later on in it Perfetto may take
 * an inner call for it that has ended. */
static void
put_flow(struct json *json, const char *kind, const struct process *process,
         uint64_t ns)
{
    char text[256], number[32];
    *put_time(json, number, ns) = 0;
    snprintf(text, sizeof text,
             ",\n{\"ph\":%s,\"cat\":\"codesnap\",\"name\":\"start\","
             "\"id\":%llu,\"ts\":%s%s",
             kind, (unsigned long long)flow_id(process), number, json->suffix);
    sink_puts(json->sink, text);
}

static void
note_flow(struct json *json, const struct span *span)
{
    flow_bind_span(&json->flow, span);
    if (span->start_ns < json->first_ns &&
        span->function->kind != FUNCTION_TRACER)
        json->first_ns = span->start_ns;
}

static void
put_flows(struct json *json, const struct track *track)
{
    const struct flow *flow = &json->flow;
    for (uint32_t i = flow->first; i < flow->end; i++)
        if (flow->starts[i].bound)
            put_flow(json, "\"s\"", flow->starts[i].process,
                     flow->starts[i].call_ns);
    if (json->arrives && json->first_ns != UINT64_MAX)
        put_flow(json, "\"f\",\"bp\":\"e\"", track->process, json->first_ns);
}

static int
json_close(void *state, const struct span *span)
{
    struct json *json = state;
    if (__builtin_expect(json->flows, 0))
        note_flow(json, span);
    const struct prefix *prefix = prefix_of(json, span->function);
    if (__builtin_expect(prefix == NULL, 0))
        return -1;
    if (__builtin_expect(span->closed == CLOSE_UNFINISHED, 0))
        return put_unfinished(json, span);
    if (__builtin_expect(span->arguments != NULL, 0))
        put_event_with_arguments(json, prefix, span);
    else
        put_event(json, prefix, span->start_ns, span->end_ns, span->opened);
    return 0;
}

static int
json_gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct json *json = state;
    if (json->gap.text == NULL &&
        make_prefix(&json->gap, "codesnap", "(gap)") != 0)
        return -1;
    put_event(json, &json->gap, start_ns, end_ns, OPEN_CALL);
    return 0;
}

static int
json_instant(void *state, const struct instant *instant)
{
    struct json *json = state;
    json_annotation_instant(&json->annotation, instant, json->suffix);
    return 0;
}

static int
json_sample(void *state, const struct sample *sample)
{
    struct json *json = state;
    json_annotation_sample(&json->annotation, sample, json->suffix);
    return 0;
}

static int
json_wait(void *state, const struct wait *wait)
{
    struct json *json = state;
    json_annotation_finish(&json->annotation, json->suffix);
    json_wait_put(json->sink, wait, json->track_number, json->suffix);
    return 0;
}

static int
json_task(void *state, const struct task *task)
{
    return json_tasks_add(&((struct json *)state)->tasks, task);
}

static int
json_task_step(void *state, const struct task_step *step)
{
    struct json *json = state;
    json_annotation_finish(&json->annotation, json->suffix);
    return json_tasks_step(&json->tasks, json->sink, step, json->suffix);
}

static int
json_track_end(void *state, const struct track *track)
{
    struct json *json = state;
    put_flows(json, track);
    json_annotation_finish(&json->annotation, json->suffix);
    return 0;
}

static int
json_track_begin(void *state, const struct track *track)
{
    struct json *json = state;
    memset(json->suffix, 0, sizeof json->suffix);
    json->suffix_bytes = (size_t)snprintf(json->suffix, sizeof json->suffix,
                                          ",\"pid\":%u,\"tid\":%u}",
                                          track->process->pid, track->own_tid);
    json->track_number = track->number;
    json->current_reused = json->reused[track->number];
    json->tasks.track = track;
    flow_begin_track(&json->flow, track);
    json->arrives = flow_arrives(&json->flow, track);
    json->flows = json->arrives || flow_leaves(&json->flow);
    json->first_ns = UINT64_MAX;
    json->unfinished = 0;
    return 0;
}

/* == FUNCTIONS ============================================================== */

/* The full paths, once and not with each event. */
static void
put_functions(struct json *json)
{
    const struct trace *trace = json->trace;
    bool any = false;
    sink_puts(json->sink, "\"functions\":[");
    for (uint32_t i = 0; i < trace->function_count; i++) {
        const struct function *function = trace->functions[i];
        if (json->prefixes[i].text == NULL || function->file[0] == '\0')
            continue;
        sink_puts(json->sink, any ? ",\n{" : "\n{");
        escape_member(json->sink, "name", function->name);
        sink_puts(json->sink, ",");
        escape_member(json->sink, "module", function->module);
        sink_puts(json->sink, ",");
        escape_member(json->sink, "file", function->file);
        escape_count(json->sink, "line", function->line);
        sink_puts(json->sink, "}");
        any = true;
    }
    sink_puts(json->sink, "]");
}

/* == BEGIN AND END ========================================================== */

static int
compare_ids(const void *a, const void *b)
{
    const struct track *x = *(struct track *const *)a;
    const struct track *y = *(struct track *const *)b;
    if (x->process->pid != y->process->pid)
        return x->process->pid < y->process->pid ? -1 : 1;
    if (x->own_tid != y->own_tid)
        return x->own_tid < y->own_tid ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int
find_reused(struct json *json)
{
    uint32_t count = json->trace->track_count;
    struct track **sorted = malloc((count + 1) * sizeof *sorted);
    json->reused = calloc(count + 1, sizeof *json->reused);
    if (sorted == NULL || json->reused == NULL) {
        free(sorted);
        return -1;
    }
    if (count > 0)
        memcpy(sorted, json->trace->tracks, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_ids);
    for (uint32_t i = 0; i + 1 < count; i++)
        json->reused[sorted[i]->number] =
            sorted[i]->own_tid == sorted[i + 1]->own_tid &&
            sorted[i]->process->pid == sorted[i + 1]->process->pid;
    free(sorted);
    return 0;
}

static void
json_free(struct json *json)
{
    uint32_t count = json->prefixes != NULL ? json->trace->function_count : 0;
    for (uint32_t i = 0; i < count; i++)
        free(json->prefixes[i].text);
    free(json->prefixes);
    free(json->gap.text);
    free(json->reused);
    tasklist_free(&json->tasks.tasks);
    flow_close(&json->flow);
    free(json);
}

static void *
json_begin(struct sink *sink, const struct trace *trace,
           const struct format_options *options)
{
    struct json *json = calloc(1, sizeof *json);
    if (json == NULL)
        return NULL;
    json->sink = json->annotation.sink = sink;
    json->trace = trace;
    json->options = options;
    json->prefixes =
        calloc((size_t)trace->function_count + 1, sizeof *json->prefixes);
    if (json->prefixes == NULL || find_reused(json) != 0 ||
        flow_open(&json->flow, trace) != 0) {
        json_free(json);
        errno = ENOMEM;
        return NULL;
    }
    fill_digits(json);
    sink_puts(sink, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
    json_about_begin(sink, trace);
    return json;
}

static int
json_end(void *state, int failed)
{
    struct json *json = state;
    if (!failed) {
        json_tasks_finish(&json->tasks, json->sink);
        sink_puts(json->sink, "\n],\n");
        json_about_end(json->sink, json->trace, json->options);
        sink_puts(json->sink, ",\n");
        put_functions(json);
        sink_puts(json->sink, "}\n");
    }
    json_free(json);
    return 0;
}

const struct format format_json = {
    .name = "json",
    .suffix = ".json",
    .summary = "Chrome trace events, for Perfetto and chrome://tracing",
    .begin = json_begin,
    .track_begin = json_track_begin,
    .close = json_close,
    .gap = json_gap,
    .instant = json_instant,
    .sample = json_sample,
    .wait = json_wait,
    .task = json_task,
    .task_step = json_task_step,
    .track_end = json_track_end,
    .end = json_end,
};
