/* SPDX-License-Identifier: Apache-2.0
 *
 * replay_html.c: reads the scripts of a page of ours, as FORMAT.md tells them.
 * The page stays mapped; the chunks of a track are decoded when it is read.
 */
#define _GNU_SOURCE
#include "launcher/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/html_pack.h"
#include "formats/object.h"
#include "formats/text.h"
#include "launcher/deflate.h"

/* The base64 text of a script. */
struct script {
    uint32_t track;
    bool points;
    size_t at, count;
};

struct page {
    struct replay replay; /* first */
    const char *bytes;
    size_t count;
    struct script *scripts;
    uint32_t script_count, script_room;
    unsigned char *packed, *plain; /* of the script that is being read */
    bool crowds;
};

/* What is left of some bytes. */
struct rest {
    const unsigned char *at, *end;
};

/* == BYTES ================================================================= */

static uint64_t
take(struct rest *rest)
{
    uint64_t value = 0;
    for (unsigned shift = 0; rest->at < rest->end && shift < 64; shift += 7) {
        unsigned char byte = *rest->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

static struct rest
take_rest(struct rest *rest, uint64_t count)
{
    uint64_t left = (uint64_t)(rest->end - rest->at);
    struct rest part = {rest->at, rest->at + (count < left ? count : left)};
    rest->at = part.end;
    return part;
}

static size_t
decode_base64(unsigned char *out, const char *text, size_t count)
{
    unsigned char *begin = out;
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < count && text[i] != '='; i++) {
        char letter = text[i];
        unsigned six = letter >= 'a'   ? (unsigned)(letter - 'a') + 26
                       : letter >= 'A' ? (unsigned)(letter - 'A')
                       : letter >= '0' ? (unsigned)(letter - '0') + 52
                       : letter == '+' ? 62
                                       : 63;
        bits = bits << 6 | (six & 63);
        have += 6;
        if (have >= 8)
            *out++ = (unsigned char)(bits >> (have -= 8));
    }
    return (size_t)(out - begin);
}

/* What a script holds, in either of the buffers; nothing where it makes no sense. */
static struct rest
unpack(const struct page *page, const struct script *script,
       unsigned char *packed, unsigned char *plain)
{
    struct rest rest = {plain, plain};
    if (script->count / 4 * 3 + 3 > HTML_PACK_BYTES)
        return rest;
    size_t count =
        decode_base64(packed, page->bytes + script->at, script->count);
    if (count > 0 && packed[0] == 0)
        return (struct rest){packed + 1, packed + count};
    if (count > 0)
        rest.end += deflate_undo(packed + 1, count - 1, plain, HTML_PACK_BYTES);
    return rest;
}

/* == POINTS ================================================================ */

/* The points of a track, which lie in scripts of their own. */
struct points {
    struct page *page;
    uint32_t track, script; /* the next one to look at */
    struct rest rest;
    uint64_t left;             /* points in it */
    uint64_t ns;               /* of the next point, */
    struct function *function; /* its name; NULL: there is none */
    unsigned char *packed, *plain;
};

/* Go on to the next point. */
static void
step_point(struct points *points)
{
    struct page *page = points->page;
    const struct trace *trace = &page->replay.trace;
    points->function = NULL;
    while (points->left == 0 || points->rest.at == points->rest.end) {
        const struct script *script = &page->scripts[points->script];
        if (points->script == page->script_count)
            return;
        points->script++;
        if (!script->points || script->track != points->track)
            continue;
        points->rest = unpack(page, script, points->packed, points->plain);
        take(&points->rest); /* the track */
        points->left = take(&points->rest);
        points->ns = 0;
    }
    points->left--;
    uint64_t number = take(&points->rest);
    points->ns += take(&points->rest);
    if (number < trace->function_count)
        points->function = trace->functions[number];
}

static int
begin_points(struct points *points, struct page *page, uint32_t track)
{
    *points = (struct points){.page = page, .track = track};
    points->packed = malloc(HTML_PACK_BYTES);
    points->plain = malloc(HTML_PACK_BYTES);
    if (!points->packed || !points->plain)
        return -1;
    step_point(points);
    return 0;
}

static void
end_points(struct points *points)
{
    free(points->packed);
    free(points->plain);
}

static int
tell_sample(struct points *points, const struct track_visitor *visitor,
            void *context)
{
    struct sample sample = {.series = points->function, .ns = points->ns};
    struct rest value = take_rest(&points->rest, sizeof sample.value);
    if (value.end - value.at == sizeof sample.value)
        memcpy(&sample.value, value.at, sizeof sample.value);
    return visitor->sample ? visitor->sample(context, &sample) : 0;
}

static int
tell_instant(struct points *points, const struct track_visitor *visitor,
             void *context)
{
    struct rest text = take_rest(&points->rest, take(&points->rest));
    struct instant instant = {.name = points->function, .ns = points->ns};
    if (!visitor->instant)
        return 0;
    char *copy =
        text_clean((const char *)text.at, (size_t)(text.end - text.at));
    if (!copy)
        return -1;
    instant.text = copy;
    instant.text_bytes = object_clean(copy, strlen(copy));
    copy[instant.text_bytes] = '\0';
    int result = visitor->instant(context, &instant);
    free(copy);
    return result;
}

/* All points before that time. */
static int
tell_points(struct points *points, uint64_t ns,
            const struct track_visitor *visitor, void *context)
{
    int result = 0;
    while (points->function && points->ns < ns && result == 0) {
        result = points->function->kind == FUNCTION_COUNTER
                     ? tell_sample(points, visitor, context)
                     : tell_instant(points, visitor, context);
        step_point(points);
    }
    return result;
}

static int
count_instant(void *context, const struct instant *instant)
{
    (void)instant;
    ((struct trace *)context)->instants++;
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
count_points(struct page *page)
{
    const struct track_visitor visitor = {.instant = count_instant,
                                          .sample = count_sample};
    struct trace *trace = &page->replay.trace;
    int result = 0;
    for (uint32_t i = 0; i < trace->track_count && result == 0; i++) {
        struct points points;
        result = begin_points(&points, page, i);
        if (result == 0)
            result = tell_points(&points, UINT64_MAX, &visitor, trace);
        end_points(&points);
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
    uint64_t ns, gap_ns;
    struct points points;
};

static int
tell_open(struct telling *telling, uint64_t token)
{
    const struct trace *trace = telling->trace;
    uint64_t number = (token - 16) / 4;
    if (number >= trace->function_count) {
        errno = EINVAL;
        return -1;
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
    return telling->visitor->close
               ? telling->visitor->close(telling->context, span)
               : 0;
}

static int
tell(struct telling *telling, uint64_t token)
{
    if (token >= 16)
        return tell_open(telling, token);
    if (token <= CLOSE_UNFINISHED)
        return tell_close(telling, (enum close_how)token);
    if (token == 8)
        telling->gap_ns = telling->ns;
    else if (token == 9 && telling->visitor->gap)
        return telling->visitor->gap(telling->context, telling->gap_ns,
                                     telling->ns);
    return 0;
}

static int
tell_chunk(struct telling *telling, struct rest rest)
{
    take(&rest); /* the track */
    uint64_t events = take(&rest);
    telling->ns = take(&rest);
    take(&rest); /* the depth */
    for (uint64_t stored = take(&rest); stored > 0 && rest.at < rest.end;
         stored--) {
        take(&rest);
        take(&rest);
        take(&rest);
    }
    uint64_t bytes = take(&rest);
    struct rest tokens = take_rest(&rest, bytes);
    int result = 0;
    for (; events > 0 && tokens.at < tokens.end && result == 0; events--) {
        telling->ns += take(&rest);
        result = tell_points(&telling->points, telling->ns, telling->visitor,
                             telling->context);
        if (result == 0)
            result = tell(telling, take(&tokens));
    }
    return result;
}

static int
tell_chunks(struct page *page, struct telling *telling, uint32_t track)
{
    const struct track_visitor *visitor = telling->visitor;
    uint64_t bytes = 0;
    int result = 0;
    for (uint32_t i = 0; i < page->script_count && result == 0; i++) {
        const struct script *script = &page->scripts[i];
        if (script->points || script->track != track)
            continue;
        result = tell_chunk(telling,
                            unpack(page, script, page->packed, page->plain));
        bytes += script->count;
        if (visitor->progress)
            visitor->progress(visitor->progress_context, bytes);
    }
    if (result == 0)
        result = tell_points(&telling->points, UINT64_MAX, visitor,
                             telling->context);
    while (telling->depth > 0 && result == 0)
        result = tell_close(telling, CLOSE_UNFINISHED);
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
    struct page *page = (struct page *)trace;
    int result = begin_points(&telling.points, page, track->number);
    if (result == 0)
        result = tell_chunks(page, &telling, track->number);
    end_points(&telling.points);
    stretch(trace, track, telling.ns);
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
    char *place = function->kind == FUNCTION_PYTHON ? strrchr(name, '(') : NULL;
    if (place && place > name && place[-1] == ' ')
        place[-1] = '\0';
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

static int
read_functions(struct replay *replay, const struct value *tables)
{
    const struct value *columns = value_member(tables, "functions");
    const struct value *name = value_first(value_member(columns, "name"));
    const struct value *module = value_first(value_member(columns, "module"));
    const struct value *file = value_first(value_member(columns, "file"));
    const struct value *line = value_first(value_member(columns, "line"));
    const struct value *kind = value_first(value_member(columns, "kind"));
    const struct value **files = NULL;
    size_t file_count = 0, file_room = 0;
    for (const struct value *at = value_first(value_member(tables, "files"));
         at; at = at->next)
        file_room++;
    files = calloc(file_room + 1, sizeof *files);
    for (const struct value *at = value_first(value_member(tables, "files"));
         files && at; at = at->next)
        files[file_count++] = at;
    int result = files ? 0 : -1;
    while (name && result == 0) {
        const struct value *of_kind = step(&kind), *of_file = step(&file);
        const struct value *of_line = step(&line);
        struct function *function = replay_function(
            replay, of_kind ? (enum function_kind)of_kind->number : 0,
            name->text ? name->text : "");
        name = name->next;
        if (!function || set_text(&function->module, step(&module)) != 0) {
            result = -1;
            break;
        }
        if (of_file && of_file->number < file_count)
            result = set_text(&function->file, files[of_file->number]);
        function->line = of_line ? (uint32_t)of_line->number : 0;
        cut_name(function);
    }
    free(files);
    return result;
}

static bool
is_true(const struct value *object, const char *key)
{
    const struct value *value = value_member(object, key);
    return value && value->kind == VALUE_TRUE;
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
        track->main = is_true(at, "main");
        track->greenlet = is_true(at, "greenlet");
        track->ended = is_true(at, "ended");
        track->start_ns = value_number(at, "start_ns");
        track->end_ns = value_number(at, "end_ns");
    }
    return 0;
}

static int
read_tables(struct page *page, const struct value *tables)
{
    struct replay *replay = &page->replay;
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
read_end(struct page *page, const struct value *end)
{
    struct trace *trace = &page->replay.trace;
    trace->calls = value_number(end, "calls");
    trace->anomalies = value_number(end, "anomalies");
    trace->lost = value_number(end, "lost");
    trace->damaged_bytes = value_number(end, "damaged_bytes");
    trace->cost_ns = value_number(end, "cost_ns");
    page->crowds = value_member(end, "short") != NULL;
    return 0;
}

/* == THE SCRIPTS =========================================================== */

static int
add_script(struct page *page, const char *tag, const char *text, size_t count)
{
    const char *track = strstr(tag, "data-track=\"");
    if (page->script_count == page->script_room) {
        uint32_t room = page->script_room * 2 + 64;
        void *scripts = realloc(page->scripts, room * sizeof *page->scripts);
        if (!scripts)
            return -1;
        page->scripts = scripts;
        page->script_room = room;
    }
    page->scripts[page->script_count++] = (struct script){
        .track = track ? (uint32_t)strtoul(track + 12, NULL, 10) : 0,
        .points = strstr(tag, "codesnap-points") != NULL,
        .at = (size_t)(text - page->bytes),
        .count = count,
    };
    return 0;
}

static int
read_value(struct page *page, const char *text, size_t count,
           int (*use)(struct page *page, const struct value *value))
{
    struct value *value = value_parse(text, count);
    int result = value ? use(page, value) : -1;
    int cause = errno;
    value_free(value);
    errno = cause;
    return result;
}

/* The script with that tag; *whole where it is the last one. */
static int
take_script(struct page *page, const char *tag, const char *text, size_t count,
            bool *whole)
{
    if (strstr(tag, "id=\"codesnap-tables\""))
        return read_value(page, text, count, read_tables);
    if (strstr(tag, "id=\"codesnap-end\"")) {
        *whole = true;
        return read_value(page, text, count, read_end);
    }
    if (strstr(tag, "class=\"codesnap-chunk") && !strstr(tag, "-crowds"))
        return add_script(page, tag, text, count);
    return 0;
}

/* 1 where the page is whole, 0 where it is cut off, -1 with errno. */
static int
find_scripts(struct page *page)
{
    static const char begin[] = "<script type=\"application/";
    const char *at = page->bytes, *end = page->bytes + page->count;
    bool whole = false;
    while (!whole &&
           (at = memmem(at, (size_t)(end - at), begin, sizeof begin - 1))) {
        char tag[256] = "";
        const char *text = memchr(at, '>', (size_t)(end - at));
        const char *close =
            text ? memmem(text, (size_t)(end - text), "</script>", 9) : NULL;
        if (!close)
            return 0;
        size_t length = (size_t)(text - at);
        memcpy(tag, at, length < sizeof tag ? length : sizeof tag - 1);
        if (take_script(page, tag, text + 1, (size_t)(close - text - 1),
                        &whole) != 0)
            return -1;
        at = close;
    }
    return whole;
}

/* == BEGIN AND END ========================================================= */

static void
close_page(struct trace *trace)
{
    struct page *page = (struct page *)trace;
    replay_release(&page->replay);
    if (page->bytes)
        munmap((char *)page->bytes, page->count);
    free(page->scripts);
    free(page->packed);
    free(page->plain);
    free(page);
}

static int
map_page(struct page *page)
{
    size_t count = (size_t)page->replay.trace.spool_bytes;
    int fd = open(page->replay.path, O_RDONLY | O_CLOEXEC);
    void *bytes =
        fd < 0 ? MAP_FAILED : mmap(NULL, count, PROT_READ, MAP_PRIVATE, fd, 0);
    int cause = errno;
    if (fd >= 0)
        close(fd);
    errno = cause;
    if (bytes == MAP_FAILED)
        return -1;
    page->bytes = bytes;
    page->count = count;
    return 0;
}

static void *
fail(struct page *page, const char *what)
{
    replay_fail(&page->replay, what);
    close_page(&page->replay.trace);
    return NULL;
}

struct trace *
replay_open_html(struct replay *begun)
{
    static const struct trace_backing backing = {read_track, close_page, true};
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return replay_fail(begun, strerror(ENOMEM));
    page->replay = *begun;
    page->replay.trace.backing = &backing;
    page->packed = malloc(HTML_PACK_BYTES);
    page->plain = malloc(HTML_PACK_BYTES);
    if (map_page(page) != 0)
        return fail(page, strerror(errno));
    int whole = page->packed && page->plain ? find_scripts(page) : -1;
    if (whole < 0 && errno != EINVAL)
        return fail(page, strerror(ENOMEM));
    if (whole <= 0 || !page->replay.trace.command)
        return fail(page, "is no whole page of codesnap, it is cut off or "
                          "damaged; report on its session, or run it again");
    if (page->crowds)
        return fail(page, "has only sums of its shortest calls, not each one; "
                          "report on the session, or run with --report");
    if (count_points(page) != 0)
        return fail(page, strerror(ENOMEM));
    return &page->replay.trace;
}
