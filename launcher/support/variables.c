/* SPDX-License-Identifier: Apache-2.0
 *
 * variables.c: see variables.h.  One that resembles none of ours is somebody else's:
 * CODESNAP_VERSION in an image, CODESNAP_HOME in a profile.
 */
#include "launcher/support/variables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "formats/base/text.h"
#include "launcher/support/message.h"
#include "launcher/support/optionrow.h"
#include "launcher/support/spelling.h"

#define PREFIX "CODESNAP_"

/* What is no option's. */
static const char *const others[] = {"SESSION", "DISABLE", "LOG",
                                     "AGENT",   "ORIGIN",  "VERSION"};

enum {
    OTHERS = sizeof others / sizeof *others,
    NAME_BYTES = 64
};

/* All of ours, without the prefix; NULL at the end. */
static void
list_known(const char *known[OPTION_COUNT + OTHERS + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < OTHERS; i++)
        known[count++] = others[i];
    for (enum option i = 0; i < OPTION_COUNT; i++)
        if (*optionrows[i].variable)
            known[count++] = optionrows[i].variable + strlen(PREFIX);
    known[count] = NULL;
}

static bool
is_known(const char *const *known, const char *name)
{
    while (*known && strcmp(*known, name) != 0)
        known++;
    return *known;
}

/* The option that is called so: EXCLUDE_TREE for exclude_tree. */
static bool
names_option(const char *name, enum option *option)
{
    for (*option = 0; *option < OPTION_COUNT; ++*option) {
        const char *flag = optionrows[*option].flag, *at = name;
        while (*flag && *at == (*flag == '_' ? '_' : *flag - 'a' + 'A'))
            flag++, at++;
        if (!*flag && !*at)
            return true;
    }
    return false;
}

static int
say_option(const char *name, enum option option)
{
    const struct optionrow *row = &optionrows[option];
    char flag[OPTION_NAME_BYTES];
    optionrow_name(flag, option);
    if (row->type == RULE)
        message_say(PREFIX "%s: there is no such variable; set "
                           "%s='%s=PATTERN'",
                    name, row->variable, flag);
    else if (*row->variable)
        message_say(PREFIX "%s: there is no such variable; that of --%s is %s",
                    name, flag, row->variable);
    else
        message_say(PREFIX "%s: there is no such variable; give --%s", name,
                    flag);
    return -1;
}

static int
check(const char *const *known, const char *name)
{
    enum option option;
    if (!*name || is_known(known, name))
        return 0;
    if (names_option(name, &option))
        return say_option(name, option);
    const char *near = spelling_nearest(name, known);
    if (near)
        message_say(PREFIX "%s: there is no such variable; did you mean " PREFIX
                           "%s?",
                    name, near);
    return near ? -1 : 0;
}

int
variables_check(void)
{
    extern char **environ;
    const char *known[OPTION_COUNT + OTHERS + 1];
    list_known(known);
    for (char **at = environ; *at; at++) {
        char name[NAME_BYTES];
        if (!text_starts_with(*at, PREFIX))
            continue;
        const char *rest = *at + strlen(PREFIX);
        size_t length = strcspn(rest, "=");
        if (length >= sizeof name || !rest[length] || !rest[length + 1])
            continue; /* empty is as if not set */
        snprintf(name, sizeof name, "%.*s", (int)length, rest);
        if (check(known, name) < 0)
            return -1;
    }
    return 0;
}
