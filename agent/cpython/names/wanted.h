/* SPDX-License-Identifier: Apache-2.0
 *
 * wanted.h: which functions are to be recorded, by rules of the user's.  A function
 * is asked about once, where it is met.
 */
#ifndef CODESNAP_WANTED_H
#define CODESNAP_WANTED_H

#include <stdbool.h>

#include "agent/base/text.h"

enum wanted {
    WANTED_UNSAID,     /* no rule fits */
    WANTED_NOT,        /* but what it calls */
    WANTED_NOT_INSIDE, /* nor what it calls */
    WANTED
};

/* Are there any?  And is only the user's own code to be recorded?  Either: something
 * is left out. */
extern bool wanted_has_rules, wanted_own;
static inline bool
wanted_leaves_out(void)
{
    return wanted_has_rules || wanted_own;
}

/* The rules, as RULE=GLOB;RULE=GLOB with include, exclude or exclude-tree for RULE;
 * copied.  Once, at the start; what is no rule is passed over. */
void wanted_read(const char *rules);

/* May a rule want a C function that is called by this name, be it an attribute?  Not
 * where it wants all of a module. */
bool wanted_may_mean(struct text name);

/* What the last rule that fits says: of {module, qualified name, file}. */
enum wanted wanted_ask(const struct text names[3], uint32_t line);
/* The same of Python functions, for which no rule is one, too: if the first rule
 * names what is wanted, then nothing else is. */
enum wanted wanted_ask_python(const struct text names[3], uint32_t line);

#endif
