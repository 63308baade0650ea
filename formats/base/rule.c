/* SPDX-License-Identifier: Apache-2.0
 *
 * rule.c: see rule.h.
 */
#include "formats/base/rule.h"

#include <string.h>

static enum rule_kind
kind_of(struct span_of_text word)
{
    static const char *const words[] = {
        [RULE_INCLUDE] = "include",
        [RULE_EXCLUDE] = "exclude",
        [RULE_EXCLUDE_TREE] = "exclude-tree",
        [RULE_TRIGGER] = "trigger",
        [RULE_ARGS] = "args",
        [RULE_RETURNS] = "returns",
        [RULE_REDACT] = "redact",
    };
    for (size_t i = RULE_INCLUDE; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == word.length &&
            memcmp(words[i], word.bytes, word.length) == 0)
            return (enum rule_kind)i;
    return RULE_NONE;
}

/* What stands before the first such byte; all, where there is none. */
static struct span_of_text
before(struct span_of_text text, char byte)
{
    const char *at =
        text.length > 0 ? memchr(text.bytes, byte, text.length) : NULL;
    if (at)
        text.length = (size_t)(at - text.bytes);
    return text;
}

/* What follows the first of them, and the byte behind it. */
static struct span_of_text
behind(struct span_of_text text, struct span_of_text first)
{
    size_t skipped = first.length + (first.length < text.length);
    return (struct span_of_text){text.bytes + skipped, text.length - skipped};
}

bool
rule_take(struct span_of_text *list, struct rule *rule)
{
    if (list->length == 0)
        return false;
    rule->text = before(*list, ';');
    *list = behind(*list, rule->text);
    struct span_of_text word = before(rule->text, '=');
    rule->pattern = behind(rule->text, word);
    rule->kind = rule->pattern.length > 0 ? kind_of(word) : RULE_NONE;
    return true;
}
