/* SPDX-License-Identifier: Apache-2.0
 *
 * wanted.c: see wanted.h.
 */
#include "agent/cpython/names/wanted.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/store/entry.h"
#include "formats/base/pattern.h"
#include "formats/base/rule.h"

bool wanted_has_rules, wanted_own;

/* In the order in which they were given. */
static struct wish {
    struct wish *next;
    struct span_of_text glob;
    enum wanted says;
    uint32_t number; /* in the list */
    bool fitted;     /* a function, and the spool has it */
} * first;

/* == READING ============================================================== */

static const enum wanted verdicts[] = {
    [RULE_NONE] = WANTED_UNSAID,
    [RULE_INCLUDE] = WANTED,
    [RULE_EXCLUDE] = WANTED_NOT,
    [RULE_EXCLUDE_TREE] = WANTED_NOT_INSIDE,
};

/* The program may write over its environment. */
static struct span_of_text
copy(struct span_of_text text)
{
    char *kept = arena_take(text.length);
    if (kept)
        memcpy(kept, text.bytes, text.length);
    return (struct span_of_text){kept, kept ? text.length : 0};
}

static struct wish **
append(struct wish **end, const struct rule *rule, uint32_t number)
{
    struct wish *wish =
        rule_is_of_functions(rule->kind) ? arena_take(sizeof *wish) : NULL;
    if (!wish)
        return end;
    *wish = (struct wish){NULL, copy(rule->pattern), verdicts[rule->kind],
                          number, false};
    *end = wish;
    wanted_has_rules = true;
    return &wish->next;
}

void
wanted_read(const char *rules)
{
    struct span_of_text list = {rules, rules ? strlen(rules) : 0};
    struct wish **end = &first;
    first = NULL;
    wanted_has_rules = false;
    uint32_t number = 0;
    for (struct rule rule; rule_take(&list, &rule); number++)
        end = append(end, &rule, number);
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
    for (const struct wish *wish = first; wish; wish = wish->next) {
        struct span_of_text glob = last_name(wish->glob);
        bool any = glob.length == 1 && *glob.bytes == '*';
        if (wish->says == WANTED && !any && pattern_fits_text(glob, called))
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

/* Once: the user may wonder which rules made no difference. */
static void
tell_fit(struct wish *wish)
{
    if (!__atomic_exchange_n(&wish->fitted, true, __ATOMIC_RELAXED))
        entry_append_rule(wish->number);
}

enum wanted
wanted_ask(const struct text names[3], uint32_t line)
{
    const struct pattern_names asked = {span_of(names[0]), span_of(names[1]),
                                        span_of(names[2]), line};
    enum wanted says = WANTED_UNSAID;
    for (struct wish *wish = first; wish; wish = wish->next)
        if (pattern_fits(wish->glob, &asked)) {
            says = wish->says;
            tell_fit(wish);
        }
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
