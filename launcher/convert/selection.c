/* SPDX-License-Identifier: Apache-2.0
 *
 * selection.c: see selection.h.  Durations read 50us, 2ms, 1.5s.
 */
#include "launcher/convert/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/phrase.h"
#include "launcher/support/message.h"

static const struct unit {
    const char *name;
    double ns;
} units[] = {
    {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"", 0},
};

/* The duration in text[0..count); -1 where it is none. */
static int
read_duration(const char *text, size_t count, uint64_t *ns)
{
    char word[64], *end;
    if (count == 0 || count >= sizeof word)
        return -1;
    memcpy(word, text, count);
    word[count] = '\0';
    if (word[strspn(word, "0123456789.nusm")] != '\0' || *word > '9')
        return -1;
    double number = strtod(word, &end);
    for (const struct unit *unit = units;; unit++) {
        if (strcmp(end, unit->name) == 0 && (unit->ns > 0 || number == 0)) {
            double value = number * unit->ns;
            if (value > 1e18)
                return -1;
            *ns = (uint64_t)(value + 0.5);
            return 0;
        }
        if (*unit->name == '\0')
            return -1;
    }
}

static int
wrong(const char *flag, const char *value, const char *right)
{
    message_say("--%s: can't read '%s'; give %s", flag, value, right);
    return STATUS_USAGE;
}

/* A..B, of which each may be missing. */
static int
read_window(struct selection *selection, const char *value)
{
    const char *dots = strstr(value, "..");
    const char *right = "A..B, as in 1s..2.5s, ..20ms or 500us..";
    selection->to_ns = UINT64_MAX;
    if (!dots || strcmp(value, "..") == 0)
        return wrong("window", value, right);
    const char *end = dots + 2;
    if ((dots > value && read_duration(value, (size_t)(dots - value),
                                       &selection->from_ns) < 0) ||
        (*end && read_duration(end, strlen(end), &selection->to_ns) < 0))
        return wrong("window", value, right);
    if (selection->from_ns < selection->to_ns)
        return 0;
    message_say("--window: '%s' ends before it begins; give %s", value, right);
    return STATUS_USAGE;
}

static int
read_shortest(struct filter *filter, const char *value)
{
    if (read_duration(value, strlen(value), &filter->duration_ns) == 0)
        return 0;
    return wrong("min-duration", value, "one as 50us, 2ms or 1.5s");
}

static const char *
text_or_null(const struct options *options, enum option option)
{
    return options_is_given(options, option) ? options_text(options, option)
                                             : NULL;
}

/* What the filter was made of, cut where it is too long. */
static void
tell_part(struct selection *selection, const struct options *options)
{
    static const struct {
        enum option option;
        const char *flag;
    } told[] = {
        {OPTION_process, "--process"},
        {OPTION_thread, "--thread"},
        {OPTION_function, "--function"},
        {OPTION_min_duration, "--min-duration"},
        {OPTION_max_depth, "--max-depth"},
    };
    struct phrase phrase =
        phrase_begin(selection->part, sizeof selection->part);

    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const char *value = text_or_null(options, told[i].option);
        if (value)
            phrase_add(&phrase, "%s%s %s", phrase.used ? " " : "", told[i].flag,
                       value);
    }
    if (options_flag(options, OPTION_own))
        phrase_add(&phrase, "%s--own", phrase.used ? " " : "");
}

int
selection_choose(struct selection *selection, const struct options *options)
{
    const char *depth = text_or_null(options, OPTION_max_depth);
    struct filter *filter = &selection->filter;
    int status = 0;

    *selection = (struct selection){.filter = filter_everything()};
    selection->window = text_or_null(options, OPTION_window);
    selection->shortest = text_or_null(options, OPTION_min_duration);
    selection->slowest = text_or_null(options, OPTION_slowest);
    filter->process = text_or_null(options, OPTION_process);
    filter->thread = text_or_null(options, OPTION_thread);
    filter->function = text_or_null(options, OPTION_function);
    filter->own = options_flag(options, OPTION_own);
    selection->no_source =
        strcmp(options_text(options, OPTION_source), "no") == 0;
    selection->cpu_clock =
        strcmp(options_text(options, OPTION_clock), "cpu") == 0;
    tell_part(selection, options);
    if (selection->window)
        status = read_window(selection, selection->window);
    if (!status && selection->shortest)
        status = read_shortest(filter, selection->shortest);
    if (depth)
        filter->depth_max = (uint32_t)strtoul(depth, NULL, 10);
    return status;
}

bool
selection_is_part(const struct selection *selection)
{
    return selection->to_ns > 0 || !filter_is_everything(&selection->filter);
}

void
selection_apply(const struct selection *selection,
                struct format_options *options)
{
    options->from_ns = selection->from_ns;
    options->to_ns = selection->to_ns;
    options->no_source = selection->no_source;
    options->cpu_clock = selection->cpu_clock;
    if (filter_is_everything(&selection->filter))
        return;
    options->filter = &selection->filter.base;
    if (*selection->part)
        options->part = selection->part;
}
