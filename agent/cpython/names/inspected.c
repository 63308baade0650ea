/* SPDX-License-Identifier: Apache-2.0
 *
 * inspected.c: see inspected.h.
 */
#include "agent/cpython/names/inspected.h"

#include <string.h>

#include "agent/base/arena.h"
#include "formats/base/rule.h"

static struct inspection {
    struct inspection *next;
    struct rule rule;
} * first;

/* The program may write over its environment. */
static struct inspection *
copy(const struct rule *rule)
{
    struct inspection *inspection = arena_take(sizeof *inspection);
    char *kept = inspection ? arena_take(rule->pattern.length) : NULL;
    if (!kept)
        return NULL;
    memcpy(kept, rule->pattern.bytes, rule->pattern.length);
    inspection->rule = *rule;
    inspection->rule.pattern.bytes = kept;
    return inspection;
}

void
inspected_read(const char *list)
{
    struct span_of_text rest = {list, list ? strlen(list) : 0};
    first = NULL;
    for (struct rule rule; rule_take(&rest, &rule);) {
        struct inspection *inspection =
            rule_is_of_arguments(rule.kind) ? copy(&rule) : NULL;
        if (!inspection)
            continue;
        inspection->next = first;
        first = inspection;
    }
}

static struct span_of_text
span_of(struct text text)
{
    return (struct span_of_text){text.bytes, text.length};
}

unsigned
inspected_for(const struct text names[3], uint32_t line)
{
    const struct pattern_names asked = {span_of(names[0]), span_of(names[1]),
                                        span_of(names[2]), line};
    unsigned bits = 0;
    for (const struct inspection *at = first; at; at = at->next)
        if (at->rule.kind != RULE_REDACT &&
            pattern_fits(at->rule.pattern, &asked))
            bits |= at->rule.kind == RULE_ARGS ? INSPECTED_ARGUMENTS
                                               : INSPECTED_RETURNS;
    return bits;
}

bool
inspected_redacts(struct text name)
{
    for (const struct inspection *at = first; at; at = at->next)
        if (at->rule.kind == RULE_REDACT &&
            pattern_fits_text(at->rule.pattern, span_of(name)))
            return true;
    return false;
}
