/* SPDX-License-Identifier: Apache-2.0
 *
 * options.c: one parser for every verb, driven by options.def.  It has no line
 * that knows a particular option; a new row is parsed, checked, exported to
 * the agent and explained by --help without a change here.
 */
#include "launcher/support/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/pattern.h"
#include "formats/base/rule.h"
#include "launcher/support/message.h"
#include "launcher/support/spelling.h"

enum option_type {
    FLAG,
    TEXT,
    CHOICE,
    SIZE,
    NUMBER,
    RULE
};

struct row {
    const char *flag; /* as the identifier: with _ for - */
    char letter;
    const char *variable;
    enum option_type type;
    const char *argument;
    const char *fallback;
};

static const struct row rows[OPTION_COUNT] = {
#define OPTION(name, letter, variable, type, argument, fallback, help) \
    {#name, letter, variable, type, argument, fallback},
#include "agent/session/options.def"
#undef OPTION
};

static bool
takes(const struct verb *verb, enum option option)
{
    return verb->options >> option & 1;
}

/* == VALUES ================================================================ */

static bool
is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (const char *at = choices; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (length && strncmp(at, value, length) == 0 &&
            (at[length] == '|' || at[length] == '\0'))
            return true;
    }
    return false;
}

static bool
is_size(const char *value)
{
    size_t digits = strspn(value, "0123456789");
    if (!digits || digits > 15)
        return false;
    const char *unit = value + digits;
    return !*unit || (strchr("KMG", *unit) && !unit[1]);
}

static bool
is_number(const char *value)
{
    size_t digits = strspn(value, "0123456789");
    return digits && digits < 10 && !value[digits] &&
           strspn(value, "0") < digits;
}

static int
check_pattern(const char *how, struct span_of_text pattern)
{
    const char *fault = pattern_fault(pattern);
    if (fault)
        message_say("%s: '%.*s' %s", how, (int)pattern.length, pattern.bytes,
                    fault);
    return fault ? -1 : 0;
}

/* 0, or -1 after it has said what is wrong.  `how` is the flag or variable. */
static int
check(const struct row *row, const char *how, const char *value)
{
    if (row->type == CHOICE && !is_choice(row->argument, value)) {
        message_say("%s: '%s' is not one of its values: %s", how, value,
                    row->argument);
        return -1;
    }
    if (row->type == SIZE && !is_size(value)) {
        message_say("%s: '%s' is not a size; give bytes, or a number with K, M "
                    "or G (64M)",
                    how, value);
        return -1;
    }
    if (row->type == NUMBER && !is_number(value)) {
        message_say("%s: can't read '%s'; give a number from 1 on", how, value);
        return -1;
    }
    if ((row->type == TEXT || row->type == RULE) && !*value) {
        message_say("%s: the value is empty; give a %s", how, row->argument);
        return -1;
    }
    if (row->type == RULE)
        return check_pattern(how, (struct span_of_text){value, strlen(value)});
    return 0;
}

/* == RULES ================================================================= */

/* Their list is one variable's, in which each is NAME=PATTERN. */

static int
check_rules(const char *how, const char *value)
{
    struct span_of_text list = {value, strlen(value)};
    for (struct rule rule; rule_take(&list, &rule);) {
        if (!rule.kind) {
            message_say("%s: '%.*s' is not a rule; give exclude=PATTERN;"
                        "include=PATTERN",
                        how, (int)rule.text.length, rule.text.bytes);
            return -1;
        }
        if (check_pattern(how, rule.pattern) < 0)
            return -1;
    }
    return 0;
}

/* Flags take the place of what the variable says. */
static void
export_rules(const struct options *options, enum option rule)
{
    const char *variable = rows[rule].variable;
    char *list = NULL, name[OPTION_NAME_BYTES];
    size_t bytes;
    FILE *file = open_memstream(&list, &bytes);
    if (!file)
        return;
    for (size_t i = 0; i < options->given_count; i++) {
        enum option option = options->given[i].option;
        if (rows[option].type == RULE &&
            strcmp(rows[option].variable, variable) == 0)
            fprintf(file, "%s%s=%s", ftell(file) ? ";" : "",
                    options_name(name, option), options->given[i].value);
    }
    if (fclose(file) == 0 && *list)
        setenv(variable, list, 1);
    else if (!options->environment[rule])
        unsetenv(variable);
    free(list);
}

/* == NAMES ================================================================= */

const char *
options_name(char name[OPTION_NAME_BYTES], enum option option)
{
    const char *flag = rows[option].flag;
    size_t i = 0;
    for (; flag[i] && i < OPTION_NAME_BYTES - 1; i++)
        name[i] = flag[i] == '_' ? '-' : flag[i];
    name[i] = '\0';
    return name;
}

static int
unknown_flag(const struct verb *verb, const char *word)
{
    static char names[OPTION_COUNT][OPTION_NAME_BYTES];
    const char *list[OPTION_COUNT + 1];
    size_t count = 0;

    for (enum option i = 0; i < OPTION_COUNT; i++)
        if (takes(verb, i))
            list[count++] = options_name(names[i], i);
    list[count] = NULL;
    size_t dashes = strspn(word, "-");
    int length = (int)strcspn(word + dashes, "=");
    char bare[OPTION_NAME_BYTES * 2];
    snprintf(bare, sizeof bare, "%.*s", length, word + dashes);
    const char *near = spelling_nearest(bare, list);
    message_say("unknown option %.*s%s%s%s (codesnap help %s lists them)",
                (int)dashes + length, word, near ? "; did you mean --" : "",
                near ? near : "", near ? "?" : "", verb->name);
    return -1;
}

/* == PARSING =============================================================== */

/* The command line while it is parsed. */
struct line {
    struct options *options;
    char **argv;
    int argc, next;
};

static void
give(struct options *options, enum option option, const char *value)
{
    options->given[options->given_count++] =
        (struct option_given){option, value};
}

/* `value` is what followed the flag in its own word, or NULL. */
static int
take_value(struct line *line, enum option option, const char *how,
           const char *value)
{
    const struct row *row = &rows[option];
    if (!value && line->next >= line->argc) {
        message_say("%s needs a value: %s", how, row->argument);
        return -1;
    }
    if (!value)
        value = line->argv[line->next++];
    if (check(row, how, value) < 0)
        return -1;
    give(line->options, option, value);
    return 0;
}

static int
parse_flag(struct line *line, const char *word)
{
    size_t length = strcspn(word + 2, "=");
    const char *value = word[2 + length] ? word + 3 + length : NULL;
    char name[OPTION_NAME_BYTES], how[OPTION_NAME_BYTES + 2];

    for (enum option i = 0; i < OPTION_COUNT; i++) {
        if (!takes(line->options->verb, i) ||
            strlen(options_name(name, i)) != length ||
            strncmp(name, word + 2, length) != 0)
            continue;
        snprintf(how, sizeof how, "--%s", name);
        if (rows[i].type != FLAG)
            return take_value(line, i, how, value);
        if (value) {
            message_say("%s takes no value", how);
            return -1;
        }
        give(line->options, i, "1");
        return 0;
    }
    return unknown_flag(line->options->verb, word);
}

/* -q, -oFILE, -o FILE, -qo FILE. */
static int
parse_letters(struct line *line, const char *word)
{
    for (const char *at = word + 1; *at; at++) {
        char how[3] = {'-', *at, '\0'};
        enum option i = 0;
        while (i < OPTION_COUNT &&
               !(rows[i].letter == *at && takes(line->options->verb, i)))
            i++;
        if (i == OPTION_COUNT)
            return unknown_flag(line->options->verb, word);
        if (rows[i].type != FLAG)
            return take_value(line, i, how, at[1] ? at + 1 : NULL);
        give(line->options, i, "1");
    }
    return 0;
}

/* -m or -c: Python's own, with all that follows. */
static bool
starts_program(const struct verb *verb, const char *word)
{
    return verb->program_letters && !word[2] &&
           strchr(verb->program_letters, word[1]);
}

static int
parse_words(struct line *line, int *operands)
{
    const struct verb *verb = line->options->verb;
    bool only_operands = false;
    int count = 0;

    while (line->next < line->argc) {
        char *word = line->argv[line->next++];
        if (only_operands || word[0] != '-' || !word[1] ||
            starts_program(verb, word)) {
            line->argv[++count] = word;
            only_operands |= verb->program;
        } else if (strcmp(word, "--") == 0)
            only_operands = true;
        else if ((word[1] == '-' ? parse_flag(line, word)
                                 : parse_letters(line, word)) < 0)
            return -1;
    }
    line->argv[count + 1] = NULL;
    *operands = count;
    return 0;
}

/* A run inside a recorded program is a session of its own: what the outer one
 * set for its agent is not meant for it. */
static int
take_environment(struct options *options)
{
    if (!options->verb->environment || getenv("CODESNAP_SESSION"))
        return 0;
    for (enum option i = 0; i < OPTION_COUNT; i++) {
        const char *value = *rows[i].variable ? getenv(rows[i].variable) : NULL;
        if (!value || !*value)
            continue;
        if (rows[i].type == RULE ? check_rules(rows[i].variable, value) < 0
                                 : check(&rows[i], rows[i].variable, value) < 0)
            return -1;
        options->environment[i] = value;
    }
    return 0;
}

int
options_parse(struct options *options, const struct verb *verb, int argc,
              char **argv, int *operands)
{
    struct line line = {options, argv, argc, 1};
    size_t letters = 1;
    for (int i = 0; i < argc; i++)
        letters += strlen(argv[i]);
    *options = (struct options){.verb = verb};
    options->given = calloc(letters, sizeof *options->given);
    if (!options->given) {
        message_say("%s", strerror(errno));
        return -1;
    }
    if (parse_words(&line, operands) < 0)
        return -1;
    return take_environment(options);
}

void
options_release(struct options *options)
{
    free(options->given);
    options->given = NULL;
}

/* == ASKING ================================================================ */

static const char *
last_given(const struct options *options, enum option option)
{
    for (size_t i = options->given_count; i-- > 0;)
        if (options->given[i].option == option)
            return options->given[i].value;
    return options->environment[option];
}

const char *
options_text(const struct options *options, enum option option)
{
    const char *value = last_given(options, option);
    return value ? value : rows[option].fallback;
}

bool
options_is_given(const struct options *options, enum option option)
{
    return last_given(options, option) != NULL;
}

bool
options_is_flagged(const struct options *options, enum option option)
{
    for (size_t i = 0; i < options->given_count; i++)
        if (options->given[i].option == option)
            return true;
    return false;
}

bool
options_flag(const struct options *options, enum option option)
{
    return *options_text(options, option) != '\0';
}

const char *
options_at(const struct options *options, enum option option, size_t number)
{
    size_t seen = 0;
    for (size_t i = 0; i < options->given_count; i++)
        if (options->given[i].option == option && seen++ == number)
            return options->given[i].value;
    return seen || number ? NULL : options_text(options, option);
}

void
options_export(const struct options *options)
{
    for (enum option i = 0; i < OPTION_COUNT; i++) {
        const char *value = last_given(options, i);
        if (rows[i].type == RULE)
            export_rules(options, i);
        else if (*rows[i].variable && value)
            setenv(rows[i].variable, value, 1);
        else if (*rows[i].variable)
            unsetenv(rows[i].variable);
    }
}
