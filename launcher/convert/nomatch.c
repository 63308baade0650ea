/* SPDX-License-Identifier: Apache-2.0
 *
 * nomatch.c: names the option at fault, and names that are near what it asks
 * for.
 */
#define _GNU_SOURCE
#include "launcher/convert/nomatch.h"

#include <stdio.h>
#include <string.h>

#include "formats/base/phrase.h"
#include "formats/shape/glob.h"
#include "launcher/support/spelling.h"

enum {
    NEAR_NAMES = 3,
    FAR = 1000
};

/* == NAMES NEARBY ========================================================== */

/* The names that are nearest to a word, the nearest one first. */
struct nearby {
    const char *word;
    const char *names[NEAR_NAMES];
    size_t steps[NEAR_NAMES];
    size_t count;
};

static const char *
last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* A name that starts with the word is near; so is one that holds it, and one
 * with a slip or two, the type before it aside. */
static size_t
steps_between(const char *word, const char *name)
{
    const char *part = last_part(word);
    size_t length = strlen(part);
    size_t steps = spelling_distance(part, last_part(name));
    if (*word && strcasestr(name, word))
        return strncmp(last_part(name), word, strlen(word)) != 0;
    return steps <= (length < 8 ? 1 : length / 4) ? 1 + steps : FAR;
}

static bool
is_known(const struct nearby *nearby, const char *name)
{
    for (size_t i = 0; i < nearby->count; i++)
        if (strcmp(nearby->names[i], name) == 0)
            return true;
    return false;
}

static void
consider(struct nearby *nearby, const char *name)
{
    size_t steps = steps_between(nearby->word, name);
    size_t at = nearby->count;
    if (steps == FAR || is_known(nearby, name))
        return;
    while (at > 0 && nearby->steps[at - 1] > steps)
        at--;
    if (at == NEAR_NAMES)
        return;
    if (nearby->count < NEAR_NAMES)
        nearby->count++;
    for (size_t i = nearby->count - 1; i > at; i--) {
        nearby->names[i] = nearby->names[i - 1];
        nearby->steps[i] = nearby->steps[i - 1];
    }
    nearby->names[at] = name;
    nearby->steps[at] = steps;
}

/* "; near: a, b" or nothing. */
static const char *
list_near(const struct nearby *nearby, char *text, size_t room)
{
    struct phrase phrase = phrase_begin(text, room);
    for (size_t i = 0; i < nearby->count; i++)
        phrase_add(&phrase, "%s%.80s", i ? ", " : "; near: ", nearby->names[i]);
    return text;
}

/* What a pattern is without its stars and what stands before a colon. */
static const char *
bare(const char *pattern, char *word, size_t room)
{
    const char *colon = strrchr(pattern, ':');
    size_t used = 0;
    for (const char *at = colon ? colon + 1 : pattern; *at && used + 1 < room;
         at++)
        if (*at != '*' && *at != '?')
            word[used++] = *at;
    word[used] = '\0';
    return word;
}

/* == WHAT NO NAME FITS ===================================================== */

static bool
lacks_function(const char *flag, const char *pattern, const struct trace *trace,
               const char *session, char *text, size_t room)
{
    char word[64], list[300];
    struct nearby nearby = {.word = bare(pattern, word, sizeof word)};
    for (uint32_t i = 0; i < trace->function_count; i++) {
        const struct function *function = trace->functions[i];
        if (glob_fits(pattern, function))
            return false;
        consider(&nearby, function->qualified_name);
    }
    snprintf(
        text, room,
        "%s: no function matches %s '%s'%s; codesnap report lists them all",
        session, flag, pattern, list_near(&nearby, list, sizeof list));
    return true;
}

static bool
lacks_process(const struct selection *selection, const struct trace *trace,
              const char *session, char *text, size_t room)
{
    const struct filter *filter = &selection->filter;
    char word[64], list[300];
    struct nearby nearby = {.word = bare(filter->process, word, sizeof word)};
    for (uint32_t i = 0; i < trace->process_count; i++) {
        if (filter_takes_process(filter, trace->processes[i]))
            return false;
        consider(&nearby, trace->processes[i]->name);
    }
    snprintf(text, room,
             "%s: no process matches --process '%s'%s; codesnap report "
             "--processes lists them all",
             session, filter->process, list_near(&nearby, list, sizeof list));
    return true;
}

static bool
lacks_thread(const struct selection *selection, const struct trace *trace,
             const char *session, char *text, size_t room)
{
    const struct filter *filter = &selection->filter;
    char word[64], list[300];
    struct nearby nearby = {.word = bare(filter->thread, word, sizeof word)};
    for (uint32_t i = 0; i < trace->track_count; i++) {
        if (filter_takes_thread(filter, trace->tracks[i]))
            return false;
        consider(&nearby, trace->tracks[i]->name);
    }
    snprintf(text, room,
             "%s: no thread matches --thread '%s'%s; codesnap report --threads "
             "lists them all",
             session, filter->thread, list_near(&nearby, list, sizeof list));
    return true;
}

static bool
is_over(const struct selection *selection, const struct trace *trace,
        const char *session, char *text, size_t room)
{
    if (!selection->window || selection->from_ns < trace->duration_ns)
        return false;
    snprintf(
        text, room,
        "%s: the recording lasts %.3f ms, --window %s starts after its end",
        session, (double)trace->duration_ns / 1e6, selection->window);
    return true;
}

bool
nomatch_is_plain(const struct selection *selection, const struct trace *trace,
                 const char *session, char *text, size_t room)
{
    const struct filter *filter = &selection->filter;
    return (filter->process &&
            lacks_process(selection, trace, session, text, room)) ||
           (filter->thread &&
            lacks_thread(selection, trace, session, text, room)) ||
           is_over(selection, trace, session, text, room) ||
           (filter->function && lacks_function("--function", filter->function,
                                               trace, session, text, room)) ||
           (selection->slowest &&
            lacks_function("--slowest", selection->slowest, trace, session,
                           text, room));
}

/* == WHAT NO CALL FITS ===================================================== */

void
nomatch_explain(const struct selection *selection, const char *session,
                char *text, size_t room)
{
    const struct {
        const char *flag, *value;
    } asked[] = {
        {"--process", selection->filter.process},
        {"--thread", selection->filter.thread},
        {"--window", selection->window},
        {"--function", selection->filter.function},
        {"--min-duration", selection->shortest},
    };
    struct phrase phrase = phrase_begin(text, room);
    phrase_add(&phrase, "%s: no call in it matches", session);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (asked[i].value)
            phrase_add(&phrase, " %s '%s'", asked[i].flag, asked[i].value);
}
