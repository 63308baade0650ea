/* SPDX-License-Identifier: Apache-2.0
 *
 * conversion.c: the child opens the session anew for each output, since a
 * trace counts while it is read.
 */
#include "launcher/convert/conversion.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/base/phrase.h"
#include "formats/reader/reader.h"
#include "launcher/convert/nomatch.h"
#include "launcher/convert/occasion.h"
#include "launcher/convert/progress.h"
#include "launcher/convert/selection.h"
#include "launcher/convert/tally.h"
#include "launcher/replay/open.h"
#include "launcher/support/deflate.h"
#include "launcher/support/message.h"

/* == IN THE CHILD ========================================================== */

static int
stop_at_first(void *context, const struct span *span)
{
    (void)context;
    (void)span;
    return 1;
}

/* To find the first one may mean to walk all of its track; a large spool holds
 * some for sure. */
static bool
has_spans(struct trace *trace)
{
    enum {
        LARGE_BYTES = 1 << 20
    };
    const struct track_visitor visitor = {.open = stop_at_first};
    if (trace->spool_bytes > LARGE_BYTES)
        return true;
    for (uint32_t i = 0; i < trace->track_count; i++)
        if (track_read(trace, trace->tracks[i], &visitor, NULL) == 1)
            return true;
    return false;
}

static void
keep_notes(struct conversion *conversion, const struct trace *trace)
{
    conversion->more_notes = 0;
    for (uint32_t i = 0; i < trace->note_count; i++) {
        const struct note *note = &trace->notes[i];
        if (note->code == SPOOL_NOTE_LOST || !note->text || !*note->text)
            continue;
        if (*conversion->note && strcmp(conversion->note, note->text) != 0) {
            conversion->more_notes++;
            continue;
        }
        snprintf(conversion->note, sizeof conversion->note, "%s", note->text);
        conversion->explains = note->code != SPOOL_NOTE_TEXT;
    }
}

/* "process 12, process 15". */
static void
keep_losers(struct conversion *conversion, const struct trace *trace)
{
    struct phrase phrase =
        phrase_begin(conversion->losers, sizeof conversion->losers);
    for (uint32_t i = 0; i < trace->note_count; i++) {
        const struct note *note = &trace->notes[i];
        if (note->code == SPOOL_NOTE_LOST && note->process)
            phrase_add(&phrase, "%sprocess %u", phrase.used > 0 ? ", " : "",
                       note->process->pid);
    }
}

/* The first two places of each kind. */
static void
keep_troubles(struct conversion *conversion, const struct trace *trace)
{
    for (int kind = 0; kind < TROUBLE_KINDS; kind++)
        trouble_say(&trace->troubles, (enum trouble_kind)kind, 2,
                    conversion->troubles[kind],
                    sizeof conversion->troubles[kind]);
}

/* The last of the options that a process was recorded with. */
static void
keep_last(struct conversion *conversion, const struct trace *trace)
{
    const char *found = strstr(trace_filter(trace), "--last=");
    snprintf(conversion->last, sizeof conversion->last, "%s",
             found ? found : "");
}

static void
keep_result(struct conversion *conversion, const struct trace *trace)
{
    conversion->calls = trace->calls;
    conversion->lost = trace->lost;
    conversion->arguments_passed = trace->arguments_passed;
    conversion->damaged_bytes = trace->damaged_bytes;
    conversion->duration_ns = trace->duration_ns;
    conversion->cost_ns = trace->cost_ns;
    conversion->startup_ns = trace_startup(trace);
    for (uint32_t i = 0; i < trace->process_count; i++)
        conversion->rules_fitted |= trace->processes[i]->rules_fitted;
    conversion->processes = trace->process_count;
    conversion->tracks = trace->track_count;
    conversion->greenlets = trace_greenlets(trace);
    conversion->part = tally_now() != NULL;
    if (conversion->part) {
        conversion->tally = *tally_now();
        conversion->calls_known = tally_all_calls(tally_now(), trace) > 0;
    }
    keep_last(conversion, trace);
    keep_notes(conversion, trace);
    keep_losers(conversion, trace);
    keep_troubles(conversion, trace);
}

static struct trace *
open_trace(struct conversion *conversion, const struct sessions *sessions)
{
    struct stat status;
    char *error = conversion->error;
    size_t room = sizeof conversion->error;
    if (sessions->or_output && stat(*sessions->paths, &status) == 0 &&
        S_ISREG(status.st_mode))
        return replay_open(*sessions->paths, error, room);
    return trace_open_all(sessions->paths, sessions->count, error, room);
}

/* Sums of calls are enough for some; a part can't be taken of them. */
static bool
is_too_condensed(const struct trace *trace, const struct format *format,
                 const struct selection *selection)
{
    return trace->condensed &&
           (!format->condensed || trace->part || selection_is_part(selection));
}

/* All that is wanted of the trace into the output. */
static int
fill(struct conversion *conversion, struct trace *trace, const char *session,
     const struct output *output, const struct selection *selection,
     struct progress *progress)
{
    struct format_options options = {
        .deflate = deflate_function(),
        .progress = progress_show,
        .context = progress,
    };
    bool is_part = selection_is_part(selection);
    const struct format *format =
        is_part || trace->part ? tally_watch(output->format) : output->format;
    char *error = conversion->error;
    size_t room = sizeof conversion->error;
    if (is_too_condensed(trace, output->format, selection)) {
        snprintf(error, room,
                 "%s: is a large page, with only the sums of its short calls: "
                 "enough for codesnap open, info, diff, and report with its "
                 "table of functions, --threads or --processes; for a part, or "
                 "for more, take its session (codesnap run --keep keeps it)",
                 session);
        return -1;
    }
    struct format_occasion occasion;
    if (occasion_find(trace, &occasion))
        options.occasion = &occasion;
    selection_apply(selection, &options);
    if (nomatch_is_plain(selection, trace, session, error, room))
        return -1;
    if (format_convert(trace, format, output->path, &options, error, room) == 0)
        return 0;
    conversion->unread = errno == EPIPE;
    if (is_part && tally_now()->nothing)
        nomatch_explain(selection, session, error, room);
    else if (tally_now() && tally_now()->nothing)
        snprintf(error, room,
                 "%s: nothing in it can be read; report on its "
                 "session (codesnap run --keep keeps it)",
                 session);
    return -1;
}

static int
convert(struct conversion *conversion, const struct sessions *sessions,
        const struct output *output, const struct selection *selection,
        struct progress *progress)
{
    struct trace *trace = open_trace(conversion, sessions);
    if (!trace)
        return -1;
    progress->bytes = trace->spool_bytes;
    int result = fill(conversion, trace,
                      sessions->count > 1 ? "these sessions" : *sessions->paths,
                      output, selection, progress);
    keep_result(conversion, trace);
    trace_close(trace);
    progress_end(progress);
    return result;
}

/* Whether there is anything to convert: an output of before is not to be
 * replaced by an empty one. */
static bool
look(struct conversion *conversion, const struct sessions *sessions)
{
    struct trace *trace = open_trace(conversion, sessions);
    if (!trace)
        return false;
    conversion->empty = !has_spans(trace);
    keep_result(conversion, trace);
    trace_close(trace);
    return !conversion->empty;
}

static _Noreturn void
work(struct conversion *conversion, const struct sessions *sessions,
     const struct outputs *outputs, const struct options *options)
{
    struct progress progress;
    struct selection selection;
    bool quiet = options_flag(options, OPTION_quiet);
    if (selection_choose(&selection, options) != 0)
        _exit(0);
    signal(SIGPIPE, SIG_IGN); /* an error to be told, not an end */
    /* The program's own output is not to be mixed with a report of it. */
    if (options->verb->program && options_flag(options, OPTION_report))
        dup2(STDERR_FILENO, STDOUT_FILENO);
    if (!look(conversion, sessions))
        _exit(0);
    for (size_t i = 0; i < outputs->count; i++) {
        const struct format *format = outputs->list[i].format;
        progress_begin(&progress, outputs->list[i].path, format->name,
                       *format->suffix != '\0');
        progress.terminal &= !quiet;
        if (convert(conversion, sessions, &outputs->list[i], &selection,
                    &progress) != 0)
            _exit(0);
        conversion->done++;
    }
    _exit(0);
}

/* == IN THE PARENT ========================================================= */

const struct conversion *
conversion_run(struct child *child, const struct sessions *sessions,
               const struct outputs *outputs, const struct options *options)
{
    struct conversion *conversion =
        mmap(NULL, sizeof *conversion, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (conversion == MAP_FAILED || child_fork(child) < 0) {
        message_say("can't convert: %s", strerror(errno));
        return NULL;
    }
    if (child->pid == 0)
        work(conversion, sessions, outputs, options);
    bool interrupted = false;
    int status = child_wait(child, CHILD_HELPER, &interrupted);
    conversion->interrupted = interrupted;
    if (WIFSIGNALED(status)) {
        conversion->signal = WTERMSIG(status);
        output_sweep(outputs, child->pid);
    }
    return conversion;
}

bool
conversion_is_complete(const struct conversion *conversion,
                       const struct outputs *outputs)
{
    return conversion->empty || conversion->done == outputs->count;
}
