/* SPDX-License-Identifier: Apache-2.0
 *
 * wanted.c: see wanted.h.
 */
#include "agent/cpython/names/wanted.h"

#include <string.h>

#include "agent/base/arena.h"
#include "formats/base/pattern.h"

bool wanted_has_rules, wanted_own;

/* In the order in which they were given. */
static struct rule {
    struct rule *next;
    struct span_of_text glob;
    enum wanted says;
} * first;

/* == READING ============================================================== */

static enum wanted
verdict_of(const char *word, size_t length)
{
    static const struct {
        const char *word;
        enum wanted says;
    } words[] = {
        {"include", WANTED},
        {"exclude", WANTED_NOT},
        {"exclude-tree", WANTED_NOT_INSIDE},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].word) == length &&
            memcmp(words[i].word, word, length) == 0)
            return words[i].says;
    return WANTED_UNSAID;
}

/* The program may write over its environment. */
static struct span_of_text
copy(const char *bytes, size_t length)
{
    char *kept = arena_take(length ? length : 1);
    if (kept)
        memcpy(kept, bytes, length);
    return (struct span_of_text){kept, kept ? length : 0};
}

static struct rule **
append(struct rule **end, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    if (!equals)
        return end;
    size_t word = (size_t)(equals - text);
    enum wanted says = verdict_of(text, word);
    bool whole = says && word + 1 < length;
    struct rule *rule = whole ? arena_take(sizeof *rule) : NULL;
    if (!rule)
        return end;
    *rule = (struct rule){NULL, copy(equals + 1, length - word - 1), says};
    *end = rule;
    wanted_has_rules = true;
    return &rule->next;
}

void
wanted_read(const char *rules)
{
    struct rule **end = &first;
    first = NULL;
    wanted_has_rules = false;
    for (const char *at = rules; at && *at;) {
        size_t length = strcspn(at, ";");
        end = append(end, at, length);
        at += length + (at[length] == ';');
    }
}

/* == C FUNCTIONS ========================================================== */

/* Of MODULE:NAME or NAME the last part of NAME. */
static struct span_of_text
last_name(struct span_of_text glob)
{
    size_t at = glob.length;
    while (at > 0 && glob.bytes[at - 1] != ':' && glob.bytes[at - 1] != '.')
        at--;
    return (struct span_of_text){glob.bytes + at, glob.length - at};
}

bool
wanted_may_mean(struct text name)
{
    const struct span_of_text called = {name.bytes, name.length};
    for (const struct rule *rule = first; rule; rule = rule->next) {
        struct span_of_text glob = last_name(rule->glob);
        bool any = glob.length == 1 && *glob.bytes == '*';
        if (rule->says == WANTED && !any && pattern_fits_text(glob, called))
            return true;
    }
    return false;
}

/* == ASKING =============================================================== */

static struct span_of_text
span_of(struct text text)
{
    return (struct span_of_text){text.bytes, text.length};
}

enum wanted
wanted_ask(const struct text names[3], uint32_t line)
{
    const struct pattern_names asked = {span_of(names[0]), span_of(names[1]),
                                        span_of(names[2]), line};
    enum wanted says = WANTED_UNSAID;
    for (const struct rule *rule = first; rule; rule = rule->next)
        if (pattern_fits(rule->glob, &asked))
            says = rule->says;
    return says;
}

enum wanted
wanted_ask_python(const struct text names[3], uint32_t line)
{
    enum wanted says = wanted_ask(names, line);
    if (says != WANTED_UNSAID)
        return says;
    return first && first->says == WANTED ? WANTED_NOT : WANTED;
}
