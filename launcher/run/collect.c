/* SPDX-License-Identifier: Apache-2.0
 *
 * collect.c: in order: wait, close, look, convert, remove, tell.  The session goes
 * only when the outputs hold all that was recorded.
 */
#include "launcher/run/collect.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "formats/base/phrase.h"
#include "formats/base/rule.h"
#include "formats/base/text.h"
#include "formats/spool/session.h"
#include "launcher/convert/conversion.h"
#include "launcher/convert/summary.h"
#include "launcher/run/procscan.h"
#include "launcher/run/waiting.h"
#include "launcher/support/browser.h"
#include "launcher/support/message.h"

/* Whether any Python reported in. */
static bool
has_spool(const char *session)
{
    DIR *directory = opendir(session);
    struct dirent *entry;
    bool found = false;
    while (directory && !found && (entry = readdir(directory)))
        found = text_ends_with(entry->d_name, SPOOL_SUFFIX);
    if (directory)
        closedir(directory);
    return found;
}

/* There is nothing under its name, or something else. */
static bool
is_gone(const char *session)
{
    struct session_file file;
    return session_read(session, &file) != 0 && errno != EACCES;
}

/* Helpers of the program that end with it, such as a resource tracker, do so
 * a moment later: wait for that moment, and no longer. */
static int
count_living(const char *session)
{
    const struct timespec moment = {.tv_nsec = 5 * 1000 * 1000};
    struct procscan scan;
    procscan_begin(&scan, session);
    size_t living = procscan_count(&scan, PROCSCAN_WRITES);
    for (int i = 0; i < 20 && living > 0; i++) {
        nanosleep(&moment, NULL);
        living = procscan_count(&scan, PROCSCAN_WRITES);
    }
    procscan_end(&scan);
    return (int)living;
}

static void
say_nothing_recorded(const struct collection *collection)
{
    char reason[PATH_MAX + 512];
    if (options_is_given(collection->options, OPTION_process)) {
        message_say("nothing recorded: no Python process fits --process %s; "
                    "leave it out to see their names",
                    options_text(collection->options, OPTION_process));
        return;
    }
    target_explain(collection->target, reason, sizeof reason);
    message_say("nothing recorded: %s", reason);
}

static void
say_empty(const struct collection *collection, const struct summary *summary)
{
    const struct conversion *conversion = summary->conversion;
    const char *start = options_text(collection->options, OPTION_start);
    char stopped[256];
    snprintf(stopped, sizeof stopped, "it could not be written: %s",
             strerror(summary->stopped));
    const char *reason =
        conversion->explains ? conversion->note
        : summary->stopped   ? stopped
        : start && strcmp(start, "paused") == 0
            ? "it started paused, and neither the program nor codesnap ctl "
              "resumed it"
        : options_is_given(collection->options, OPTION_delay)
            ? "the program ended, or made no call, after --delay"
        : *conversion->note ? conversion->note
                            : "the program ended before its own code started; "
                              "--from=start records what is before that";
    message_say("nothing recorded: %s", reason);
}

/* It was asked for what no function has that ran. */
static bool
nothing_fits(const struct collection *collection, const struct summary *summary)
{
    char *rules = options_rules(collection->options, OPTION_include);
    struct span_of_text list = {rules, rules ? strlen(rules) : 0};
    bool wanted = false;
    for (struct rule rule; rule_take(&list, &rule);)
        wanted |= rule.kind == RULE_INCLUDE;
    free(rules);
    return wanted && summary->conversion->calls == 0;
}

/* What a file says is meant for all runs: some of it always fits nothing. */
static bool
has_own_rules(const struct options *options)
{
    return options_is_flagged(options, OPTION_include) ||
           options_is_flagged(options, OPTION_exclude) ||
           options_is_flagged(options, OPTION_exclude_tree) ||
           options->environment[OPTION_include];
}

/* "--exclude 'a:*', --include b": those that fitted no function that was met. */
static void
list_idle(const struct collection *collection,
          const struct conversion *conversion, struct phrase *phrase)
{
    char *rules = has_own_rules(collection->options)
                      ? options_rules(collection->options, OPTION_include)
                      : NULL;
    struct span_of_text list = {rules, rules ? strlen(rules) : 0};
    uint64_t bit = 1;
    for (struct rule rule; rule_take(&list, &rule) && bit; bit <<= 1) {
        size_t word = rule.text.length - rule.pattern.length - 1;
        if (!(conversion->rules_fitted & bit))
            phrase_add(phrase, "%s--%.*s '%.*s'", phrase->used ? ", " : "",
                       (int)word, rule.text.bytes, (int)rule.pattern.length,
                       rule.pattern.bytes);
    }
    free(rules);
}

static void
tell(const struct collection *collection, const struct summary *summary)
{
    bool quiet = options_flag(collection->options, OPTION_quiet);
    if (!conversion_is_complete(summary->conversion, collection->outputs))
        summary_say_failure(summary);
    else if (summary->conversion->empty && summary->living > 0)
        summary_say_not_yet(summary);
    else if (summary->conversion->empty)
        say_empty(collection, summary);
    else if (nothing_fits(collection, summary))
        message_say("no function that ran fits --include; leave it out once, "
                    "and codesnap report lists them");
    else if (!quiet && !options_flag(collection->options, OPTION_report))
        summary_say(summary);
}

static void
convert(const struct collection *collection, struct child *child)
{
    const char *session = collection->session;
    char idle[512];
    struct phrase phrase = phrase_begin(idle, sizeof idle);
    struct summary summary = {
        .session = session,
        .outputs = collection->outputs,
        .living = count_living(session), /* before: later is not in it */
        .stopped = session_stopped(session),
        .kept = true,
        .settings = collection->options->settled_count > 0
                        ? collection->options->settings
                        : NULL,
        .next_steps = !options_flag(collection->options, OPTION_open),
    };
    summary.conversion =
        conversion_run(child, &(struct sessions){.paths = &session, .count = 1},
                       collection->outputs, collection->options);
    if (!summary.conversion)
        return;
    bool complete =
        conversion_is_complete(summary.conversion, collection->outputs);
    summary.wanted = options_flag(collection->options, OPTION_keep);
    list_idle(collection, summary.conversion, &phrase);
    summary.idle = idle;
    if (complete && summary.living == 0 && !summary.wanted)
        summary.kept = session_remove(session) != 0;
    else if (summary.living == 0)
        session_trim(session);
    tell(collection, &summary);
    if (summary.conversion->done &&
        options_flag(collection->options, OPTION_open))
        browser_show(collection->outputs->list[0].path);
}

void
collect(const struct collection *collection, struct child *child)
{
    const char *session = collection->session;
    if (*session && options_flag(collection->options, OPTION_wait))
        waiting_run(child, session,
                    options_flag(collection->options, OPTION_quiet));
    if (*session)
        session_close(session, 1, collection->status);
    if (*session && has_spool(session)) {
        convert(collection, child);
        return;
    }
    if (*session && is_gone(session)) {
        message_say(
            "%s: the session folder is gone (moved, deleted or replaced); "
            "nothing was written",
            session);
        return;
    }
    if (*session)
        session_remove(session);
    say_nothing_recorded(collection);
}
