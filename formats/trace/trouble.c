/* SPDX-License-Identifier: Apache-2.0
 *
 * trouble.c: see trouble.h.
 */
#include "formats/trace/trouble.h"

#include <stdarg.h>
#include <stdio.h>

#include "formats/trace/trace.h"

/* == KEEPING ================================================================ */

const char *
trouble_name(enum trouble_kind kind)
{
    static const char *const names[] = {
        [TROUBLE_STRAY] = "stray_exit",
        [TROUBLE_UNSEEN] = "unseen_exit",
        [TROUBLE_GAP] = "gap",
    };
    return names[kind];
}

void
trouble_note(struct troubles *troubles, enum trouble_kind kind,
             const struct function *function, uint64_t ns, uint64_t end_ns)
{
    uint64_t at = troubles->count[kind]++;
    if (at < TROUBLES_KEPT)
        troubles->first[kind][at] =
            (struct trouble){NULL, function, ns, end_ns};
}

uint32_t
trouble_kept(const struct troubles *troubles, enum trouble_kind kind)
{
    uint64_t count = troubles->count[kind];
    return count < TROUBLES_KEPT ? (uint32_t)count : TROUBLES_KEPT;
}

/* What is in already stays as it is: a track that is read again says the same,
 * and more only if it still grows. */
static void
add_kind(struct troubles *all, const struct troubles *more,
         enum trouble_kind kind, const struct track *track, uint64_t *counted)
{
    uint32_t kept = trouble_kept(more, kind);
    uint32_t at = trouble_kept(all, kind);
    for (uint64_t i = *counted; i < kept && at < TROUBLES_KEPT; i++) {
        all->first[kind][at] = more->first[kind][i];
        all->first[kind][at++].track = track;
    }
    all->count[kind] += more->count[kind] - *counted;
    *counted = more->count[kind];
}

void
trouble_add(struct troubles *all, const struct troubles *more,
            const struct track *track, uint64_t counted[TROUBLE_KINDS])
{
    for (int kind = 0; kind < TROUBLE_KINDS; kind++)
        add_kind(all, more, (enum trouble_kind)kind, track, &counted[kind]);
}

uint64_t
trouble_anomalies(const struct troubles *troubles)
{
    return troubles->count[TROUBLE_STRAY] + troubles->count[TROUBLE_UNSEEN];
}

/* == WORDS ================================================================== */

struct words {
    char *text;
    size_t used, room;
};

static void __attribute__((format(printf, 2, 3)))
say(struct words *words, const char *format, ...)
{
    size_t room = words->room - words->used;
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(words->text + words->used, room, format, arguments);
    va_end(arguments);
    if (count > 0)
        words->used += (size_t)count < room ? (size_t)count : room - 1;
}

static void
say_time(struct words *words, uint64_t ns)
{
    if (ns < 1000000)
        say(words, "%.1f us", (double)ns / 1e3);
    else if (ns < 1000000000)
        say(words, "%.3f ms", (double)ns / 1e6);
    else
        say(words, "%.6f s", (double)ns / 1e9);
}

/* 1,000 */
static void
say_grouped(struct words *words, uint64_t number)
{
    uint64_t unit = 1;
    while (number / unit >= 1000)
        unit *= 1000;
    say(words, "%llu", (unsigned long long)(number / unit));
    while ((unit /= 1000) > 0)
        say(words, ",%03llu", (unsigned long long)(number / unit % 1000));
}

static void
say_count(struct words *words, enum trouble_kind kind, uint64_t count)
{
    static const char *const what[][2] = {
        [TROUBLE_STRAY] = {"exit did not fit", "exits did not fit"},
        [TROUBLE_UNSEEN] = {"call ended unseen", "calls ended unseen"},
        [TROUBLE_GAP] = {"gap", "gaps"},
    };
    say_grouped(words, count);
    say(words, " %s", what[kind][count != 1]);
}

/* A long name says enough by its begin. */
static void
say_place(struct words *words, enum trouble_kind kind,
          const struct trouble *trouble)
{
    static const char *const at[] = {
        [TROUBLE_STRAY] = "at",
        [TROUBLE_UNSEEN] = "until",
        [TROUBLE_GAP] = "from",
    };
    if (trouble->track != NULL && trouble->track->process->number > 0)
        say(words, "process %u, ", trouble->track->process->pid);
    if (trouble->track != NULL)
        say(words, "%.60s: ", trouble->track->name);
    if (trouble->function != NULL)
        say(words, "%.100s ", trouble->function->name);
    say(words, "%s ", at[kind]);
    say_time(words, trouble->ns);
    if (kind != TROUBLE_GAP)
        return;
    say(words, " to ");
    say_time(words, trouble->end_ns);
}

char *
trouble_say(const struct troubles *troubles, enum trouble_kind kind,
            uint32_t limit, char *text, size_t room)
{
    struct words words = {text, 0, room};
    uint32_t kept = trouble_kept(troubles, kind);
    if (limit < kept)
        kept = limit;
    *text = '\0';
    if (troubles->count[kind] == 0)
        return text;
    say_count(&words, kind, troubles->count[kind]);
    for (uint32_t i = 0; i < kept; i++) {
        say(&words, i == 0 ? " (" : ", ");
        say_place(&words, kind, &troubles->first[kind][i]);
    }
    if (kept > 0)
        say(&words, kept < troubles->count[kind] ? ", ...)" : ")");
    return text;
}
