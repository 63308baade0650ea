/* SPDX-License-Identifier: Apache-2.0
 *
 * firefox.c: for profiler.firefox.com, in the processed format, version 48
 * (later ones upgrade it).  A sample is a run of time in which one stack was
 * open; it weighs what that took.  Instants and the values of counters are
 * markers.  Samples and markers are columns, so all but the first wait in
 * unnamed files until their track ends.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "formats/base/escape.h"
#include "formats/firefox/tables.h"
#include "formats/shape/writer.h"

/* Of samples, then of markers. */
enum column {
    SAMPLE_TIME,
    SAMPLE_WEIGHT,
    MARKER_NAME,
    MARKER_TIME,
    MARKER_END,
    MARKER_PHASE,
    MARKER_DATA,
    COLUMNS
};

struct firefox {
    struct sink *sink;
    const struct trace *trace;
    struct firefox_tables tables;
    FILE *columns[COLUMNS];
    uint64_t last_ns; /* until here all time is in samples */
    uint64_t samples, markers;
    bool any_thread;
};

/* == SAMPLES ================================================================ */

/* Nanoseconds as milliseconds with six decimals. */
static void
put_ms(FILE *file, const char *comma, uint64_t ns)
{
    char text[32], *to = text + sizeof text;
    for (int digits = 0; digits < 7 || ns > 0; digits++, ns /= 10) {
        if (digits == 6)
            *--to = '.';
        *--to = (char)('0' + ns % 10);
    }
    if (*comma != '\0')
        *--to = ',';
    fwrite_unlocked(to, 1, (size_t)(text + sizeof text - to), file);
}

/* The open stack has been so since last_ns. */
static void
sample(struct firefox *firefox, uint64_t now_ns)
{
    uint32_t node = firefox->tables.tree.current;
    if (node != CALLTREE_ROOT && now_ns > firefox->last_ns) {
        const char *comma = firefox->samples++ > 0 ? "," : "";
        sink_puts(firefox->sink, comma);
        sink_decimal(firefox->sink, node - 1);
        put_ms(firefox->columns[SAMPLE_TIME], comma, firefox->last_ns);
        put_ms(firefox->columns[SAMPLE_WEIGHT], comma,
               now_ns - firefox->last_ns);
    }
    firefox->last_ns = now_ns;
}

static int
firefox_open(void *state, const struct span *span)
{
    struct firefox *firefox = state;
    sample(firefox, span->start_ns);
    firefox_tables_meet(&firefox->tables, span->function->number);
    return calltree_open(&firefox->tables.tree, span);
}

/* == MARKERS ================================================================ */

/* A point in time, or from start to end (phase 1, an interval). */
static FILE *
begin_marker_of(struct firefox *firefox, uint32_t name, uint64_t start_ns,
                uint64_t end_ns)
{
    const char *comma = firefox->markers++ > 0 ? "," : "";
    fprintf(firefox->columns[MARKER_NAME], "%s%u", comma, name);
    put_ms(firefox->columns[MARKER_TIME], comma, start_ns);
    if (end_ns > start_ns)
        put_ms(firefox->columns[MARKER_END], comma, end_ns);
    else
        fprintf(firefox->columns[MARKER_END], "%snull", comma);
    fprintf(firefox->columns[MARKER_PHASE], "%s%d", comma, end_ns > start_ns);
    fputs(comma, firefox->columns[MARKER_DATA]);
    return firefox->columns[MARKER_DATA];
}

/* Its name is the string of a frame that no stack has. */
static FILE *
begin_marker(struct firefox *firefox, const struct function *name, uint64_t ns)
{
    uint32_t met = firefox_tables_meet(&firefox->tables, name->number);
    return begin_marker_of(firefox, met * 2, ns, ns);
}

static int
firefox_instant(void *state, const struct instant *instant)
{
    FILE *data = begin_marker(state, instant->name, instant->ns);
    char *text = malloc(escape_bytes(instant->text) + 1);
    if (text == NULL)
        return -1;
    *escape_copy(text, instant->text) = '\0';
    fprintf(data, "{\"type\":\"%s\",\"args\":\"%s\"}",
            instant->name->kind == FUNCTION_EXCEPTION ? "exception" : "instant",
            text);
    free(text);
    return 0;
}

static int
firefox_sample(void *state, const struct sample *sample)
{
    char number[ESCAPE_NUMBER_BYTES];
    FILE *data = begin_marker(state, sample->series, sample->ns);
    escape_print(number, sample->value);
    fprintf(data, "{\"type\":\"counter\",\"value\":%s}", number);
    return 0;
}

static void
put_member(FILE *data, const char *key, const char *value)
{
    char *text = malloc(escape_bytes(value) + 1);
    if (text == NULL || *value == '\0') {
        free(text);
        return;
    }
    *escape_copy(text, value) = '\0';
    fprintf(data, ",\"%s\":\"%s\"", key, text);
    free(text);
}

/* Of a call its arguments, from its begin to its end. */
static void
put_arguments(struct firefox *firefox, const struct span *span)
{
    uint32_t met =
        firefox_tables_meet(&firefox->tables, span->function->number);
    FILE *data =
        begin_marker_of(firefox, met * 2, span->start_ns, span->end_ns);
    fputs("{\"type\":\"call\"", data);
    put_member(data, "args", span->arguments);
    fputs("}", data);
}

static int
firefox_close(void *state, const struct span *span)
{
    struct firefox *firefox = state;
    sample(firefox, span->end_ns);
    if (span->arguments != NULL)
        put_arguments(firefox, span);
    calltree_close(&firefox->tables.tree, span);
    return 0;
}

static int
firefox_wait(void *state, const struct wait *wait)
{
    struct firefox *firefox = state;
    uint32_t name = firefox_tables_meet_wait(&firefox->tables, wait->kind);
    FILE *data =
        begin_marker_of(firefox, name * 2, wait->start_ns, wait->end_ns);
    fputs("{\"type\":\"wait\"", data);
    put_member(data, "what", wait->name != NULL ? wait->name->name : "");
    put_member(data, "on", wait->text);
    put_member(data, "holder", wait->holder != NULL ? wait->holder->name : "");
    put_member(data, "in",
               wait->holder_function != NULL ? wait->holder_function->name
                                             : "");
    fputs("}", data);
    return 0;
}

/* == COLUMNS THAT WAITED ==================================================== */

static int
append(struct sink *sink, FILE *file)
{
    char block[16384];
    size_t count;
    if (fflush(file) != 0)
        return -1;
    rewind(file);
    while ((count = fread(block, 1, sizeof block, file)) > 0)
        sink_write(sink, block, count);
    if (ferror(file))
        return -1;
    rewind(file);
    return ftruncate(fileno(file), 0);
}

/* == TRACKS ================================================================= */

static int
firefox_track_begin(void *state, const struct track *track)
{
    struct firefox *firefox = state;
    struct sink *sink = firefox->sink;
    char text[256];
    firefox->samples = firefox->markers = 0;
    firefox->last_ns = track->start_ns;
    firefox_tables_clear(&firefox->tables);
    sink_puts(sink, firefox->any_thread ? ",\n{" : "\n{");
    firefox->any_thread = true;
    escape_member(sink, "name", track->name);
    sink_puts(sink, ",");
    escape_member(sink, "processName", track->process->name);
    snprintf(text, sizeof text,
             ",\"processType\":\"default\",\"processStartupTime\":0,"
             "\"processShutdownTime\":null,\"registerTime\":0,"
             "\"unregisterTime\":null,\"pausedRanges\":[],"
             "\"isMainThread\":%s,\"pid\":\"%u\",\"tid\":%u,",
             track->main ? "true" : "false", track->process->pid,
             track->own_tid);
    sink_puts(sink, text);
    sink_puts(sink, "\n\"samples\":{\"weightType\":\"tracing-ms\",\"stack\":[");
    return 0;
}

static void
put_same(struct firefox *firefox, const char *name, const char *value)
{
    sink_puts(firefox->sink, "],\n\"");
    sink_puts(firefox->sink, name);
    sink_puts(firefox->sink, "\":[");
    for (uint64_t i = 0; i < firefox->markers; i++) {
        sink_puts(firefox->sink, i > 0 ? "," : "");
        sink_puts(firefox->sink, value);
    }
}

static int
put_markers(struct firefox *firefox)
{
    struct sink *sink = firefox->sink;
    sink_puts(sink, ",\n\"markers\":{\"length\":");
    sink_decimal(sink, firefox->markers);
    sink_puts(sink, ",\"data\":[");
    if (append(sink, firefox->columns[MARKER_DATA]) != 0)
        return -1;
    sink_puts(sink, "],\n\"name\":[");
    if (append(sink, firefox->columns[MARKER_NAME]) != 0)
        return -1;
    sink_puts(sink, "],\n\"startTime\":[");
    if (append(sink, firefox->columns[MARKER_TIME]) != 0)
        return -1;
    sink_puts(sink, "],\n\"endTime\":[");
    if (append(sink, firefox->columns[MARKER_END]) != 0)
        return -1;
    sink_puts(sink, "],\n\"phase\":[");
    if (append(sink, firefox->columns[MARKER_PHASE]) != 0)
        return -1;
    put_same(firefox, "category", "0");
    sink_puts(sink, "]}");
    return 0;
}

static int
firefox_track_end(void *state, const struct track *track)
{
    struct firefox *firefox = state;
    struct sink *sink = firefox->sink;
    (void)track;
    sink_puts(sink, "],\n\"time\":[");
    if (append(sink, firefox->columns[SAMPLE_TIME]) != 0)
        return -1;
    sink_puts(sink, "],\n\"weight\":[");
    if (append(sink, firefox->columns[SAMPLE_WEIGHT]) != 0)
        return -1;
    sink_puts(sink, "],\"length\":");
    sink_decimal(sink, firefox->samples);
    sink_puts(sink, "}");
    if (put_markers(firefox) != 0)
        return -1;
    sink_puts(sink, ",\"resourceTable\":{\"length\":0,\"lib\":[],\"name\":[],"
                    "\"host\":[],\"type\":[]},"
                    "\"nativeSymbols\":{\"length\":0,\"libIndex\":[],"
                    "\"address\":[],\"name\":[],\"functionSize\":[]}");
    firefox_tables_put(&firefox->tables);
    sink_puts(sink, "}");
    return 0;
}

/* == BEGIN AND END ========================================================== */

static void
put_meta(struct firefox *firefox)
{
    char text[64];
    struct sink *sink = firefox->sink;
    uint64_t ns = firefox->trace->realtime_ns;
    snprintf(text, sizeof text, "%llu.%06llu",
             (unsigned long long)(ns / 1000000),
             (unsigned long long)(ns % 1000000));
    sink_puts(sink, "{\"meta\":{\"preprocessedProfileVersion\":48,"
                    "\"version\":29,\"interval\":1,\"startTime\":");
    sink_puts(sink, text);
    sink_puts(sink,
              ",\"product\":\"codesnap\",\"processType\":0,\"stackwalk\":0,"
              "\"abi\":\"\",\"misc\":\"\",\"oscpu\":\"\",\"platform\":\"\","
              "\"toolkit\":\"\",\"appBuildID\":\"\",\"sourceURL\":\"\","
              "\"extensions\":{\"length\":0,\"id\":[],\"name\":[],"
              "\"baseURL\":[]},\"symbolicationNotSupported\":true,"
              "\"usesOnlyOneStackType\":true,"
              "\"doesNotUseFrameImplementation\":true,\"markerSchema\":["
              "{\"name\":\"instant\",\"display\":[\"marker-chart\","
              "\"marker-table\",\"timeline-overview\"],"
              "\"data\":[{\"key\":\"args\",\"label\":\"Arguments\","
              "\"format\":\"string\"}]},"
              "{\"name\":\"exception\",\"display\":[\"marker-chart\","
              "\"marker-table\",\"timeline-overview\"],"
              "\"data\":[{\"key\":\"args\",\"label\":\"Exception\","
              "\"format\":\"string\"}]},"
              "{\"name\":\"call\",\"display\":[\"marker-chart\","
              "\"marker-table\"],\"data\":[{\"key\":\"args\","
              "\"label\":\"Arguments\",\"format\":\"string\"}]},"
              "{\"name\":\"counter\",\"display\":[\"marker-chart\","
              "\"marker-table\"],\"data\":[{\"key\":\"value\","
              "\"label\":\"Value\",\"format\":\"decimal\"}],"
              "\"graphs\":[{\"key\":\"value\",\"type\":\"line\"}]},"
              "{\"name\":\"wait\",\"display\":[\"marker-chart\","
              "\"marker-table\"],\"data\":["
              "{\"key\":\"what\",\"label\":\"Call\",\"format\":\"string\"},"
              "{\"key\":\"on\",\"label\":\"On\",\"format\":\"string\"},"
              "{\"key\":\"holder\",\"label\":\"Held by\","
              "\"format\":\"string\"},"
              "{\"key\":\"in\",\"label\":\"In\",\"format\":\"string\"}]}],"
              "\"categories\":["
              "{\"name\":\"Python\",\"color\":\"yellow\","
              "\"subcategories\":[\"Other\"]},"
              "{\"name\":\"C\",\"color\":\"blue\","
              "\"subcategories\":[\"Other\"]},"
              "{\"name\":\"codesnap\",\"color\":\"grey\","
              "\"subcategories\":[\"Other\"]}]},\n"
              "\"libs\":[],\"pages\":[],\"threads\":[");
}

static void
discard(struct firefox *firefox)
{
    int cause = errno;
    for (int i = 0; i < COLUMNS; i++)
        if (firefox->columns[i] != NULL)
            fclose(firefox->columns[i]);
    firefox_tables_close(&firefox->tables);
    free(firefox);
    errno = cause;
}

static int
open_columns(struct firefox *firefox)
{
    for (int i = 0; i < COLUMNS; i++)
        if ((firefox->columns[i] = tmpfile()) == NULL)
            return -1;
    return 0;
}

static void *
firefox_begin(struct sink *sink, const struct trace *trace,
              const struct format_options *options)
{
    (void)options;
    struct firefox *firefox = calloc(1, sizeof *firefox);
    if (firefox == NULL)
        return NULL;
    firefox->sink = sink;
    firefox->trace = trace;
    if (open_columns(firefox) != 0 ||
        firefox_tables_open(&firefox->tables, sink, trace) != 0) {
        discard(firefox);
        return NULL;
    }
    put_meta(firefox);
    return firefox;
}

static int
firefox_end(void *state, int failed)
{
    struct firefox *firefox = state;
    if (!failed)
        sink_puts(firefox->sink, "]}\n");
    discard(firefox);
    return 0;
}

const struct format format_firefox = {
    .name = "firefox",
    .suffix = ".firefox.json",
    .summary = "for profiler.firefox.com",
    .begin = firefox_begin,
    .track_begin = firefox_track_begin,
    .open = firefox_open,
    .close = firefox_close,
    .instant = firefox_instant,
    .sample = firefox_sample,
    .wait = firefox_wait,
    .track_end = firefox_track_end,
    .end = firefox_end,
};
