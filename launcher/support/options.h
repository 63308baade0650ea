/* SPDX-License-Identifier: Apache-2.0
 *
 * options.h: the command line, parsed by the rows of options.def.  A value is
 * what a flag gave (the last one counts), else what the environment variable
 * says, else what a file of settings says, else the default.
 */
#ifndef CODESNAP_OPTIONS_H
#define CODESNAP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "launcher/support/optionrow.h"
#include "launcher/support/verb.h"

struct option_given {
    enum option option;
    const char *value;
};

struct options {
    const struct verb *verb;
    struct option_given *given; /* by flags, in their order */
    size_t given_count;
    const char *environment[OPTION_COUNT]; /* NULL where not set */
    struct option_given *settled; /* by a file of settings, in its order */
    size_t settled_count;
    const char *settings; /* the name of that file; NULL: none */
    char *setting_texts;  /* what its values lie in */
};

/* Parse argv[1..] for the verb and move the operands to argv[1..]; their
 * number goes to *operands.  Returns 0, or -1 after it has said what is wrong.
 * Everything points into argv and the environment.
 * options_release is for both cases. */
int options_parse(struct options *options, const struct verb *verb, int argc,
                  char **argv, int *operands);

void options_release(struct options *options);

/* The value, never NULL: "1" or "" for a FLAG. */
const char *options_text(const struct options *options, enum option option);
/* Whether a flag, the environment or a file gave it. */
bool options_is_given(const struct options *options, enum option option);
/* Whether a flag gave it. */
bool options_is_flagged(const struct options *options, enum option option);
bool options_flag(const struct options *options, enum option option);
/* The values of a flag that may be repeated, or else its one value; NULL
 * behind the last one. */
const char *options_at(const struct options *options, enum option option,
                       size_t number);

/* All rules of one variable, as they stand there; NULL: none.  To be freed. */
char *options_rules(const struct options *options, enum option rule);

/* Put what was given into the environment for the agent, and nothing else. */
void options_export(const struct options *options);

#endif
