/* SPDX-License-Identifier: Apache-2.0
 *
 * replay/html.c: reads a page of ours, as FORMAT.md tells it.  The chunks of a
 * track are decoded when it is read.
 */
#include "launcher/replay/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/replay/annotations.h"
#include "launcher/replay/pagechunks.h"
#include "launcher/replay/pagesums.h"
#include "launcher/replay/pagewaits.h"

struct html {
    struct replay replay; /* first */
    struct pagechunks chunks;
    struct unpacking unpacking; /* of the chunk that is being read */
    uint64_t expected;          /* chunks there ought to be */
};

/* == ANNOTATIONS =========================================================== */

static int
count_instant(void *context, const struct instant *instant)
{
    struct trace *trace = context;
    *(instant->name->kind == FUNCTION_EXCEPTION ? &trace->exceptions
                                                : &trace->instants) += 1;
    return 0;
}

static int
count_sample(void *context, const struct sample *sample)
{
    (void)sample;
    ((struct trace *)context)->samples++;
    return 0;
}

static int
count_annotations(struct html *html)
{
    const struct track_visitor visitor = {.instant = count_instant,
                                          .sample = count_sample};
    struct trace *trace = &html->replay.trace;
    int result = 0;
    for (uint32_t i = 0; i < trace->track_count && result == 0; i++) {
        struct annotations annotations;
        result = annotations_begin(&annotations, &html->chunks, trace, i);
        if (result == 0)
            result =
                annotations_tell(&annotations, UINT64_MAX, &visitor, trace);
        trace->damaged_bytes += annotations.damaged_bytes;
        trace->arguments += annotations.passed;
        annotations_end(&annotations);
    }
    return result;
}

/* What is damaged of the waits is known before they are read. */
static int
look_at_waits(struct html *html)
{
    const struct track_visitor nobody = {.wait = NULL};
    struct trace *trace = &html->replay.trace;
    int result = 0;
    for (uint32_t i = 0; i < trace->track_count && result == 0; i++) {
        struct pagewaits waits;
        result = pagewaits_begin(&waits, &html->chunks, trace, i);
        if (result == 0)
            pagewaits_tell(&waits, UINT64_MAX, &nobody, NULL);
        trace->damaged_bytes += waits.damaged_bytes;
        pagewaits_end(&waits);
    }
    return result;
}

/* == A TRACK =============================================================== */

/* A track while it is told. */
struct telling {
    const struct trace *trace;
    const struct track_visitor *visitor;
    void *context;
    struct span *open;
    size_t depth, room;
    uint64_t ns, last_ns, gap_ns;
    bool damaged;
    struct annotations annotations;
    struct pagewaits waits;
    struct pagesums sums;
};

static int
tell_open(struct telling *telling, uint64_t token)
{
    const struct trace *trace = telling->trace;
    uint64_t number = (token - 16) / 4;
    if (number >= trace->function_count) {
        telling->damaged = true;
        return 0;
    }
    if (telling->depth == telling->room) {
        size_t room = telling->room * 2 + 256;
        void *open = realloc(telling->open, room * sizeof *telling->open);
        if (!open)
            return -1;
        telling->open = open;
        telling->room = room;
    }
    struct span *span = &telling->open[telling->depth];
    *span = (struct span){
        .function = trace->functions[number],
        .start_ns = telling->ns,
        .depth = (uint32_t)telling->depth,
        .opened = (enum open_how)(token & 3),
        .closed = CLOSE_UNFINISHED,
    };
    telling->depth++;
    return telling->visitor->open
               ? telling->visitor->open(telling->context, span)
               : 0;
}

static int
tell_close(struct telling *telling, enum close_how closed)
{
    if (telling->depth == 0)
        return 0;
    struct span *span = &telling->open[--telling->depth];
    span->end_ns = telling->ns;
    span->closed = closed;
    span->arguments = annotations_arguments(&telling->annotations,
                                            span->function, telling->ns);
    return telling->visitor->close
               ? telling->visitor->close(telling->context, span)
               : 0;
}

static int
tell(struct telling *telling, uint64_t token)
{
    if (token >= 16)
        return tell_open(telling, token);
    if (token <= CLOSE_CONTROL)
        return tell_close(telling, (enum close_how)token);
    if (token == 8)
        telling->gap_ns = telling->ns;
    else if (token == 9 && telling->visitor->gap)
        return telling->visitor->gap(telling->context, telling->gap_ns,
                                     telling->ns);
    else if (token != 9) /* of a later version */
        telling->damaged = true;
    return 0;
}

static int
tell_chunk(struct telling *telling, struct cursor cursor)
{
    cursor_take_varint(&cursor); /* the track */
    uint64_t events = cursor_take_varint(&cursor);
    telling->ns = cursor_take_varint(&cursor);
    cursor_take_varint(&cursor); /* the depth */
    for (uint64_t stored = cursor_take_varint(&cursor);
         stored > 0 && cursor.at < cursor.end; stored--) {
        cursor_take_varint(&cursor);
        cursor_take_varint(&cursor);
        cursor_take_varint(&cursor);
    }
    uint64_t bytes = cursor_take_varint(&cursor);
    struct cursor tokens = cursor_take_bytes(&cursor, bytes);
    int result = 0;
    telling->damaged = events == 0;
    for (; events > 0 && result == 0 && !telling->damaged; events--) {
        if (tokens.at == tokens.end || cursor.at == cursor.end) {
            telling->damaged = true;
            break;
        }
        telling->ns += cursor_take_varint(&cursor);
        result = annotations_tell(&telling->annotations, telling->ns,
                                  telling->visitor, telling->context);
        if (result == 0)
            result = pagewaits_tell(&telling->waits, telling->ns,
                                    telling->visitor, telling->context);
        if (result == 0)
            result = pagesums_tell(&telling->sums, telling->depth, telling->ns,
                                   telling->visitor, telling->context);
        uint64_t token = cursor_take_varint(&tokens);
        if (token != CLOSE_UNFINISHED) /* those are told a moment later */
            telling->last_ns = telling->ns;
        if (result == 0)
            result = tell(telling, token);
    }
    return result;
}

/* Behind a chunk that is damaged nobody knows what is open: the rest of the
 * track is left out, and said to be. */
static int
tell_chunks(struct html *html, struct telling *telling, uint32_t track)
{
    const struct track_visitor *visitor = telling->visitor;
    struct trace *trace = &html->replay.trace;
    uint64_t bytes = 0;
    int result = 0;
    for (uint32_t i = 0; i < html->chunks.list_count && result == 0; i++) {
        const struct pagechunk *chunk = &html->chunks.list[i];
        if (chunk->annotations || chunk->waits || chunk->sums ||
            chunk->track != track)
            continue;
        if (!telling->damaged)
            result = tell_chunk(telling, pagechunks_unpack(&html->chunks, chunk,
                                                           &html->unpacking));
        if (telling->damaged)
            trace->damaged_bytes += chunk->count;
        bytes += chunk->count;
        if (visitor->progress)
            visitor->progress(visitor->progress_context, bytes);
    }
    if (result == 0)
        result = annotations_tell(&telling->annotations, UINT64_MAX, visitor,
                                  telling->context);
    if (result == 0)
        result = pagewaits_tell(&telling->waits, UINT64_MAX, visitor,
                                telling->context);
    while (telling->depth > 0 && result == 0)
        result = tell_close(telling, CLOSE_UNFINISHED);
    if (result == 0)
        result = pagesums_tell(&telling->sums, 0, UINT64_MAX, visitor,
                               telling->context);
    return result;
}

/* The tables were written before all was read, and can be a moment short. */
static void
stretch(struct trace *trace, struct track *track, uint64_t end_ns)
{
    if (end_ns > track->end_ns)
        track->end_ns = end_ns;
    if (end_ns > track->process->end_ns)
        track->process->end_ns = end_ns;
    if (end_ns > trace->duration_ns)
        trace->duration_ns = end_ns;
}

static int
read_track(struct trace *trace, struct track *track,
           const struct track_visitor *visitor, void *context)
{
    struct telling telling = {
        .trace = trace, .visitor = visitor, .context = context};
    struct html *html = (struct html *)trace;
    int result = annotations_begin(&telling.annotations, &html->chunks, trace,
                                   track->number);
    if (result == 0)
        result = pagewaits_begin(&telling.waits, &html->chunks, trace,
                                 track->number);
    if (result == 0)
        result =
            pagesums_begin(&telling.sums, &html->chunks, trace, track->number);
    if (result == 0)
        result = tell_chunks(html, &telling, track->number);
    trace->damaged_bytes += pagesums_damaged(&telling.sums);
    track->has_cpu = telling.waits.has_cpu;
    memcpy(track->wait_ns, telling.waits.told_ns, sizeof track->wait_ns);
    pagewaits_end(&telling.waits);
    pagesums_end(&telling.sums);
    annotations_end(&telling.annotations);
    stretch(trace, track, telling.last_ns);
    free(telling.open);
    return result;
}

/* == TABLES ================================================================ */

static const struct value *
step(const struct value **at)
{
    const struct value *now = *at;
    *at = now ? now->next : NULL;
    return now;
}

/* "Shop.deep" of "Shop.deep (shop.py:7)", or of "module.name". */
static void
cut_name(struct function *function)
{
    char *name = function->qualified_name;
    size_t module = strlen(function->module);
    if (function->kind == FUNCTION_PYTHON)
        replay_cut_place(function);
    else if (function->kind == FUNCTION_C && module > 0 &&
             strncmp(name, function->module, module) == 0 &&
             name[module] == '.')
        memmove(name, name + module + 1, strlen(name + module + 1) + 1);
}

static int
set_text(char **to, const struct value *value)
{
    if (!value || value->kind != VALUE_TEXT)
        return 0;
    free(*to);
    *to = strdup(value->text);
    return *to ? 0 : -1;
}

/* The members of a list by their index; NULL without memory. */
static const struct value **
index_list(const struct value *first, size_t *count)
{
    *count = 0;
    for (const struct value *at = first; at; at = at->next)
        ++*count;
    const struct value **list = calloc(*count + 1, sizeof *list);
    for (size_t i = 0; list && first; first = first->next)
        list[i++] = first;
    return list;
}

static enum function_owner
owner(const struct value *own)
{
    return !own ? OWNER_UNKNOWN : own->number != 0 ? OWNER_USER : OWNER_OTHER;
}

static int
read_functions(struct replay *replay, const struct value *tables)
{
    const struct value *columns = value_member(tables, "functions");
    const struct value *name = value_first(value_member(columns, "name"));
    const struct value *module = value_first(value_member(columns, "module"));
    const struct value *file = value_first(value_member(columns, "file"));
    const struct value *line = value_first(value_member(columns, "line"));
    const struct value *kind = value_first(value_member(columns, "kind"));
    const struct value *own = value_first(value_member(columns, "own"));
    size_t file_count;
    const struct value **files =
        index_list(value_first(value_member(tables, "files")), &file_count);
    int result = files ? 0 : -1;
    for (; name && result == 0; name = name->next) {
        const struct value *of_kind = step(&kind), *of_file = step(&file);
        const struct value *of_line = step(&line);
        struct function *function = replay_function(
            replay, of_kind ? (enum function_kind)of_kind->number : 0,
            name->text ? name->text : "");
        result = function ? set_text(&function->module, step(&module)) : -1;
        if (result == 0 && of_file && of_file->number < file_count)
            result = set_text(&function->file, files[of_file->number]);
        if (result != 0)
            break;
        function->line = of_line ? (uint32_t)of_line->number : 0;
        function->owner = owner(step(&own));
        cut_name(function);
    }
    free(files);
    return result;
}

/* 0, or -1: no memory, or a process that is not there. */
static int
read_tracks(struct replay *replay, const struct value *tables)
{
    struct trace *trace = &replay->trace;
    for (const struct value *at = value_first(value_member(tables, "tracks"));
         at; at = at->next) {
        uint64_t number = value_number(at, "process");
        if (number >= trace->process_count) {
            errno = EINVAL;
            return -1;
        }
        struct track *track = replay_track(replay, value_text(at, "name"),
                                           trace->processes[number]);
        if (!track)
            return -1;
        track->tid = track->own_tid = (uint32_t)value_number(at, "tid");
        track->main = value_is_true(at, "main");
        track->greenlet = value_is_true(at, "greenlet");
        track->ended = value_is_true(at, "ended");
        track->start_ns = value_number(at, "start_ns");
        track->end_ns = value_number(at, "end_ns");
    }
    return 0;
}

static int
read_tables(struct html *html, const struct value *tables)
{
    struct replay *replay = &html->replay;
    const struct value *status = value_member(tables, "wait_status");
    if (status && status->kind == VALUE_NUMBER) {
        replay->trace.root_ended = true;
        replay->trace.wait_status = (int)status->number;
    }
    if (replay_about(replay, tables) != 0 || read_tracks(replay, tables) != 0 ||
        read_functions(replay, tables) != 0)
        return -1;
    replay_about_origins(replay, tables);
    return replay_about_notes(replay, value_member(tables, "notes"));
}

static int
read_end(struct html *html, const struct value *end)
{
    struct trace *trace = &html->replay.trace;
    trace->calls = value_number(end, "calls");
    const struct value *task = value_first(value_member(end, "tasks"));
    for (; task; task = task->next)
        trace->task_steps += value_number(task, "count");
    trace->anomalies = value_number(end, "anomalies");
    trace->lost = value_number(end, "lost");
    trace->arguments_passed = value_number(end, "arguments_passed");
    trace->damaged_bytes = value_number(end, "damaged_bytes");
    trace->cost_ns = value_number(end, "cost_ns");
    replay_about_troubles(&html->replay, value_member(end, "troubles"));
    const struct value *sums = value_member(end, "short");
    trace->condensed = sums != NULL;
    html->expected = value_number(end, "chunks") +
                     value_number(end, "annotations") +
                     value_number(end, "waits") +
                     (sums ? value_number(sums, "aggregates") : 0);
    return 0;
}

/* == THE SCRIPTS =========================================================== */

static int
read_value(struct html *html, const char *text, size_t count,
           int (*use)(struct html *html, const struct value *value))
{
    struct value *value = value_parse(text, count);
    int result = value ? use(html, value) : -1;
    int cause = errno;
    value_free(value);
    errno = cause;
    return result;
}

static int
take_script(void *context, const char *tag, const char *text, size_t count)
{
    struct html *html = context;
    if (strstr(tag, "id=\"codesnap-tables\""))
        return read_value(html, text, count, read_tables);
    if (!strstr(tag, "id=\"codesnap-end\""))
        return 0;
    return read_value(html, text, count, read_end) == 0 ? 1 : -1;
}

/* == BEGIN AND END ========================================================= */

static void
close_html(struct trace *trace)
{
    struct html *html = (struct html *)trace;
    replay_release(&html->replay);
    pagechunks_close(&html->chunks);
    unpacking_end(&html->unpacking);
    free(html);
}

static void *
fail(struct html *html, const char *what)
{
    replay_fail(&html->replay, what);
    close_html(&html->replay.trace);
    return NULL;
}

struct trace *
replay_open_html(struct replay *begun)
{
    static const struct trace_backing backing = {
        .read = read_track,
        .close = close_html,
        .is_output = true,
        .tells_calls = true,
    };
    struct html *html = calloc(1, sizeof *html);
    if (!html)
        return replay_fail(begun, strerror(ENOMEM));
    html->replay = *begun;
    html->replay.trace.backing = &backing;
    if (pagechunks_open(&html->chunks, begun->path,
                        (size_t)begun->trace.spool_bytes) != 0)
        return fail(html, strerror(errno));
    int whole = unpacking_begin(&html->unpacking) == 0
                    ? pagechunks_find(&html->chunks, take_script, html)
                    : -1;
    if (whole < 0 && errno != EINVAL)
        return fail(html, strerror(ENOMEM));
    if (whole <= 0 || !html->replay.trace.command ||
        html->expected != html->chunks.list_count)
        return fail(html,
                    "is not a complete page of codesnap: cut off or damaged; "
                    "report on its session (codesnap run --keep keeps "
                    "it)");
    if (count_annotations(html) != 0 || look_at_waits(html) != 0)
        return fail(html, strerror(ENOMEM));
    return &html->replay.trace;
}
