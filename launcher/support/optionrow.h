/* SPDX-License-Identifier: Apache-2.0
 *
 * optionrow.h: the rows of options.def, and what values they take, wherever a value
 * comes from.
 */
#ifndef CODESNAP_OPTIONROW_H
#define CODESNAP_OPTIONROW_H

enum option {
#define OPTION(name, letter, variable, type, argument, fallback, help) \
    OPTION_##name,
#include "agent/session/options.def"
#undef OPTION
    OPTION_COUNT
};

enum option_type { /* as options.def says */
    FLAG,
    TEXT,
    TEXTS,
    GLOB,
    CHOICE,
    SIZE,
    NUMBER,
    AMOUNT,
    PERCENT,
    DURATION,
    RULE,
    OPTION_TYPES
};

struct optionrow {
    const char *flag; /* as the identifier: with _ for - */
    char letter;
    const char *variable;
    enum option_type type;
    const char *argument;
    const char *fallback;
};

extern const struct optionrow optionrows[OPTION_COUNT];

enum {
    OPTION_NAME_BYTES = 32 /* all are shorter */
};

/* Its name as a flag: "exit-convert" for exit_convert. */
const char *optionrow_name(char name[OPTION_NAME_BYTES], enum option option);

/* 0, or -1 after it has said what is wrong.  `how` is where the value comes from: the
 * flag, the variable, the line of a file. */
int optionrow_check(const struct optionrow *row, const char *how,
                    const char *value);
/* The same of a list of rules, as a variable has it. */
int optionrow_check_rules(const struct optionrow *row, const char *value);

#endif
