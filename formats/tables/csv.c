/* SPDX-License-Identifier: Apache-2.0
 *
 * csv.c: one line a call, in the order of the exits, quoted as RFC 4180 has it.
 *
 *     process,pid,thread,tid,depth,start_ns,duration_ns,opened,closed,
 *     function,module,file,line,value
 *
 * An instant, an exception or a value of a counter is a line of its own; value is
 * the instant's or exception's JSON or the number, and of calls the JSON of what
 * is known of their arguments, else empty.
 * The part of the track and the part of the function are put together once.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/shape/waitkind.h"
#include "formats/shape/writer.h"

struct text {
    char *bytes;
    size_t count;
};

struct csv {
    struct sink *sink;
    const struct trace *trace;
    struct text *functions; /* by number, from the name to the line's end */
    struct text track;      /* from the process to the tid */
    uint32_t depth;         /* calls that are open */
};

static const char *const opened_names[] = {
    [OPEN_CALL] = "call",
    [OPEN_RESUME] = "resume",
    [OPEN_THROW] = "throw",
    [OPEN_BEFORE] = "before",
};

static const char *const closed_names[] = {
    [CLOSE_RETURN] = "return",   [CLOSE_EXCEPTION] = "exception",
    [CLOSE_YIELD] = "yield",     [CLOSE_UNKNOWN] = "unknown",
    [CLOSE_UNFINISHED] = "open", [CLOSE_CONTROL] = "control",
};

/* == QUOTING ================================================================ */

/* In quotes if anything in it asks for them; returns the end. */
static char *
put_field(char *to, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL && *text != ' ')
        return stpcpy(to, text);
    *to++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"')
            *to++ = '"';
        *to++ = *text;
    }
    *to++ = '"';
    return to;
}

static size_t
field_room(const char *text)
{
    return strlen(text) * 2 + 3;
}

static int
make_function(struct text *text, const struct function *function)
{
    text->bytes =
        malloc(field_room(function->name) + field_room(function->module) +
               field_room(function->file) + 32);
    if (text->bytes == NULL)
        return -1;
    char *to = put_field(text->bytes, function->name);
    *to++ = ',';
    to = put_field(to, function->module);
    *to++ = ',';
    to = put_field(to, function->file);
    to += sprintf(to, ",%u,\r\n", function->line);
    text->count = (size_t)(to - text->bytes);
    return 0;
}

/* == LINES ================================================================== */

static int
csv_track_begin(void *state, const struct track *track)
{
    struct csv *csv = state;
    const struct process *process = track->process;
    csv->depth = 0;
    free(csv->track.bytes);
    csv->track.bytes =
        malloc(field_room(process->name) + field_room(track->name) + 64);
    if (csv->track.bytes == NULL)
        return -1;
    char *to = put_field(csv->track.bytes, process->name);
    to += sprintf(to, ",%u,", process->pid);
    to = put_field(to, track->name);
    to += sprintf(to, ",%u,", track->tid);
    csv->track.count = (size_t)(to - csv->track.bytes);
    return 0;
}

static void
put_number(struct sink *sink, uint64_t value)
{
    sink_decimal(sink, value);
    sink_write(sink, ",", 1);
}

static int
put_value(struct csv *csv, const char *json)
{
    char *value = malloc(field_room(json));
    if (value == NULL)
        return -1;
    char *end = put_field(value, json);
    sink_write(csv->sink, value, (size_t)(end - value));
    sink_puts(csv->sink, "\r\n");
    free(value);
    return 0;
}

static int
csv_close(void *state, const struct span *span)
{
    struct csv *csv = state;
    struct sink *sink = csv->sink;
    csv->depth = span->depth;
    struct text *function = &csv->functions[span->function->number];
    if (function->bytes == NULL && make_function(function, span->function) != 0)
        return -1;
    sink_write(sink, csv->track.bytes, csv->track.count);
    put_number(sink, span->depth);
    put_number(sink, span->start_ns);
    put_number(sink, span->end_ns - span->start_ns);
    sink_puts(sink, opened_names[span->opened]);
    sink_write(sink, ",", 1);
    sink_puts(sink, closed_names[span->closed]);
    sink_write(sink, ",", 1);
    bool known = span->arguments != NULL;
    sink_write(sink, function->bytes, function->count - (known ? 2 : 0));
    return known ? put_value(csv, span->arguments) : 0;
}

static int
csv_gap(void *state, uint64_t start_ns, uint64_t end_ns)
{
    struct csv *csv = state;
    sink_write(csv->sink, csv->track.bytes, csv->track.count);
    put_number(csv->sink, 0);
    put_number(csv->sink, start_ns);
    put_number(csv->sink, end_ns - start_ns);
    sink_puts(csv->sink, "gap,gap,(gap),,,0,\r\n");
    return 0;
}

/* All but the value and the line's end. */
static int
put_annotation(struct csv *csv, const struct function *name, uint64_t ns,
               const char *kind)
{
    struct text *function = &csv->functions[name->number];
    if (function->bytes == NULL && make_function(function, name) != 0)
        return -1;
    sink_write(csv->sink, csv->track.bytes, csv->track.count);
    put_number(csv->sink, csv->depth);
    put_number(csv->sink, ns);
    put_number(csv->sink, 0);
    sink_puts(csv->sink, kind);
    sink_write(csv->sink, function->bytes, function->count - 2);
    return 0;
}

static int
csv_instant(void *state, const struct instant *instant)
{
    struct csv *csv = state;
    if (put_annotation(csv, instant->name, instant->ns,
                       instant->name->kind == FUNCTION_EXCEPTION
                           ? "exception,exception,"
                           : "instant,instant,") != 0)
        return -1;
    return put_value(csv, instant->text);
}

static int
csv_sample(void *state, const struct sample *sample)
{
    struct csv *csv = state;
    if (put_annotation(csv, sample->series, sample->ns, "sample,sample,") != 0)
        return -1;
    escape_number(csv->sink, sample->value);
    sink_puts(csv->sink, "\r\n");
    return 0;
}

/* Its kind is the function's name; on what it waited, the value. */
static int
csv_wait(void *state, const struct wait *wait)
{
    struct csv *csv = state;
    const struct function *what =
        wait->name != NULL ? wait->name : wait->holder_function;
    const char *name = what != NULL ? what->name : "";
    char *value = malloc(field_room(name) + field_room(wait->text) + 1);
    if (value == NULL)
        return -1;
    sink_write(csv->sink, csv->track.bytes, csv->track.count);
    put_number(csv->sink, csv->depth);
    put_number(csv->sink, wait->start_ns);
    put_number(csv->sink, wait->end_ns - wait->start_ns);
    sink_puts(csv->sink, "wait,wait,");
    sink_puts(csv->sink, waitkind_names[wait->kind]);
    sink_puts(csv->sink, ",,,0,");
    char *joined = malloc(strlen(name) + strlen(wait->text) + 2);
    if (joined == NULL) {
        free(value);
        return -1;
    }
    sprintf(joined, "%s%s%s", name, *name && *wait->text ? " " : "",
            wait->text);
    char *end = put_field(value, joined);
    sink_write(csv->sink, value, (size_t)(end - value));
    sink_puts(csv->sink, "\r\n");
    free(joined);
    free(value);
    return 0;
}

static int
csv_open(void *state, const struct span *span)
{
    struct csv *csv = state;
    csv->depth = span->depth + 1;
    return 0;
}

/* == BEGIN AND END ========================================================== */

static void
discard(struct csv *csv)
{
    for (uint32_t i = 0;
         csv->functions != NULL && i < csv->trace->function_count; i++)
        free(csv->functions[i].bytes);
    free(csv->functions);
    free(csv->track.bytes);
    free(csv);
}

static void *
csv_begin(struct sink *sink, const struct trace *trace,
          const struct format_options *options)
{
    (void)options;
    struct csv *csv = calloc(1, sizeof *csv);
    if (csv == NULL)
        return NULL;
    csv->sink = sink;
    csv->trace = trace;
    csv->functions =
        calloc((size_t)trace->function_count + 1, sizeof *csv->functions);
    if (csv->functions == NULL) {
        discard(csv);
        errno = ENOMEM;
        return NULL;
    }
    sink_puts(sink, "process,pid,thread,tid,depth,start_ns,duration_ns,opened,"
                    "closed,function,module,file,line,value\r\n");
    return csv;
}

static int
csv_end(void *state, int failed)
{
    (void)failed;
    discard(state);
    return 0;
}

const struct format format_csv = {
    .name = "csv",
    .suffix = ".csv",
    .summary = "one line a call, for spreadsheets and data frames",
    .begin = csv_begin,
    .track_begin = csv_track_begin,
    .open = csv_open,
    .close = csv_close,
    .gap = csv_gap,
    .instant = csv_instant,
    .sample = csv_sample,
    .wait = csv_wait,
    .end = csv_end,
};
