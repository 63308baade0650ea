/* SPDX-License-Identifier: Apache-2.0
 *
 * trouble.c: see trouble.h.
 */
#include "formats/trace/trouble.h"

#include "formats/base/phrase.h"

/* == KEEPING ================================================================ */

const char *
trouble_name(enum trouble_kind kind)
{
    static const char *const names[] = {
        [TROUBLE_STRAY] = "stray_exit",
        [TROUBLE_UNSEEN] = "unseen_exit",
        [TROUBLE_GAP] = "gap",
        [TROUBLE_THROTTLED] = "throttled",
    };
    return names[kind];
}

static uint32_t
most_kept(enum trouble_kind kind)
{
    return kind == TROUBLE_THROTTLED ? TROUBLES_KEPT : TROUBLES_FIRST;
}

void
trouble_note(struct troubles *troubles, enum trouble_kind kind,
             const struct function *function, uint64_t ns, uint64_t end_ns)
{
    uint64_t at = troubles->count[kind]++;
    if (at < most_kept(kind))
        troubles->first[kind][at] =
            (struct trouble){NULL, function, ns, end_ns, 0};
}

uint32_t
trouble_kept(const struct troubles *troubles, enum trouble_kind kind)
{
    uint64_t count = troubles->count[kind];
    return count < most_kept(kind) ? (uint32_t)count : most_kept(kind);
}

/* What is in already stays as it is: a track that is read again says the same,
 * and more only if it still grows. */
static void
add_kind(struct troubles *all, const struct troubles *more,
         enum trouble_kind kind, const struct track *track, uint64_t *counted)
{
    uint32_t kept = trouble_kept(more, kind);
    uint32_t at = trouble_kept(all, kind);
    for (uint64_t i = *counted; i < kept && at < most_kept(kind); i++) {
        all->first[kind][at] = more->first[kind][i];
        all->first[kind][at++].track = track;
    }
    all->count[kind] += more->count[kind] - *counted;
    *counted = more->count[kind];
}

bool
trouble_throttles(const struct troubles *troubles,
                  const struct function *function)
{
    for (uint32_t i = 0; i < trouble_kept(troubles, TROUBLE_THROTTLED); i++)
        if (troubles->first[TROUBLE_THROTTLED][i].function == function)
            return true;
    return false;
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

static void
say_time(struct phrase *phrase, uint64_t ns)
{
    if (ns < 1000000)
        phrase_add(phrase, "%.1f us", (double)ns / 1e3);
    else if (ns < 1000000000)
        phrase_add(phrase, "%.3f ms", (double)ns / 1e6);
    else
        phrase_add(phrase, "%.6f s", (double)ns / 1e9);
}

static void
say_count(struct phrase *phrase, enum trouble_kind kind, uint64_t count)
{
    static const char *const what[][2] = {
        [TROUBLE_STRAY] = {"exit without a call", "exits without a call"},
        [TROUBLE_UNSEEN] = {"call ended unseen", "calls ended unseen"},
        [TROUBLE_GAP] = {"gap", "gaps"},
        [TROUBLE_THROTTLED] = {"throttled function", "throttled functions"},
    };
    phrase_add_count(phrase, count, what[kind][0], what[kind][1]);
}

/* A long name says enough by its begin. */
static void
say_place(struct phrase *phrase, enum trouble_kind kind,
          const struct trouble *trouble)
{
    static const char *const at[] = {
        [TROUBLE_STRAY] = "at",
        [TROUBLE_UNSEEN] = "until",
        [TROUBLE_GAP] = "from",
        [TROUBLE_THROTTLED] = "from",
    };
    if (trouble->track != NULL && trouble->track->process->number > 0)
        phrase_add(phrase, "process %u, ", trouble->track->process->pid);
    if (trouble->track != NULL)
        phrase_add(phrase, "%.60s: ", trouble->track->name);
    if (trouble->function != NULL)
        phrase_add(phrase, "%.100s ", trouble->function->name);
    phrase_add(phrase, "%s ", at[kind]);
    say_time(phrase, trouble->ns);
    if (trouble->end_ns) {
        phrase_add(phrase, " to ");
        say_time(phrase, trouble->end_ns);
    } else if (kind == TROUBLE_THROTTLED) {
        phrase_add(phrase, " on");
    }
    if (kind == TROUBLE_THROTTLED)
        phrase_add(phrase, ", about %llu calls a second",
                   (unsigned long long)trouble->calls_per_second);
}

char *
trouble_say(const struct troubles *troubles, enum trouble_kind kind,
            uint32_t limit, char *text, size_t room)
{
    struct phrase phrase = phrase_begin(text, room);
    uint32_t kept = trouble_kept(troubles, kind);
    if (limit < kept)
        kept = limit;
    if (troubles->count[kind] == 0)
        return text;
    say_count(&phrase, kind, troubles->count[kind]);
    for (uint32_t i = 0; i < kept; i++) {
        phrase_add(&phrase, i == 0 ? " (" : ", ");
        say_place(&phrase, kind, &troubles->first[kind][i]);
    }
    if (kept > 0)
        phrase_add(&phrase, kept < troubles->count[kind] ? ", ...)" : ")");
    return text;
}
