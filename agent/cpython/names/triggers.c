/* SPDX-License-Identifier: Apache-2.0
 *
 * triggers.c: see triggers.h.
 */
#include "agent/cpython/names/triggers.h"

#include <string.h>

#include "agent/base/arena.h"
#include "agent/store/orders.h"
#include "formats/base/rule.h"

bool triggers_have_exceptions, triggers_have_collections;

static struct {
    struct trigger list[TRIGGERS_MOST];
    uint32_t count;
} triggers;

/* The program may write over its environment. */
static bool
keep(struct span_of_text text)
{
    char *kept = arena_take(text.length);
    struct trigger *trigger = &triggers.list[triggers.count];
    if (!kept)
        return false;
    memcpy(kept, text.bytes, text.length);
    return trigger_read((struct span_of_text){kept, text.length}, trigger) == 0;
}

void
triggers_read(const char *list)
{
    struct span_of_text rest = {list, list ? strlen(list) : 0};
    triggers.count = 0;
    triggers_have_exceptions = triggers_have_collections = false;
    for (struct rule rule;
         triggers.count < TRIGGERS_MOST && rule_take(&rest, &rule);) {
        if (rule.kind != RULE_TRIGGER || !keep(rule.pattern))
            continue;
        enum trigger_kind kind = triggers.list[triggers.count++].kind;
        triggers_have_exceptions |= kind == TRIGGER_EXCEPTION;
        triggers_have_collections |= kind == TRIGGER_COLLECTION;
    }
}

uint32_t
triggers_count(void)
{
    return triggers.count;
}

const struct trigger *
triggers_at(uint32_t number)
{
    return &triggers.list[number];
}

static struct span_of_text
span_of(struct text text)
{
    return (struct span_of_text){text.bytes, text.length};
}

uint32_t
triggers_for(const struct text names[3], uint32_t line)
{
    const struct pattern_names asked = {span_of(names[0]), span_of(names[1]),
                                        span_of(names[2]), line};
    uint32_t found = 0;
    for (uint32_t i = 0; i < triggers.count; i++) {
        if (triggers.list[i].kind != TRIGGER_CALL ||
            !pattern_fits(triggers.list[i].what, &asked))
            continue;
        orders_tell_met(i);
        if (!found || triggers.list[i].ns < triggers.list[found - 1].ns)
            found = i + 1;
    }
    return found;
}
