/* SPDX-License-Identifier: Apache-2.0
 *
 * summary.c: appends the parts of the line to a text; what is nought is left
 * out, except for the counts.
 */
#include "launcher/convert/summary.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "formats/base/phrase.h"
#include "launcher/support/browser.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"

/* As long as a message can be. */
#define TEXT_BYTES 6000

/* "3 of 7 calls"; where there is no number of all, or it is the same, "3 calls". */
static void
add_share(struct phrase *phrase, uint64_t number, uint64_t of, const char *one,
          const char *many)
{
    char digits[PHRASE_DIGITS];
    if (of == 0 || number == of) {
        phrase_add_count(phrase, number, one, many);
        return;
    }
    phrase_add(phrase, "%s of ", phrase_digits(digits, number));
    phrase_add_count(phrase, of, one, many);
}

static void
add_duration(struct phrase *phrase, uint64_t ns)
{
    if (ns < 1000000000)
        phrase_add(phrase, "%.1f ms", (double)ns / 1e6);
    else if (ns < 60000000000)
        phrase_add(phrase, "%.2f s", (double)ns / 1e9);
    else
        phrase_add(phrase, "%llu min %llu s",
                   (unsigned long long)(ns / 60000000000),
                   (unsigned long long)(ns / 1000000000 % 60));
}

/* An estimate: no more digits than it is worth. */
static void
add_percent(struct phrase *phrase, uint64_t part, uint64_t whole)
{
    double percent = whole > 0 ? (double)part * 100 / (double)whole : 100;
    if (percent < 0.1)
        phrase_add(phrase, "less than 0.1 %%");
    else
        phrase_add(phrase, percent < 1 ? "about %.1f %%" : "about %.0f %%",
                   percent);
}

/* As one would type it in the current folder. */
static void
add_path(struct phrase *phrase, const char *path)
{
    char here[PATH_MAX];
    size_t length = getcwd(here, sizeof here) ? strlen(here) : 0;
    if (length && strncmp(path, here, length) == 0 && path[length] == '/')
        path += length + 1;
    if (strncmp(path, "./", 2) == 0)
        path += 2;
    if (!strpbrk(path, " \t\n'\"\\$&;|<>()*?[]#~`!{}")) {
        phrase_add(phrase, "%s", path);
        return;
    }
    phrase_add(phrase, "'");
    for (; *path; path++)
        phrase_add(phrase, *path == '\'' ? "'\\''" : "%c", *path);
    phrase_add(phrase, "'");
}

static void
add_outputs(struct phrase *phrase, const struct outputs *outputs, size_t from,
            size_t to, const char *between)
{
    for (size_t i = from; i < to; i++) {
        phrase_add(phrase, "%s", i > from ? between : "");
        add_path(phrase, outputs->list[i].path);
    }
}

/* "codesnap convert SESSION -o A -o B" for the outputs from `from` on. */
static void
add_convert(struct phrase *phrase, const struct summary *summary, size_t from)
{
    phrase_add(phrase, "codesnap convert ");
    add_path(phrase, summary->session);
    phrase_add(phrase, " -o ");
    add_outputs(phrase, summary->outputs, from, summary->outputs->count,
                " -o ");
}

static void
add_living(struct phrase *phrase, const struct summary *summary)
{
    phrase_add(phrase, "; still running: ");
    phrase_add_count(phrase, (unsigned long long)summary->living, "process",
                     "processes");
    phrase_add(phrase, ", for the rest of it later: ");
    add_convert(phrase, summary, 0);
}

static void
add_losses(struct phrase *phrase, const struct conversion *conversion)
{
    if (*conversion->last)
        phrase_add(phrase, "; only the last was kept (%s)", conversion->last);
    if (conversion->lost) {
        phrase_add(phrase, "; lost: ");
        phrase_add_count(phrase, conversion->lost, "event", "events");
        if (*conversion->losers)
            phrase_add(phrase, " (%s)", conversion->losers);
    }
    if (conversion->arguments_passed) {
        phrase_add(phrase, "; arguments of ");
        phrase_add_count(phrase, conversion->arguments_passed, "call", "calls");
        phrase_add(phrase, " were not looked at: too many a second");
    }
    for (int kind = 0; kind < TROUBLE_KINDS; kind++)
        if (*conversion->troubles[kind])
            phrase_add(phrase, "; %s", conversion->troubles[kind]);
    if (conversion->damaged_bytes) {
        phrase_add(phrase, "; left out: ");
        phrase_add_count(phrase, conversion->damaged_bytes, "damaged byte",
                         "damaged bytes");
    }
    if (*conversion->note)
        phrase_add(phrase, "; %s", conversion->note);
    if (conversion->more_notes)
        phrase_add(phrase, " (and %u more)", conversion->more_notes);
}

/* As many of all there are. */
static void
add_tracks(struct phrase *phrase, const struct conversion *conversion,
           uint32_t tracks, uint32_t greenlets)
{
    add_share(phrase, tracks - greenlets,
              conversion->tracks - conversion->greenlets, "thread", "threads");
    phrase_add(phrase, ", ");
    if (conversion->greenlets == 0)
        return;
    add_share(phrase, greenlets, conversion->greenlets, "greenlet",
              "greenlets");
    phrase_add(phrase, ", ");
}

/* It lies before the recording, and is worth a word in that of a short program. */
static void
add_startup(struct phrase *phrase, const struct conversion *conversion)
{
    if (conversion->startup_ns * 100 < conversion->duration_ns)
        return;
    phrase_add(phrase, ", its start ");
    add_duration(phrase, conversion->startup_ns);
}

static void
add_whole(struct phrase *phrase, const struct conversion *conversion)
{
    phrase_add_count(phrase, conversion->calls, "call", "calls");
    phrase_add(phrase, ", ");
    phrase_add_count(phrase, conversion->processes, "process", "processes");
    phrase_add(phrase, ", ");
    add_tracks(phrase, conversion, conversion->tracks, conversion->greenlets);
    add_duration(phrase, conversion->duration_ns);
    if (conversion->cost_ns == 0)
        return;
    phrase_add(phrase, " (tracing took ");
    add_percent(phrase, conversion->cost_ns, conversion->duration_ns);
    add_startup(phrase, conversion);
    phrase_add(phrase, ")");
}

/* What the options left of it. */
static void
add_part(struct phrase *phrase, const struct conversion *conversion)
{
    const struct tally *tally = &conversion->tally;
    add_share(phrase, tally->calls,
              conversion->calls_known ? conversion->calls : 0, "call", "calls");
    phrase_add(phrase, ", ");
    add_share(phrase, tally->processes, conversion->processes, "process",
              "processes");
    phrase_add(phrase, ", ");
    add_tracks(phrase, conversion, tally->tracks, tally->greenlets);
    add_duration(phrase, tally->to_ns - tally->from_ns);
    phrase_add(phrase, " of ");
    add_duration(phrase, conversion->duration_ns);
}

/* On a terminal: what one would type now. */
static void
add_next_steps(struct phrase *phrase, const struct summary *summary)
{
    const struct output *output = &summary->outputs->list[0];
    const char *path = output->path, *name = output->format->name;
    bool page = strcmp(name, "html") == 0;
    if (!summary->next_steps || !isatty(STDERR_FILENO) ||
        !(page || strcmp(name, "json") == 0 || strcmp(name, "gzip") == 0) ||
        output->format != format_for_path(path))
        return;
    phrase_add(phrase, page ? "; codesnap open " : "; codesnap report ");
    add_path(phrase, path);
    if (!page)
        return;
    phrase_add(phrase, ", or: codesnap report ");
    add_path(phrase, path);
}

void
summary_say(const struct summary *summary)
{
    const struct conversion *conversion = summary->conversion;
    char text[TEXT_BYTES];
    struct phrase phrase = phrase_begin(text, sizeof text);

    add_outputs(&phrase, summary->outputs, 0, summary->outputs->count, ", ");
    phrase_add(&phrase, ": ");
    if (conversion->part)
        add_part(&phrase, conversion);
    else
        add_whole(&phrase, conversion);
    add_losses(&phrase, conversion);
    if (summary->idle && *summary->idle)
        phrase_add(&phrase, "; without effect: %s", summary->idle);
    if (summary->settings) {
        phrase_add(&phrase, "; settings: ");
        add_path(&phrase, summary->settings);
    }
    if (summary->kept && summary->living > 0)
        add_living(&phrase, summary);
    else if (summary->wanted) {
        phrase_add(&phrase, "; session kept: ");
        add_path(&phrase, summary->session);
    }
    add_next_steps(&phrase, summary);
    message_say("%s", text);
}

void
summary_say_not_yet(const struct summary *summary)
{
    char text[TEXT_BYTES];
    struct phrase phrase = phrase_begin(text, sizeof text);
    phrase_add(&phrase, "nothing was recorded until the program ended");
    add_living(&phrase, summary);
    message_say("%s", text);
}

static void
add_reason(struct phrase *phrase, const struct summary *summary)
{
    const struct conversion *conversion = summary->conversion;
    if (*conversion->error && !conversion->signal) {
        phrase_add(phrase, "%s", conversion->error); /* names the file */
        return;
    }
    add_outputs(phrase, summary->outputs, conversion->done,
                summary->outputs->count, ", ");
    if (conversion->interrupted)
        phrase_add(phrase, ": not written, the conversion was interrupted");
    else
        phrase_add(phrase,
                   ": not written, the conversion died of signal %d (%s)",
                   conversion->signal, strsignal(conversion->signal));
}

void
summary_say_failure(const struct summary *summary)
{
    char text[TEXT_BYTES];
    struct phrase phrase = phrase_begin(text, sizeof text);

    add_reason(&phrase, summary);
    if (summary->kept) {
        phrase_add(&phrase, "; the recording is kept, to make it later: ");
        add_convert(&phrase, summary, summary->conversion->done);
    }
    message_say("%s", text);
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
