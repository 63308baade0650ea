/* SPDX-License-Identifier: Apache-2.0
 *
 * rule.c: a list of rules is taken apart as it was written.
 */
#include "formats/base/rule.h"

#include <string.h>

#include "tests/unit/tap.h"

/* "KIND PATTERN|KIND PATTERN|" */
static const char *
told(const char *rules)
{
    static char text[256];
    size_t used = 0;
    struct span_of_text list = {rules, strlen(rules)};
    *text = '\0';
    for (struct rule rule; rule_take(&list, &rule);)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d %.*s|",
                                 rule.kind, (int)rule.pattern.length,
                                 rule.pattern.bytes);
    return text;
}

/* Every option that is a rule. */
static void
test_options(void)
{
    bool all = true;
    char text[64];
#define OPTION(name, letter, variable, type, argument, fallback, help) \
    snprintf(text, sizeof text, "%s=x", #name);                        \
    for (char *at = text; *at; at++)                                   \
        *at = *at == '_' ? '-' : *at;                                  \
    all &= (strcmp(#type, "RULE") == 0) == (*told(text) != '0');
#include "agent/session/options.def"
#undef OPTION
    tap_ok(all, "every option that is a rule is known as one");
}

int
main(void)
{
    tap_same("one", told("include=a"), "1 a|");
    tap_same("in their order", told("exclude=a;include=b;exclude-tree=c:d"),
             "2 a|1 b|3 c:d|");
    tap_same("a = in a pattern", told("exclude=a=b"), "2 a=b|");
    tap_same("one that is none", told("exclud=a;x;exclude=b"), "0 a|0 |2 b|");
    tap_same("no pattern", told("exclude=;include="), "0 |0 |");
    tap_same("nothing between two ;", told(";exclude=a;;"), "0 |2 a|0 |");
    tap_same("none", told(""), "");
    test_options();
    return tap_done();
}
