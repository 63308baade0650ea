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

#include "launcher/support/message.h"
#include "launcher/support/optionrow.h"
#include "launcher/support/spelling.h"
#include "launcher/support/variables.h"

static bool
takes(const struct verb *verb, enum option option)
{
    return verb->options >> option & 1;
}

/* == RULES ================================================================= */

/* Those of one variable: NAME=PATTERN;NAME=PATTERN; NULL: none. */
static char *
join_rules(const char *variable, const struct option_given *given, size_t count)
{
    char *list = NULL, name[OPTION_NAME_BYTES];
    size_t bytes = 0;
    FILE *file = open_memstream(&list, &bytes);
    for (size_t i = 0; file && i < count; i++) {
        const struct optionrow *row = &optionrows[given[i].option];
        if (row->type == RULE && strcmp(row->variable, variable) == 0)
            fprintf(file, "%s%s=%s", ftell(file) ? ";" : "",
                    optionrow_name(name, given[i].option), given[i].value);
    }
    if (file && fclose(file) == 0 && *list)
        return list;
    free(list);
    return NULL;
}

/* Flags take the place of what the variable says, and that of a file's. */
char *
options_rules(const struct options *options, enum option rule)
{
    const char *variable = optionrows[rule].variable;
    char *list = join_rules(variable, options->given, options->given_count);
    if (!list && options->environment[rule])
        return strdup(options->environment[rule]);
    return list
               ? list
               : join_rules(variable, options->settled, options->settled_count);
}

static void
export_rules(const struct options *options, enum option rule)
{
    char *list = options_rules(options, rule);
    if (list)
        setenv(optionrows[rule].variable, list, 1);
    else
        unsetenv(optionrows[rule].variable);
    free(list);
}

/* == NAMES ================================================================= */

static int
unknown_flag(const struct verb *verb, const char *word)
{
    static char names[OPTION_COUNT][OPTION_NAME_BYTES];
    const char *list[OPTION_COUNT + 1];
    size_t count = 0;

    for (enum option i = 0; i < OPTION_COUNT; i++)
        if (takes(verb, i))
            list[count++] = optionrow_name(names[i], i);
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
    const struct optionrow *row = &optionrows[option];
    if (!value && line->next >= line->argc) {
        message_say("%s needs a value: %s", how, row->argument);
        return -1;
    }
    if (!value)
        value = line->argv[line->next++];
    if (optionrow_check(row, how, value) < 0)
        return -1;
    give(line->options, option, value);
    return 0;
}

/* --own=no takes back what a file or a variable says. */
static int
take_flag(struct options *options, enum option option, const char *how,
          const char *value)
{
    bool no = value && strcmp(value, "no") == 0;
    if (value && !no && strcmp(value, "yes") != 0) {
        message_say("%s takes no value, or no to take it back", how);
        return -1;
    }
    give(options, option, no ? "0" : "1");
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
            strlen(optionrow_name(name, i)) != length ||
            strncmp(name, word + 2, length) != 0)
            continue;
        snprintf(how, sizeof how, "--%s", name);
        if (optionrows[i].type != FLAG)
            return take_value(line, i, how, value);
        return take_flag(line->options, i, how, value);
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
               !(optionrows[i].letter == *at && takes(line->options->verb, i)))
            i++;
        if (i == OPTION_COUNT)
            return unknown_flag(line->options->verb, word);
        if (optionrows[i].type != FLAG)
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
        const char *value =
            *optionrows[i].variable ? getenv(optionrows[i].variable) : NULL;
        if (!value || !*value)
            continue;
        const struct optionrow *row = &optionrows[i];
        if (row->type == RULE ? optionrow_check_rules(row, value) < 0
                              : optionrow_check(row, row->variable, value) < 0)
            return -1;
        options->environment[i] = value;
    }
    return variables_check();
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
    free(options->settled);
    free(options->setting_texts);
    options->given = options->settled = NULL;
    options->setting_texts = NULL;
}

/* == ASKING ================================================================ */

static const char *
last_of(const struct option_given *given, size_t count, enum option option)
{
    while (count-- > 0)
        if (given[count].option == option)
            return given[count].value;
    return NULL;
}

static const char *
last_given(const struct options *options, enum option option)
{
    const char *value = last_of(options->given, options->given_count, option);
    if (!value)
        value = options->environment[option];
    return value ? value
                 : last_of(options->settled, options->settled_count, option);
}

const char *
options_text(const struct options *options, enum option option)
{
    const char *value = last_given(options, option);
    return value ? value : optionrows[option].fallback;
}

/* A flag that was taken back is as if it had not been given. */
static bool
is_something(enum option option, const char *value)
{
    return value &&
           (optionrows[option].type != FLAG || strcmp(value, "0") != 0);
}

bool
options_is_given(const struct options *options, enum option option)
{
    return is_something(option, last_given(options, option));
}

bool
options_is_flagged(const struct options *options, enum option option)
{
    return is_something(option,
                        last_of(options->given, options->given_count, option));
}

bool
options_flag(const struct options *options, enum option option)
{
    return options_is_given(options, option);
}

static const char *
nth_of(const struct option_given *given, size_t count, enum option option,
       size_t number)
{
    for (size_t i = 0; i < count; i++)
        if (given[i].option == option && number-- == 0)
            return given[i].value;
    return NULL;
}

const char *
options_at(const struct options *options, enum option option, size_t number)
{
    if (options_is_flagged(options, option))
        return nth_of(options->given, options->given_count, option, number);
    if (!options->environment[option] &&
        last_of(options->settled, options->settled_count, option))
        return nth_of(options->settled, options->settled_count, option, number);
    return number ? NULL : options_text(options, option);
}

void
options_export(const struct options *options)
{
    for (enum option i = 0; i < OPTION_COUNT; i++) {
        const char *value = last_given(options, i);
        if (optionrows[i].type == RULE)
            export_rules(options, i);
        else if (*optionrows[i].variable && value)
            setenv(optionrows[i].variable, value, 1);
        else if (*optionrows[i].variable)
            unsetenv(optionrows[i].variable);
    }
}
