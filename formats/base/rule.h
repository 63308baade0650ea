/* SPDX-License-Identifier: Apache-2.0
 *
 * rule.h: the rules which functions are to be recorded, as one text:
 * include=PATTERN;exclude=PATTERN; and other lists like it.  The variable, the spool and the launcher have
 * them so.  Allocates nothing.
 */
#ifndef CODESNAP_RULE_H
#define CODESNAP_RULE_H

#include <stdbool.h>

#include "formats/base/pattern.h"

enum rule_kind {
    RULE_NONE, /* it is no rule */
    RULE_INCLUDE,
    RULE_EXCLUDE,
    RULE_EXCLUDE_TREE,
    RULE_TRIGGER, /* of another list: as in trigger.h */
    RULE_ARGS,    /* of a third one, with the two that follow */
    RULE_RETURNS,
    RULE_REDACT /* its pattern means names of arguments */
};

struct rule {
    struct span_of_text text; /* include=PATTERN */
    struct span_of_text pattern;
    enum rule_kind kind;
};

/* Which list a rule is of. */
static inline bool
rule_is_of_arguments(enum rule_kind kind)
{
    return kind >= RULE_ARGS;
}

static inline bool
rule_is_of_functions(enum rule_kind kind)
{
    return kind >= RULE_INCLUDE && kind <= RULE_EXCLUDE_TREE;
}

/* Take the first rule off the list; false: none is left. */
bool rule_take(struct span_of_text *list, struct rule *rule);

#endif
