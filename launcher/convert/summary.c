/* SPDX-License-Identifier: Apache-2.0
 *
 * summary.c: appends the parts of the line to a text; what is nought is left
 * out, except for the counts.
 */
#include "launcher/convert/summary.h"

#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "launcher/support/browser.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"

struct text {
    size_t used;
    char bytes[6000];
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *text, const char *format, ...)
{
    size_t room = sizeof text->bytes - text->used;
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(text->bytes + text->used, room, format, arguments);
    va_end(arguments);
    if (count > 0)
        text->used += (size_t)count < room ? (size_t)count : room - 1;
}

static void
add_count(struct text *text, unsigned long long number, const char *one,
          const char *many)
{
    char digits[32];
    add(text, "%s %s", message_count(digits, number), number == 1 ? one : many);
}

/* "3 of 7 calls"; where there is no number of all, or it is the same, "3 calls". */
static void
add_share(struct text *text, uint64_t number, uint64_t of, const char *one,
          const char *many)
{
    char digits[32];
    if (of == 0 || number == of) {
        add_count(text, number, one, many);
        return;
    }
    add(text, "%s of ", message_count(digits, number));
    add_count(text, of, one, many);
}

static void
add_duration(struct text *text, uint64_t ns)
{
    if (ns < 1000000000)
        add(text, "%.1f ms", (double)ns / 1e6);
    else if (ns < 60000000000)
        add(text, "%.2f s", (double)ns / 1e9);
    else
        add(text, "%llu min %llu s", (unsigned long long)(ns / 60000000000),
            (unsigned long long)(ns / 1000000000 % 60));
}

/* An estimate: no more digits than it is worth. */
static void
add_percent(struct text *text, uint64_t part, uint64_t whole)
{
    double percent = whole > 0 ? (double)part * 100 / (double)whole : 100;
    if (percent < 0.1)
        add(text, "less than 0.1 %%");
    else
        add(text, percent < 1 ? "about %.1f %%" : "about %.0f %%", percent);
}

/* As one would type it in the current folder. */
static void
add_path(struct text *text, const char *path)
{
    char here[PATH_MAX];
    size_t length = getcwd(here, sizeof here) ? strlen(here) : 0;
    if (length && strncmp(path, here, length) == 0 && path[length] == '/')
        path += length + 1;
    if (strncmp(path, "./", 2) == 0)
        path += 2;
    if (!strpbrk(path, " \t\n'\"\\$&;|<>()*?[]#~`!{}")) {
        add(text, "%s", path);
        return;
    }
    add(text, "'");
    for (; *path; path++)
        add(text, *path == '\'' ? "'\\''" : "%c", *path);
    add(text, "'");
}

static void
add_outputs(struct text *text, const struct outputs *outputs, size_t from,
            size_t to, const char *between)
{
    for (size_t i = from; i < to; i++) {
        add(text, "%s", i > from ? between : "");
        add_path(text, outputs->list[i].path);
    }
}

/* "codesnap convert SESSION -o A -o B" for the outputs from `from` on. */
static void
add_convert(struct text *text, const struct summary *summary, size_t from)
{
    add(text, "codesnap convert ");
    add_path(text, summary->session);
    add(text, " -o ");
    add_outputs(text, summary->outputs, from, summary->outputs->count, " -o ");
}

static void
add_living(struct text *text, const struct summary *summary)
{
    add(text, "; still running: ");
    add_count(text, (unsigned long long)summary->living, "process",
              "processes");
    add(text, ", for the rest of it later: ");
    add_convert(text, summary, 0);
}

static void
add_losses(struct text *text, const struct conversion *conversion)
{
    if (conversion->lost) {
        add(text, "; lost: ");
        add_count(text, conversion->lost, "event", "events");
        if (*conversion->losers)
            add(text, " (%s)", conversion->losers);
    }
    for (int kind = 0; kind < TROUBLE_KINDS; kind++)
        if (*conversion->troubles[kind])
            add(text, "; %s", conversion->troubles[kind]);
    if (conversion->damaged_bytes) {
        add(text, "; left out: ");
        add_count(text, conversion->damaged_bytes, "damaged byte",
                  "damaged bytes");
    }
    if (*conversion->note)
        add(text, "; %s", conversion->note);
    if (conversion->more_notes)
        add(text, " (and %u more)", conversion->more_notes);
}

/* As many of all there are. */
static void
add_tracks(struct text *text, const struct conversion *conversion,
           uint32_t tracks, uint32_t greenlets)
{
    add_share(text, tracks - greenlets,
              conversion->tracks - conversion->greenlets, "thread", "threads");
    add(text, ", ");
    if (conversion->greenlets == 0)
        return;
    add_share(text, greenlets, conversion->greenlets, "greenlet", "greenlets");
    add(text, ", ");
}

static void
add_whole(struct text *text, const struct conversion *conversion)
{
    add_count(text, conversion->calls, "call", "calls");
    add(text, ", ");
    add_count(text, conversion->processes, "process", "processes");
    add(text, ", ");
    add_tracks(text, conversion, conversion->tracks, conversion->greenlets);
    add_duration(text, conversion->duration_ns);
    if (conversion->cost_ns == 0)
        return;
    add(text, " (tracing took ");
    add_percent(text, conversion->cost_ns, conversion->duration_ns);
    add(text, ")");
}

/* What the options left of it. */
static void
add_part(struct text *text, const struct conversion *conversion)
{
    const struct tally *tally = &conversion->tally;
    add_share(text, tally->calls,
              conversion->calls_known ? conversion->calls : 0, "call", "calls");
    add(text, ", ");
    add_share(text, tally->processes, conversion->processes, "process",
              "processes");
    add(text, ", ");
    add_tracks(text, conversion, tally->tracks, tally->greenlets);
    add_duration(text, tally->to_ns - tally->from_ns);
    add(text, " of ");
    add_duration(text, conversion->duration_ns);
}

void
summary_say(const struct summary *summary)
{
    const struct conversion *conversion = summary->conversion;
    struct text text = {0};

    add_outputs(&text, summary->outputs, 0, summary->outputs->count, ", ");
    add(&text, ": ");
    if (conversion->part)
        add_part(&text, conversion);
    else
        add_whole(&text, conversion);
    add_losses(&text, conversion);
    if (summary->kept && summary->living > 0)
        add_living(&text, summary);
    message_say("%s", text.bytes);
}

void
summary_say_not_yet(const struct summary *summary)
{
    struct text text = {0};
    add(&text, "nothing was recorded until the program ended");
    add_living(&text, summary);
    message_say("%s", text.bytes);
}

static void
add_reason(struct text *text, const struct summary *summary)
{
    const struct conversion *conversion = summary->conversion;
    if (*conversion->error && !conversion->signal) {
        add(text, "%s", conversion->error); /* names the file */
        return;
    }
    add_outputs(text, summary->outputs, conversion->done,
                summary->outputs->count, ", ");
    if (conversion->interrupted)
        add(text, ": not written, the conversion was interrupted");
    else
        add(text, ": not written, the conversion died of signal %d (%s)",
            conversion->signal, strsignal(conversion->signal));
}

void
summary_say_failure(const struct summary *summary)
{
    struct text text = {0};

    add_reason(&text, summary);
    if (summary->kept) {
        add(&text, "; the recording is kept, to make it later: ");
        add_convert(&text, summary, summary->conversion->done);
    }
    message_say("%s", text.bytes);
}

static int
tell(const struct summary *summary, const struct options *options)
{
    if (!conversion_is_complete(summary->conversion, summary->outputs)) {
        summary_say_failure(summary);
        return STATUS_FAILED;
    }
    if (summary->conversion->empty) {
        message_say("%s: no call is recorded in it, nothing was written",
                    summary->session);
        return STATUS_FAILED;
    }
    if (!options_flag(options, OPTION_quiet))
        summary_say(summary);
    return 0;
}

int
summary_end(const struct summary *summary, const struct options *options)
{
    int status = tell(summary, options);
    if (summary->conversion->interrupted)
        child_end_as(SIGINT);
    if (!status && options_flag(options, OPTION_open))
        browser_show(summary->outputs->list[0].path);
    return status;
}
