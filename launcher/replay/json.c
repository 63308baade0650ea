/* SPDX-License-Identifier: Apache-2.0
 *
 * replay/json.c: reads the trace events that json.c writes, one on each line,
 * and no others.  What json.c does not tell stays unknown: whether a call was
 * resumed or raised, and how a C function's name is put together.
 */
#define _GNU_SOURCE
#include "launcher/replay/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/shape/waitkind.h"
#include "formats/trace/jsonobject.h"
#include "launcher/replay/callargs.h"
#include "launcher/replay/lines.h"
#include "launcher/replay/prefixes.h"
#include "launcher/replay/reorder.h"
#include "launcher/replay/texts.h"

/* Where the calls of a track lie. */
struct stretch {
    uint64_t first, end, last_ns;
    uint64_t texts; /* where theirs begin */
};

struct events {
    struct replay replay; /* first */
    struct lines *lines;
    struct reorder reorder;
    struct texts texts; /* arguments */
    struct prefixes prefixes;
    struct stretch *stretches; /* by track */
    uint32_t track;            /* the current one; track_count: none yet */
    char suffix[64];           /* of its events */
    size_t suffix_bytes;
    char *tail; /* what is behind the events */
    size_t tail_count;
    uint64_t wait_ns; /* when the wait began whose end comes next */
    uint32_t wait_kind;
};

/* == EVENTS ================================================================ */

static bool
is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* Microseconds with at most three decimals, as nanoseconds. */
static const char *
take_time(const char *at, uint64_t *ns)
{
    *ns = 0;
    for (; is_digit(*at); at++)
        *ns = *ns * 10 + (uint64_t)(*at - '0');
    at += *at == '.';
    for (int i = 0; i < 3; i++) {
        *ns = *ns * 10 + (is_digit(*at) ? (uint64_t)(*at - '0') : 0);
        at += is_digit(*at);
    }
    return at;
}

/* The track whose events end so: mostly the current one, else a later one. */
static int
find_track(struct events *events, const char *suffix, size_t count)
{
    struct trace *trace = &events->replay.trace;
    unsigned pid, tid;
    if (count == events->suffix_bytes &&
        memcmp(suffix, events->suffix, count) == 0)
        return 0;
    if (count >= sizeof events->suffix ||
        sscanf(suffix, ",\"pid\":%u,\"tid\":%u}", &pid, &tid) != 2)
        return -1;
    uint32_t first = events->track < trace->track_count ? events->track + 1 : 0;
    for (uint32_t i = first; i < trace->track_count; i++) {
        const struct track *track = trace->tracks[i];
        if (track->process->pid != pid || track->own_tid != tid)
            continue;
        events->track = i;
        events->stretches[i].first = events->stretches[i].end =
            events->reorder.count;
        events->stretches[i].texts = events->texts.end;
        memcpy(events->suffix, suffix, count);
        events->suffix_bytes = count;
        return 0;
    }
    return -1;
}

static int
add_call(struct events *events, const struct prefix *prefix, uint64_t start_ns,
         uint64_t end_ns, const struct callargs *args)
{
    struct stretch *stretch = &events->stretches[events->track];
    uint32_t how = args->how;
    if (args->arguments &&
        texts_add(&events->texts, args->arguments, args->bytes) != 0)
        return -1;
    events->replay.trace.arguments += args->arguments != NULL;
    uint64_t last_ns = how & CALL_OPEN ? start_ns : end_ns;
    if (last_ns > stretch->last_ns)
        stretch->last_ns = last_ns;
    int result = reorder_add(&events->reorder, stretch->first, start_ns, end_ns,
                             prefix->function, how);
    stretch->end = events->reorder.count;
    return result;
}

/* {"ph":"X",PREFIX","ts":1.234,"dur":0.100,"args":{"step":true},"pid":1,"tid":2},
 * where args are those of callargs.h. */
static int
take_call(struct events *events, const char *line, size_t count)
{
    static const char between[] = "\",\"ts\":";
    const char *time = memmem(line, count, between, sizeof between - 1);
    struct callargs args = {.how = line[7] == 'B' ? CALL_OPEN : 0};
    uint64_t start_ns, ns = 1;
    if (!time || time < line + 10)
        return -1;
    const struct prefix *prefix =
        prefixes_find(&events->prefixes, &events->replay, line + 10,
                      (size_t)(time - line) - 10);
    const char *at = take_time(time + sizeof between - 1, &start_ns);
    if (args.how == 0 && strncmp(at, ",\"dur\":", 7) == 0)
        at = take_time(at + 7, &ns);
    at = callargs_take(at, &args);
    size_t rest = (size_t)(line + count - at);
    rest -= rest > 0 && at[rest - 1] == ',';
    if (!prefix || find_track(events, at, rest) != 0)
        return -1;
    return add_call(events, prefix, start_ns, start_ns + ns, &args);
}

/* {"ph":"b","cat":"wait","id":3,"name":"gil","ts":1.234,...}, and behind it
 * {"ph":"e","cat":"wait","id":3,"name":"gil","ts":2.345,"pid":1,"tid":2}. */
static int
take_wait(struct events *events, const char *line, size_t count)
{
    static const char named[] = "\"name\":\"", between[] = "\",\"ts\":";
    const char *name = memmem(line, count, named, sizeof named - 1);
    const char *time = name ? memmem(name, count - (size_t)(name - line),
                                     between, sizeof between - 1)
                            : NULL;
    uint64_t ns;
    if (!time)
        return -1;
    name += sizeof named - 1;
    const char *at = take_time(time + sizeof between - 1, &ns);
    if (line[7] == 'b') {
        events->wait_kind = waitkind_of(name, (size_t)(time - name));
        events->wait_ns = ns;
        return events->wait_kind == 0 ? -1 : 0;
    }
    size_t rest = (size_t)(line + count - at);
    rest -= rest > 0 && at[rest - 1] == ',';
    if (events->wait_kind == 0 || find_track(events, at, rest) != 0)
        return -1;
    events->replay.trace.tracks[events->track]->has_cpu = true;
    struct stretch *stretch = &events->stretches[events->track];
    int result = reorder_add(&events->reorder, stretch->first, events->wait_ns,
                             ns, events->wait_kind, CALL_WAIT);
    stretch->end = events->reorder.count;
    return result;
}

/* {"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"..."}}: they
 * come before the events, in the order of the tracks. */
static int
take_metadata(struct events *events, const char *line, size_t count)
{
    struct replay *replay = &events->replay;
    struct trace *trace = &replay->trace;
    struct value *value = value_parse(line, count - (line[count - 1] == ','));
    const char *what = value_text(value, "name");
    uint32_t pid = (uint32_t)value_number(value, "pid");
    uint32_t at = trace->process_count;
    bool done = value != NULL;
    if (strcmp(what, "process_name") == 0) {
        done = replay_process(replay, value) != NULL;
    } else if (strcmp(what, "thread_name") == 0) {
        while (at > 0 && trace->processes[at - 1]->pid != pid)
            at--;
        struct track *track =
            at == 0
                ? NULL
                : replay_track(replay,
                               value_text(value_member(value, "args"), "name"),
                               trace->processes[at - 1]);
        done = track != NULL;
        if (track)
            track->tid = track->own_tid = (uint32_t)value_number(value, "tid");
    }
    value_free(value);
    return done ? 0 : -1;
}

/* Each series of a counter is a value for itself. */
static void
count_annotations(struct trace *trace, const char *line, size_t count)
{
    struct value *value = NULL;
    static const char exception[] = "i\",\"s\":\"t\",\"cat\":\"exception\"";
    if (strncmp(line + 7, exception, sizeof exception - 1) == 0)
        trace->exceptions++;
    else
        trace->instants += line[7] == 'i';
    if (line[7] != 'C' ||
        !(value = value_parse(line, count - (line[count - 1] == ','))))
        return;
    const struct value *args = value_member(value, "args");
    for (const struct value *at = args ? args->first : NULL; at; at = at->next)
        trace->samples++;
    value_free(value);
}

/* All of them are known. */
static int
begin_tracks(struct events *events)
{
    uint32_t count = events->replay.trace.track_count;
    events->stretches = calloc(count + 1, sizeof *events->stretches);
    events->track = count;
    return events->stretches ? 0 : -1;
}

static int
take_event(struct events *events, const char *line, size_t count)
{
    struct trace *trace = &events->replay.trace;
    if (count < 12 || strncmp(line, "{\"ph\":\"", 7) != 0)
        return -1;
    if (line[7] == 'M')
        return take_metadata(events, line, count);
    if (!events->stretches && begin_tracks(events) != 0)
        return -1;
    if (line[7] == 'X' || line[7] == 'B')
        return take_call(events, line, count);
    if (strncmp(line + 8, "\",\"cat\":\"wait\"", 14) == 0)
        return take_wait(events, line, count);
    count_annotations(trace, line, count);
    return 0;
}

/* == WHAT COMES BEHIND THE EVENTS ========================================== */

static int
compare_names(const void *a, const void *b)
{
    return strcmp((*(struct function *const *)a)->name,
                  (*(struct function *const *)b)->name);
}

/* "Shop.deep (shop.py:7)" without its place; "math.sqrt" is sqrt of math. */
static int
split_name(struct function *function)
{
    char *name = function->qualified_name, *dot;
    if (function->kind == FUNCTION_PYTHON)
        replay_cut_place(function);
    if (function->kind != FUNCTION_C || !(dot = strrchr(name, '.')))
        return 0;
    free(function->module);
    function->module = strndup(name, (size_t)(dot - name));
    memmove(name, dot + 1, strlen(dot + 1) + 1);
    return function->module ? 0 : -1;
}

static int
place_function(struct trace *trace, struct function **sorted,
               const struct value *about)
{
    struct function key = {.name = (char *)value_text(about, "name")};
    const struct function *wanted = &key;
    struct function **found = bsearch(&wanted, sorted, trace->function_count,
                                      sizeof *sorted, compare_names);
    if (!found || (*found)->kind != FUNCTION_C)
        return 0;
    (*found)->kind = FUNCTION_PYTHON;
    (*found)->line = (uint32_t)value_number(about, "line");
    free((*found)->module);
    (*found)->module = strdup(value_text(about, "module"));
    free((*found)->file);
    (*found)->file = strdup(value_text(about, "file"));
    return (*found)->file && (*found)->module ? 0 : -1;
}

static int
place_functions(struct trace *trace, const struct value *list)
{
    size_t bytes = trace->function_count * sizeof *trace->functions;
    struct function **sorted = malloc(bytes + 1);
    int result = sorted ? 0 : -1;
    if (sorted && bytes > 0)
        memcpy(sorted, trace->functions, bytes);
    if (sorted)
        qsort(sorted, trace->function_count, sizeof *sorted, compare_names);
    for (const struct value *at = value_first(list); at && result == 0;
         at = at->next)
        result = place_function(trace, sorted, at);
    free(sorted);
    for (uint32_t i = 0; i < trace->function_count && result == 0; i++)
        result = split_name(trace->functions[i]);
    return result;
}

static void
describe_tracks(struct events *events, const struct value *list)
{
    struct trace *trace = &events->replay.trace;
    const struct value *at = value_first(list);
    for (uint32_t i = 0; i < trace->track_count; i++) {
        struct track *track = trace->tracks[i];
        track->tid = at ? (uint32_t)value_number(at, "tid") : track->tid;
        track->calls = value_number(at, "calls");
        track->cost_ns = value_number(at, "tracer_cost_ns");
        track->main =
            track->tid == track->process->pid && track->tid == track->own_tid;
        track->greenlet = at && value_is_true(at, "greenlet");
        track->start_ns = value_number(at, "start_ns");
        track->end_ns = value_number(at, "end_ns");
        at = at ? at->next : NULL;
    }
}

static int
take_tail(struct events *events)
{
    struct replay *replay = &events->replay;
    struct trace *trace = &replay->trace;
    struct value *value = value_parse(events->tail, events->tail_count);
    const struct value *about = value_member(value, "otherData");
    int result = value && about ? 0 : -1;
    if (result == 0) {
        trace->calls = value_number(about, "calls");
        trace->cost_ns = value_number(about, "tracer_cost_ns");
        trace->anomalies = value_number(about, "anomalies");
        trace->lost = value_number(about, "lost");
        trace->damaged_bytes = value_number(about, "damaged_bytes");
        trace->arguments_passed = value_number(about, "arguments_passed");
        describe_tracks(events, value_member(about, "threads"));
        result = replay_about(replay, about);
    }
    if (result == 0) {
        replay_about_origins(replay, about);
        result = replay_about_notes(replay, value_member(about, "notes"));
    }
    if (result == 0)
        result = place_functions(trace, value_member(value, "functions"));
    if (result == 0)
        replay_about_troubles(replay, value_member(about, "troubles"));
    value_free(value);
    return result;
}

static int
keep_tail(struct events *events, const char *line, size_t count)
{
    char *tail = realloc(events->tail, events->tail_count + count + 2);
    if (!tail)
        return -1;
    if (events->tail_count == 0)
        tail[events->tail_count++] = '{';
    memcpy(tail + events->tail_count, line, count);
    events->tail = tail;
    events->tail_count += count;
    return 0;
}

/* == A TRACK =============================================================== */

struct telling {
    struct events *events;
    const struct track_visitor *visitor;
    void *context;
    uint64_t end_ns; /* of what is still open */
    uint32_t depth;
    uint64_t told;
    uint64_t wait_ns[WAIT_KINDS];
};

static struct span
span_of(const struct telling *telling, const struct reorder_call *call)
{
    return (struct span){
        .function = telling->events->replay.trace.functions[call->what],
        .start_ns = call->start_ns,
        .end_ns = call->how & CALL_OPEN ? telling->end_ns : call->end_ns,
        .depth = telling->depth,
        .opened = call->how & CALL_BEFORE ? OPEN_BEFORE
                  : call->how & CALL_STEP ? OPEN_RESUME
                                          : OPEN_CALL,
        .closed = call->how & CALL_OPEN ? CLOSE_UNFINISHED : CLOSE_RETURN,
    };
}

static int
tell_wait(struct telling *telling, const struct reorder_call *call)
{
    telling->wait_ns[call->what] += call->end_ns - call->start_ns;
    const struct wait wait = {.kind = (enum wait_kind)call->what,
                              .start_ns = call->start_ns,
                              .end_ns = call->end_ns,
                              .text = ""};
    return telling->visitor->wait
               ? telling->visitor->wait(telling->context, &wait)
               : 0;
}

static int
tell_open(void *context, const struct reorder_call *call)
{
    struct telling *telling = context;
    if (call->how & CALL_WAIT)
        return tell_wait(telling, call);
    if (call->what == PREFIX_GAP)
        return telling->visitor->gap
                   ? telling->visitor->gap(telling->context, call->start_ns,
                                           call->end_ns)
                   : 0;
    struct span span = span_of(telling, call);
    telling->depth++;
    return telling->visitor->open
               ? telling->visitor->open(telling->context, &span)
               : 0;
}

/* The text of an output that others may have changed. */
static const char *
take_arguments(struct telling *telling)
{
    char *text = texts_take(&telling->events->texts);
    size_t clean = text ? jsonobject_clean(text, strlen(text)) : 0;
    if (clean == 0)
        return NULL;
    text[clean] = '\0';
    return text;
}

static int
tell_close(void *context, const struct reorder_call *call)
{
    struct telling *telling = context;
    const struct track_visitor *visitor = telling->visitor;
    if (++telling->told % 65536 == 0 && visitor->progress)
        visitor->progress(visitor->progress_context, telling->told * 100);
    if (call->how & CALL_WAIT || call->what == PREFIX_GAP)
        return 0;
    telling->depth--;
    struct span span = span_of(telling, call);
    if (call->how & CALL_ARGUMENTS)
        span.arguments = take_arguments(telling);
    return visitor->close ? visitor->close(telling->context, &span) : 0;
}

static int
read_track(struct trace *trace, struct track *track,
           const struct track_visitor *visitor, void *context)
{
    struct events *events = (struct events *)trace;
    const struct stretch *stretch = &events->stretches[track->number];
    struct telling telling = {.events = events,
                              .visitor = visitor,
                              .context = context,
                              .end_ns = stretch->last_ns + 1};
    if (track->process->running && track->end_ns > telling.end_ns)
        telling.end_ns = track->end_ns;
    if (texts_seek(&events->texts, stretch->texts) != 0)
        return -1;
    int result = reorder_visit(&events->reorder, stretch->first, stretch->end,
                               tell_open, tell_close, &telling);
    memcpy(track->wait_ns, telling.wait_ns, sizeof track->wait_ns);
    return result;
}

/* == BEGIN AND END ========================================================= */

static void
close_events(struct trace *trace)
{
    struct events *events = (struct events *)trace;
    replay_release(&events->replay);
    lines_close(events->lines);
    texts_close(&events->texts);
    reorder_close(&events->reorder);
    prefixes_release(&events->prefixes);
    free(events->stretches);
    free(events->tail);
    free(events);
}

static void *
fail(struct events *events, const char *what)
{
    replay_fail(&events->replay, what);
    close_events(&events->replay.trace);
    return NULL;
}

static int
read_lines(struct events *events)
{
    size_t count;
    bool tail = false;
    char *line = lines_next(events->lines, &count);
    if (!line ||
        strcmp(line, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[") != 0)
        return -1;
    while ((line = lines_next(events->lines, &count))) {
        if (!tail && strcmp(line, "],") == 0)
            tail = true;
        else if ((tail ? keep_tail : take_event)(events, line, count) != 0)
            return -1;
    }
    if (!lines_is_whole(events->lines) || !tail)
        return -1;
    return events->stretches ? 0 : begin_tracks(events);
}

struct trace *
replay_open_json(struct replay *begun)
{
    static const struct trace_backing backing = {
        .read = read_track,
        .close = close_events,
        .is_output = true,
        .tells_calls = true,
    };
    struct events *events = calloc(1, sizeof *events);
    if (!events)
        return replay_fail(begun, strerror(ENOMEM));
    events->replay = *begun;
    events->replay.trace.backing = &backing;
    if (reorder_open(&events->reorder) != 0 ||
        !(events->lines = lines_open(begun->path)))
        return fail(events, strerror(errno));
    errno = 0;
    if (read_lines(events) == 0 && take_tail(events) == 0)
        return &events->replay.trace;
    if (errno == ENOMEM || errno == ENOSPC)
        return fail(events, strerror(errno));
    return fail(events, "is not a complete trace of codesnap: cut off, changed "
                        "or another program's; report on its session (codesnap "
                        "run --keep keeps it)");
}
