/* SPDX-License-Identifier: Apache-2.0
 *
 * config.c: environment variables, by the names that options.def gives them.
 */
#include "agent/session/config.h"

#include <stdlib.h>
#include <string.h>

#include "agent/base/complaint.h"
#include "formats/base/amount.h"
#include "formats/base/happening.h"
#include "formats/base/pattern.h"
#include "formats/base/rule.h"
#include "formats/base/share.h"
#include "formats/base/signalname.h"

/* Every variable of the table under its option's name; NULL where not set. */
struct variables {
#define OPTION(name, letter, variable, type, argument, otherwise, help) \
    const char *name;
#include "agent/session/options.def"
#undef OPTION
};

static const char *
get(const char *variable)
{
    const char *value = *variable ? getenv(variable) : NULL;
    return value && *value ? value : NULL;
}

#define LARGEST (UINT64_MAX >> 1)

/* "64M": bytes, with K, M or G; otherwise where it is not a size. */
static uint64_t
read_size(const char *text, uint64_t otherwise)
{
    static const char units[] = "KMG";
    uint64_t bytes = 0;
    const char *at = text;
    for (; at && *at >= '0' && *at <= '9' && bytes < 1ull << 50; at++)
        bytes = bytes * 10 + (uint64_t)(*at - '0');
    if (!at || at == text)
        return otherwise;
    char letter = (char)(*at & ~0x20);
    const char *unit = letter ? strchr(units, letter) : NULL;
    if (*at && (!unit || at[1]))
        return otherwise;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    return bytes > LARGEST >> shift ? LARGEST : bytes << shift;
}

/* From 1 on; otherwise where it is none. */
static uint32_t
read_number(const char *text, uint32_t otherwise)
{
    uint64_t number = 0;
    for (const char *at = text; at && *at; at++) {
        if (*at < '0' || *at > '9')
            return otherwise;
        number = number * 10 + (uint64_t)(*at - '0');
        if (number >= UINT32_MAX)
            number = UINT32_MAX - 1;
    }
    return number ? (uint32_t)number : otherwise;
}

static enum config_children
read_children(const char *text)
{
    if (text && strcmp(text, "no") == 0)
        return CHILDREN_NO;
    return text && strcmp(text, "all") == 0 ? CHILDREN_ALL : CHILDREN_YES;
}

/* A ring that is as large as the session may become is the way to go on. */
static void
read_limits(struct config *config, const char *size, const char *when_full)
{
    uint64_t bytes = read_size(size, 0);
    if (!when_full || strcmp(when_full, "ring") != 0)
        config->max_bytes = bytes;
    else if (bytes && (!config->last.bytes || bytes < config->last.bytes))
        config->last.bytes = bytes;
}

int
config_read(struct config *config)
{
    const char *disable = getenv(CONFIG_DISABLE);
    if (disable && strcmp(disable, "1") == 0)
        return -1;
    struct variables set = {
#define OPTION(name, letter, variable, type, argument, otherwise, help) \
    .name = get(variable),
#include "agent/session/options.def"
#undef OPTION
    };
    config->session = get(CONFIG_SESSION);
    config->output = set.output;
    config->format = set.format;
    config->spool = set.spool;
    config->process = set.process;
    config->python.from_start = set.from && strcmp(set.from, "start") == 0;
    config->python.paused = set.start && strcmp(set.start, "paused") == 0;
    config->python.delay_ns = set.delay ? amount_duration_ns(set.delay) : 0;
    config->python.snapshots =
        set.signal_action && strcmp(set.signal_action, "snapshot") == 0;
    config->python.signal = set.signal ? signalname_number(set.signal) : 0;
    config->python.duration_ns =
        set.duration ? amount_duration_ns(set.duration) : 0;
    config->python.in_python = set.tracer && strcmp(set.tracer, "python") == 0;
    config->python.rules = set.include;
    config->python.arguments = set.args;
    config->python.by_repr = set.args_repr && strcmp(set.args_repr, "0") != 0;
    config->python.triggers = set.trigger;
    config->python.collections = set.gc && strcmp(set.gc, "0") != 0;
    config->python.happenings = set.events ? happening_read(set.events) : 0;
    config->python.counters = set.counters && strcmp(set.counters, "0") != 0;
    config->python.cpu = set.cpu;
    config->python.gil = !set.gil || strcmp(set.gil, "no") != 0;
    config->python.exceptions =
        set.exceptions && strcmp(set.exceptions, "0") != 0;
    config->python.tasks = !set.async || strcmp(set.async, "no") != 0;
    config->python.calls = set.syscalls && strcmp(set.syscalls, "0") != 0;
    config->python.most_overhead =
        set.max_overhead ? share_per_mille(set.max_overhead) : 0;
    config->python.shortest_ns =
        set.min_duration ? amount_duration_ns(set.min_duration) : 0;
    config->python.own = set.own && strcmp(set.own, "0") != 0;
    config->python.most_calls = read_number(set.max_depth, UINT32_MAX);
    config->python.c_calls = !set.c_calls || strcmp(set.c_calls, "no") != 0;
    if (set.last && amount_read(set.last, &config->last) < 0)
        config->last = (struct amount){0};
    read_limits(config, set.max_size, set.when_full);
    config->children = read_children(set.children);
    config->exit_convert_bytes = read_size(set.exit_convert, 64u << 20);
    return config->session || config->output ? 0 : -1;
}

/* == COMPLAINTS =========================================================== */

enum type {
    FLAG,
    TEXT,
    TEXTS,
    GLOB,
    CHOICE,
    SIZE,
    NUMBER,
    AMOUNT,
    DURATION,
    PERCENT,
    RULE
};

static void
check_rules(const char *variable, const char *rules)
{
    struct span_of_text list = {rules, strlen(rules)};
    bool arguments = strcmp(variable, "CODESNAP_ARGS") == 0;
    for (struct rule rule; rule_take(&list, &rule);) {
        const char *fault =
            rule.kind == RULE_REDACT ? NULL : pattern_fault(rule.pattern);
        if (!(arguments ? rule_is_of_arguments
                        : rule_is_of_functions)(rule.kind))
            complaint_say("%s: '%.*s' is not a rule (%s); passed over",
                          variable, (int)rule.text.length, rule.text.bytes,
                          arguments ? "args=PATTERN;returns=PATTERN"
                                    : "exclude=PATTERN;include=PATTERN");
        else if (fault)
            complaint_say("%s: '%.*s' %s", variable, (int)rule.pattern.length,
                          rule.pattern.bytes, fault);
    }
}

/* Is it one of a|b|c? */
static bool
is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (const char *at = choices; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, value, length) == 0 &&
            (!at[length] || at[length] == '|'))
            return true;
    }
    return false;
}

static void
check(const char *variable, enum type type, const char *choices,
      const char *otherwise)
{
    const char *value = get(variable);
    if (!value)
        return;
    if (type == CHOICE && !is_choice(choices, value))
        complaint_say("%s: '%s' is not one of its values: %s; taken as %s",
                      variable, value, choices, otherwise);
    if (type == FLAG && strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        complaint_say("%s: '%s' is neither 1 nor 0; taken as 1", variable,
                      value);
    if (type == SIZE && read_size(value, UINT64_MAX) == UINT64_MAX)
        complaint_say("%s: '%s' is not a size (bytes, with K, M or G); taken "
                      "as %s",
                      variable, value, otherwise);
    if (type == NUMBER && read_number(value, 0) == 0)
        complaint_say("%s: '%s' is not a number from 1 on; passed over",
                      variable, value);
    struct amount amount;
    if (type == AMOUNT && amount_read(value, &amount) < 0)
        complaint_say("%s: '%s' is no duration and no size (10s, 64M or "
                      "10s,64M); passed over",
                      variable, value);
    if (type == DURATION && !amount_duration_ns(value))
        complaint_say("%s: '%s' is not a duration (50us, 10s, 5m or 1h); "
                      "passed over",
                      variable, value);
    if (type == PERCENT && !share_per_mille(value))
        complaint_say("%s: '%s' is not a share (5%%); passed over", variable,
                      value);
    if (type == RULE && strcmp(variable, "CODESNAP_TRIGGER") != 0)
        check_rules(variable, value);
}

/* Nobody is there to write them. */
static void
check_snapshots(const char *action)
{
    if (action && strcmp(action, "snapshot") == 0)
        complaint_say("CODESNAP_SIGNAL_ACTION: only codesnap run writes "
                      "snapshots; the signal does nothing");
}

static void
check_triggers(const char *triggers)
{
    if (triggers && *triggers)
        complaint_say("CODESNAP_TRIGGER: only codesnap run writes snapshots; "
                      "triggers are marked in the recording alone");
}

/* Whoever runs without the launcher sets variables. */
static void
check_settings(const char *file)
{
    if (file && strcmp(file, "no") != 0)
        complaint_say(
            "CODESNAP_CONFIG: only codesnap run reads settings from a "
            "file; set the variables of the options");
}

/* CODESNAP_EXCLUDE, as one would guess. */
static void
check_name(const char *option, const char *variable)
{
    char guess[64] = "CODESNAP_";
    size_t used = strlen(guess);
    for (; *option && used < sizeof guess - 1; option++)
        guess[used++] = *option == '_' ? '_' : (char)(*option - 'a' + 'A');
    if (*variable && strcmp(guess, variable) != 0 && get(guess))
        complaint_say("%s: there is no such variable, but %s; passed over",
                      guess, variable);
}

void
config_complain(void)
{
    const char *checked = ""; /* a variable of several rules is one's */
    check_settings(getenv("CODESNAP_CONFIG"));
    check_snapshots(getenv("CODESNAP_SIGNAL_ACTION"));
    check_triggers(getenv("CODESNAP_TRIGGER"));
#define OPTION(name, letter, variable, type, argument, otherwise, help) \
    check_name(#name, variable);                                        \
    if (strcmp(checked, variable) != 0)                                 \
        check(variable, type, argument, otherwise);                     \
    checked = variable;
#include "agent/session/options.def"
#undef OPTION
}
