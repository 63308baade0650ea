/* SPDX-License-Identifier: Apache-2.0
 *
 * optionrow.c: see optionrow.h.
 */
#include "launcher/support/optionrow.h"

#include <string.h>

#include "formats/base/amount.h"
#include "formats/base/pattern.h"
#include "formats/base/rule.h"
#include "formats/base/share.h"
#include "formats/base/trigger.h"
#include "launcher/support/message.h"

const struct optionrow optionrows[OPTION_COUNT] = {
#define OPTION(name, letter, variable, type, argument, fallback, help) \
    {#name, letter, variable, type, argument, fallback},
#include "agent/session/options.def"
#undef OPTION
};

const char *
optionrow_name(char name[OPTION_NAME_BYTES], enum option option)
{
    const char *flag = optionrows[option].flag;
    size_t i = 0;
    for (; flag[i] && i < OPTION_NAME_BYTES - 1; i++)
        name[i] = flag[i] == '_' ? '-' : flag[i];
    name[i] = '\0';
    return name;
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

typedef const char *fault_finder(struct span_of_text text);

static int
check_pattern(const char *how, struct span_of_text pattern, fault_finder *find)
{
    const char *fault = find(pattern);
    if (fault)
        message_say("%s: '%.*s' %s", how, (int)pattern.length, pattern.bytes,
                    fault);
    return fault ? -1 : 0;
}

static bool
is_trigger(const struct optionrow *row)
{
    return row == &optionrows[OPTION_trigger];
}

static bool
is_of_arguments(const struct optionrow *row)
{
    return strcmp(row->variable, optionrows[OPTION_args].variable) == 0;
}

/* What is wrong with a rule of it. */
static fault_finder *
fault_of(const struct optionrow *row)
{
    return is_trigger(row)                     ? trigger_fault
           : row == &optionrows[OPTION_redact] ? pattern_glob_fault
                                               : pattern_fault;
}

/* May that rule be in its list? */
static bool
takes_rule(const struct optionrow *row, enum rule_kind kind)
{
    return is_trigger(row)        ? kind == RULE_TRIGGER
           : is_of_arguments(row) ? rule_is_of_arguments(kind)
                                  : rule_is_of_functions(kind);
}

static fault_finder *
fault_of_rule(const struct optionrow *row, enum rule_kind kind)
{
    return kind == RULE_REDACT ? pattern_glob_fault : fault_of(row);
}

static const char *
shape_of_rules(const struct optionrow *row)
{
    return is_trigger(row)        ? "trigger=TRIGGER;trigger=TRIGGER"
           : is_of_arguments(row) ? "args=PATTERN;returns=PATTERN;redact=NAME"
                                  : "exclude=PATTERN;include=PATTERN";
}

int
optionrow_check(const struct optionrow *row, const char *how, const char *value)
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
    struct amount amount;
    if (row->type == AMOUNT && amount_read(value, &amount) < 0) {
        message_say("%s: can't read '%s'; give a duration or a size, as 10s, "
                    "64M or 10s,64M",
                    how, value);
        return -1;
    }
    if (row->type == DURATION && !amount_duration_ns(value)) {
        message_say("%s: can't read '%s'; give a duration as 50us, 10s, 5m or "
                    "1h",
                    how, value);
        return -1;
    }
    if (row->type == FLAG && strcmp(value, "0") != 0 &&
        strcmp(value, "1") != 0) {
        message_say("%s: '%s' is neither 1 nor 0", how, value);
        return -1;
    }
    if (row->type == PERCENT && !share_per_mille(value)) {
        message_say(
            "%s: can't read '%s'; give a share as 5%% or 2.5%%, from 0.1%% on",
            how, value);
        return -1;
    }
    if (!*value) {
        message_say("%s: the value is empty; give a %s", how, row->argument);
        return -1;
    }
    struct span_of_text text = {value, strlen(value)};
    if (row->type == GLOB)
        return check_pattern(how, text, pattern_glob_fault);
    return row->type == RULE ? check_pattern(how, text, fault_of(row)) : 0;
}

/* Their list is one variable's. */
int
optionrow_check_rules(const struct optionrow *row, const char *value)
{
    struct span_of_text list = {value, strlen(value)};
    for (struct rule rule; rule_take(&list, &rule);) {
        if (!takes_rule(row, rule.kind)) {
            message_say("%s: '%.*s' is not a rule; give %s", row->variable,
                        (int)rule.text.length, rule.text.bytes,
                        shape_of_rules(row));
            return -1;
        }
        if (check_pattern(row->variable, rule.pattern,
                          fault_of_rule(row, rule.kind)) < 0)
            return -1;
    }
    return 0;
}
