/* SPDX-License-Identifier: Apache-2.0
 *
 * rule.h: the rules which functions are to be recorded, as one text:
 * include=PATTERN;exclude=PATTERN.  The variable, the spool and the launcher have
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
    RULE_TRIGGER /* of another list: as in trigger.h */
};

struct rule {
    struct span_of_text text; /* include=PATTERN */
    struct span_of_text pattern;
    enum rule_kind kind;
};

/* Take the first rule off the list; false: none is left. */
bool rule_take(struct span_of_text *list, struct rule *rule);

#endif
