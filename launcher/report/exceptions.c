/* SPDX-License-Identifier: Apache-2.0
 *
 * report/exceptions.c: exceptions by type, by where they are raised and by where they
 * are caught: how often, how many calls they ended and how long those had run; first
 * those that took most.  Text leaves out what is no error, such as StopIteration.
 * And of each Python function, how many of its calls ended by one: that is known
 * where exceptions were not recorded, too.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "formats/base/phrase.h"
#include "launcher/report/exceptiongroups.h"
#include "launcher/report/view.h"

/* An open call. */
struct call {
    const struct function *function;
    uint64_t start_ns;
};

/* Its last call is still to end. */
struct leaving {
    uint32_t group;
    size_t depth; /* below the call */
};

struct exceptions {
    struct sink *sink;
    const struct trace *trace;
    struct exceptiongroups groups;
    uint64_t *ended; /* by function: calls that ended by an error */
    struct call *calls;
    struct leaving *leaving;
    uint32_t depth, room, leaving_count, leaving_room;
};

/* == READING =============================================================== */

static int
track_begin(void *state, const struct track *track)
{
    struct exceptions *exceptions = state;
    (void)track;
    exceptions->depth = exceptions->leaving_count = 0;
    return 0;
}

static int
open_span(void *state, const struct span *span)
{
    struct exceptions *exceptions = state;
    if (exceptions->depth == exceptions->room &&
        list_grow((void **)&exceptions->calls, &exceptions->room,
                  sizeof *exceptions->calls) != 0)
        return -1;
    exceptions->calls[exceptions->depth++] =
        (struct call){span->function, span->start_ns};
    return 0;
}

static int
close_span(void *state, const struct span *span)
{
    struct exceptions *exceptions = state;
    uint32_t kept = 0;
    exceptions->depth--;
    exceptions->ended[span->function->number] +=
        span->closed == CLOSE_EXCEPTION &&
        span->function->kind == FUNCTION_PYTHON;
    for (uint32_t i = 0; i < exceptions->leaving_count; i++) {
        struct leaving *leaving = &exceptions->leaving[i];
        if (leaving->depth == exceptions->depth)
            exceptions->groups.list[leaving->group].lost_ns +=
                span->end_ns - span->start_ns;
        else if (leaving->depth < exceptions->depth)
            exceptions->leaving[kept++] = *leaving;
    }
    exceptions->leaving_count = kept;
    return 0;
}

/* The first call of them may be over already. */
static uint32_t
calls_to_end(const struct exceptions *exceptions,
             const struct exception *exception)
{
    const struct call *last = exceptions->calls + exceptions->depth;
    bool inside = exceptions->depth > 0 &&
                  strcmp(last[-1].function->name, exception->function) == 0;
    uint32_t calls = exception->calls;
    calls -= !inside && calls > 0;
    return calls < exceptions->depth ? calls : exceptions->depth;
}

static int
add(struct exceptions *exceptions, const struct instant *instant,
    const struct exception *exception)
{
    int64_t group =
        exceptiongroups_add(&exceptions->groups, instant, exception);
    uint32_t calls = calls_to_end(exceptions, exception);
    if (group < 0)
        return -1;
    if (calls == 0)
        return 0;
    if (exceptions->leaving_count == exceptions->leaving_room &&
        list_grow((void **)&exceptions->leaving, &exceptions->leaving_room,
                  sizeof *exceptions->leaving) != 0)
        return -1;
    exceptions->leaving[exceptions->leaving_count++] =
        (struct leaving){(uint32_t)group, exceptions->depth - calls};
    return 0;
}

static int
take_instant(void *state, const struct instant *instant)
{
    struct exception exception;
    if (instant->name->kind != FUNCTION_EXCEPTION)
        return 0;
    if (exception_read(&exception, instant) != 0)
        return -1;
    int result = add(state, instant, &exception);
    exception_free(&exception);
    return result;
}

/* == TEXT ================================================================== */

static void
put_where(struct printer *printer, const char *before, const char *name,
          uint32_t line)
{
    char number[32];
    struct phrase phrase = phrase_begin(number, sizeof number);
    printer_text(printer, before);
    printer_text(printer, name);
    phrase_add(&phrase, ", line %u", line);
    if (line)
        printer_text(printer, number);
}

static void
put_group(struct printer *printer, const struct exceptiongroup *group)
{
    printer_count(printer, group->count, 9);
    printer_count(printer, group->calls, 13);
    printer_duration(printer, group->lost_ns, 11);
    printer_text(printer, "  ");
    printer_text(printer, group->type->name);
    if (*group->message && !group->differ) {
        printer_text(printer, ": ");
        printer_text(printer, group->message);
    }
    put_where(printer, " in ", group->function, group->line);
    if (group->caught)
        put_where(printer, ", caught by ", group->caught, group->caught_line);
    else if (group->uncaught)
        printer_text(printer, ", caught by nobody");
    printer_end_line(printer);
}

static void
put_head(struct printer *printer)
{
    printer_bold(printer);
    printer_head(printer, "times", 9);
    printer_head(printer, "calls ended", 13);
    printer_head(printer, "their time", 11);
    printer_text(printer, "  exception");
    printer_plain(printer);
    printer_end_line(printer);
}

/* What there is to know where the table is short. */
static void
put_rest(struct printer *printer, const struct exceptions *exceptions,
         uint64_t controls)
{
    char text[160];
    struct phrase phrase = phrase_begin(text, sizeof text);
    if (controls)
        phrase_add_count(&phrase, controls,
                         "exception that is no error, "
                         "such as StopIteration",
                         "exceptions that are no errors, such as "
                         "StopIteration");
    else if (exceptions->groups.count == 0)
        phrase_add(&phrase, "%s",
                   exceptions->trace->exceptions
                       ? "a JSON output tells them, but they are not read "
                         "from one; report on the session or on a page"
                       : "none was recorded; those that are caught are with "
                         "codesnap run --exceptions");
    else
        return;
    printer_text(printer, text);
    printer_end_line(printer);
}

/* The next function by how often, and where that is equal by number; NULL: none is
 * left. */
static const struct function *
next_ended(const struct exceptions *exceptions, const struct function *last)
{
    const struct trace *trace = exceptions->trace;
    const uint64_t *ended = exceptions->ended;
    const struct function *best = NULL;
    for (uint32_t i = 0; i < trace->function_count; i++) {
        const struct function *function = trace->functions[i];
        if (ended[i] == 0 ||
            (last && (ended[i] > ended[last->number] ||
                      (ended[i] == ended[last->number] && i <= last->number))))
            continue;
        if (!best || ended[i] > ended[best->number])
            best = function;
    }
    return best;
}

#define FUNCTIONS 10

static void
put_ended(struct printer *printer, const struct exceptions *exceptions)
{
    const struct function *function = next_ended(exceptions, NULL);
    uint64_t most = report_rows(printer, FUNCTIONS, FUNCTIONS);
    if (!function)
        return;
    printer_end_line(printer);
    printer_bold(printer);
    printer_head(printer, "calls", 9);
    printer_text(printer, "  that ended by an exception, of");
    printer_plain(printer);
    printer_end_line(printer);
    for (uint64_t i = 0; i < most && function; i++) {
        printer_count(printer, exceptions->ended[function->number], 9);
        printer_text(printer, "  ");
        printer_name(printer, function->name);
        function = next_ended(exceptions, function);
    }
}

static void
put_text(struct exceptions *exceptions)
{
    struct printer printer;
    uint64_t controls = 0, errors = 0, put = 0;
    printer_begin(&printer, exceptions->sink);
    report_title(&printer, exceptions->trace,
                 "exceptions, by the time of the calls that they ended");
    for (uint32_t i = 0; i < exceptions->groups.count; i++) {
        const struct exceptiongroup *group = &exceptions->groups.list[i];
        controls += group->control ? group->count : 0;
        errors += !group->control;
    }
    uint64_t rows = report_rows(&printer, errors, 30);
    if (errors)
        put_head(&printer);
    for (uint32_t i = 0; i < exceptions->groups.count && put < rows; i++) {
        if (exceptions->groups.list[i].control)
            continue;
        put_group(&printer, &exceptions->groups.list[i]);
        put++;
    }
    put_rest(&printer, exceptions, controls);
    put_ended(&printer, exceptions);
    report_close(&printer, exceptions->trace);
}

/* == JSON ================================================================== */

static void
put_json_place(struct sink *sink, const char *key, const char *line_key,
               const char *name, uint32_t line)
{
    sink_puts(sink, ",");
    escape_member(sink, key, name);
    if (line)
        escape_count(sink, line_key, line);
}

static void
put_json_group(struct sink *sink, const struct exceptiongroup *group)
{
    sink_puts(sink, "{");
    escape_member(sink, "type", group->type->name);
    sink_puts(sink, ",");
    escape_member(sink, "message", group->message);
    put_json_place(sink, "function", "line", group->function, group->line);
    if (group->caught)
        put_json_place(sink, "caught", "caught_line", group->caught,
                       group->caught_line);
    else if (group->uncaught)
        sink_puts(sink, ",\"caught\":null");
    escape_count(sink, "count", group->count);
    escape_count(sink, "calls", group->calls);
    escape_count(sink, "calls_ns", group->lost_ns);
    escape_count(sink, "first_ns", group->first_ns);
    sink_puts(sink, group->control ? ",\"control\":true}" : "}");
}

static void
put_json(struct exceptions *exceptions)
{
    struct sink *sink = exceptions->sink;
    uint64_t rows = report_json_rows(exceptions->groups.count);
    sink_puts(sink, "{\"exceptions\":[");
    for (uint32_t i = 0; i < rows; i++) {
        sink_puts(sink, i ? ",\n" : "\n");
        put_json_group(sink, &exceptions->groups.list[i]);
    }
    sink_puts(sink, "],\n\"functions\":[");
    const struct function *function = next_ended(exceptions, NULL);
    for (uint64_t i = 0; function && i < report_json_rows(UINT64_MAX); i++) {
        sink_puts(sink, i ? ",\n{" : "\n{");
        escape_member(sink, "name", function->name);
        escape_count(sink, "calls_ended", exceptions->ended[function->number]);
        sink_puts(sink, "}");
        function = next_ended(exceptions, function);
    }
    sink_puts(sink, "]");
    report_sums(sink, exceptions->trace);
    sink_puts(sink, "}\n");
}

/* == BEING A FORMAT ======================================================== */

static void *
begin(struct sink *sink, const struct trace *trace,
      const struct format_options *options)
{
    struct exceptions *exceptions = calloc(1, sizeof *exceptions);
    (void)options;
    if (!exceptions)
        return NULL;
    exceptions->sink = sink;
    exceptions->trace = trace;
    exceptions->ended =
        calloc((size_t)trace->function_count + 1, sizeof *exceptions->ended);
    if (exceptions->ended)
        return exceptions;
    free(exceptions);
    return NULL;
}

static int
end(void *state, int failed)
{
    struct exceptions *exceptions = state;
    int cause = errno;
    exceptiongroups_sort(&exceptions->groups);
    if (!failed && report_wish.json)
        put_json(exceptions);
    else if (!failed)
        put_text(exceptions);
    exceptiongroups_free(&exceptions->groups);
    free(exceptions->ended);
    free(exceptions->calls);
    free(exceptions->leaving);
    free(exceptions);
    errno = cause;
    return 0;
}

const struct format report_exceptions = {
    .name = "exceptions",
    .suffix = "",
    .summary = "the table of exceptions",
    .begin = begin,
    .track_begin = track_begin,
    .open = open_span,
    .close = close_span,
    .instant = take_instant,
    .end = end,
};
