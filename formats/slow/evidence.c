/* SPDX-License-Identifier: Apache-2.0
 *
 * evidence.c: see evidence.h.  An argument tells them apart if all slow calls have
 * one value that usual ones hardly ever have, or if it is a number that is larger, or
 * smaller, than in any usual call.  Values that are another one in each call, such as
 * a counter, prove nothing where one call is slow.
 */
#include "formats/slow/evidence.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/phrase.h"
#include "formats/trace/jsonobject.h"

enum {
    SLOWEST = 64,
    FIRST = 256,
    TEXT_MOST = 1000, /* longer ones are passed over */
    USUAL_LEAST = 8,
    SHOWN_BYTES = 40
};

struct record {
    uint64_t ns;
    char *arguments;
};

struct testimony {
    struct record slowest[SLOWEST], first[FIRST];
    uint32_t slow_count, first_count;
};

struct evidence {
    uint32_t functions;
    struct testimony *of[];
};

struct evidence *
evidence_new(uint32_t functions)
{
    struct evidence *evidence =
        calloc(1, sizeof *evidence + functions * sizeof evidence->of[0]);
    if (evidence != NULL)
        evidence->functions = functions;
    return evidence;
}

void
evidence_free(struct evidence *evidence)
{
    for (uint32_t i = 0; evidence != NULL && i < evidence->functions; i++) {
        struct testimony *one = evidence->of[i];
        for (uint32_t at = 0; one != NULL && at < one->slow_count; at++)
            free(one->slowest[at].arguments);
        for (uint32_t at = 0; one != NULL && at < one->first_count; at++)
            free(one->first[at].arguments);
        free(one);
    }
    free(evidence);
}

/* == WHAT IS KEPT =========================================================== */

/* The place for a call that took so long; NULL: it is of no interest. */
static struct record *
place_for(struct testimony *testimony, uint64_t ns)
{
    struct record *least = &testimony->slowest[0];
    if (testimony->first_count < FIRST)
        return &testimony->first[testimony->first_count++];
    if (testimony->slow_count < SLOWEST)
        return &testimony->slowest[testimony->slow_count++];
    for (uint32_t i = 1; i < SLOWEST; i++)
        if (testimony->slowest[i].ns < least->ns)
            least = &testimony->slowest[i];
    return ns > least->ns ? least : NULL;
}

int
evidence_add(struct evidence *evidence, uint32_t function, uint64_t ns,
             const char *arguments)
{
    struct testimony **testimony = &evidence->of[function];
    if (strlen(arguments) > TEXT_MOST)
        return 0;
    if (*testimony == NULL &&
        (*testimony = calloc(1, sizeof **testimony)) == NULL)
        return -1;
    struct record *record = place_for(*testimony, ns);
    if (record == NULL)
        return 0;
    free(record->arguments);
    record->ns = ns;
    record->arguments = strdup(arguments);
    return record->arguments != NULL ? 0 : -1;
}

/* == ONE ARGUMENT =========================================================== */

static bool
find(const char *arguments, const struct jsonobject_member *wanted,
     struct jsonobject_member *found)
{
    while (jsonobject_next(&arguments, found))
        if (found->key_bytes == wanted->key_bytes &&
            memcmp(found->key, wanted->key, found->key_bytes) == 0)
            return true;
    return false;
}

static bool
is_same(const struct jsonobject_member *a, const struct jsonobject_member *b)
{
    return a->value_bytes == b->value_bytes &&
           memcmp(a->value, b->value, a->value_bytes) == 0;
}

static bool
is_number(const struct jsonobject_member *member)
{
    return *member->value == '-' ||
           (*member->value >= '0' && *member->value <= '9');
}

/* What is known of it in slow calls, and in usual ones. */
struct side {
    uint32_t calls, same; /* as the one that is asked for */
    uint32_t repeated;    /* as the call before */
    uint32_t numbers;
    double least, most;
    struct jsonobject_member last;
};

static void
take(struct side *side, const struct record *record,
     const struct jsonobject_member *asked)
{
    struct jsonobject_member found;
    if (record->arguments == NULL || !find(record->arguments, asked, &found))
        return;
    side->repeated += side->calls > 0 && is_same(&found, &side->last);
    side->last = found;
    side->calls++;
    side->same += is_same(&found, asked);
    if (!is_number(&found))
        return;
    double number = strtod(found.value, NULL);
    if (side->numbers == 0 || number < side->least)
        side->least = number;
    if (side->numbers == 0 || number > side->most)
        side->most = number;
    side->numbers++;
}

static void
compare(const struct testimony *testimony, uint64_t threshold_ns,
        const struct jsonobject_member *asked, struct side sides[2])
{
    memset(sides, 0, 2 * sizeof *sides);
    for (uint32_t i = 0; i < testimony->first_count; i++)
        take(&sides[testimony->first[i].ns >= threshold_ns],
             &testimony->first[i], asked);
    for (uint32_t i = 0; i < testimony->slow_count; i++)
        take(&sides[testimony->slowest[i].ns >= threshold_ns],
             &testimony->slowest[i], asked);
}

/* == THE DIFFERENCE ========================================================= */

static bool
has_own_value(const struct side *usual, const struct side *slow)
{
    bool proves = slow->calls > 1 || usual->repeated * 2 >= usual->calls;
    return proves && slow->same == slow->calls &&
           usual->same * 10 <= usual->calls;
}

/* 1: its numbers are larger, -1: smaller, 0: neither. */
static int
has_own_range(const struct side *usual, const struct side *slow)
{
    if (usual->numbers < usual->calls || slow->numbers < slow->calls)
        return 0;
    bool many = slow->calls > 2;
    if (slow->least > usual->most)
        return many || slow->least > 2 * usual->most ? 1 : 0;
    return slow->most < usual->least && many ? -1 : 0;
}

static void
say_value(struct phrase *phrase, const struct jsonobject_member *asked)
{
    size_t bytes = asked->value_bytes;
    bool cut = bytes > SHOWN_BYTES;
    if (cut)
        for (bytes = SHOWN_BYTES; (asked->value[bytes] & 0xc0) == 0x80;)
            bytes--;
    phrase_add(phrase, "; it is called with %.*s = %.*s%s, usual calls are not",
               (int)asked->key_bytes, asked->key, (int)bytes, asked->value,
               cut ? "\xe2\x80\xa6" : "");
}

static bool
say(struct phrase *phrase, const struct jsonobject_member *asked,
    const struct side sides[2])
{
    const struct side *usual = &sides[0], *slow = &sides[1];
    if (usual->calls < USUAL_LEAST || slow->calls == 0)
        return false;
    int range = has_own_range(usual, slow);
    if (has_own_value(usual, slow))
        say_value(phrase, asked);
    else if (range > 0)
        phrase_add(phrase,
                   "; its %.*s is %g or more, in usual calls at most %g",
                   (int)asked->key_bytes, asked->key, slow->least, usual->most);
    else if (range < 0)
        phrase_add(phrase,
                   "; its %.*s is %g or less, in usual calls at least %g",
                   (int)asked->key_bytes, asked->key, slow->most, usual->least);
    else
        return false;
    return true;
}

/* The arguments of a slow call; NULL: none are known. */
static const char *
any_slow(const struct testimony *testimony, uint64_t threshold_ns)
{
    for (uint32_t i = 0; i < testimony->slow_count; i++)
        if (testimony->slowest[i].ns >= threshold_ns)
            return testimony->slowest[i].arguments;
    for (uint32_t i = 0; i < testimony->first_count; i++)
        if (testimony->first[i].ns >= threshold_ns)
            return testimony->first[i].arguments;
    return NULL;
}

void
evidence_difference(const struct evidence *evidence, uint32_t function,
                    uint64_t threshold_ns, char *text, size_t room)
{
    const struct testimony *testimony = evidence->of[function];
    const char *arguments =
        testimony != NULL ? any_slow(testimony, threshold_ns) : NULL;
    struct phrase phrase = phrase_begin(text, room);
    struct jsonobject_member asked;
    struct side sides[2];
    while (arguments != NULL && jsonobject_next(&arguments, &asked)) {
        if (asked.key_bytes == 6 && memcmp(asked.key, "return", 6) == 0)
            continue;
        compare(testimony, threshold_ns, &asked, sides);
        if (say(&phrase, &asked, sides))
            return;
    }
}
