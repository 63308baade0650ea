/* SPDX-License-Identifier: Apache-2.0
 *
 * combination.c: see combination.h.  Of options that need or exclude each other only
 * flags count: what the environment and files say may be meant for another run.
 */
#include "launcher/support/combination.h"

#include <stdlib.h>
#include <string.h>

#include "formats/base/happening.h"
#include "formats/base/rule.h"
#include "formats/base/trigger.h"
#include "launcher/support/message.h"

enum relation {
    NEEDS,
    EXCLUDES
};

static const struct relative {
    const char *verb; /* NULL: all */
    enum option option;
    enum relation relation;
    enum option other;
} relatives[] = {
    {"run", OPTION_sort, NEEDS, OPTION_report},
    {"run", OPTION_tree, NEEDS, OPTION_report},
    {"run", OPTION_imports, NEEDS, OPTION_report},
    {"run", OPTION_slowest, NEEDS, OPTION_report},
    {"run", OPTION_threads, NEEDS, OPTION_report},
    {"run", OPTION_tasks, NEEDS, OPTION_report},
    {"run", OPTION_processes, NEEDS, OPTION_report},
    {"run", OPTION_limit, NEEDS, OPTION_report},
    {"run", OPTION_json, NEEDS, OPTION_report},
    {"run", OPTION_output, EXCLUDES, OPTION_report},
    {"run", OPTION_format, EXCLUDES, OPTION_report},
    {"run", OPTION_open, EXCLUDES, OPTION_report},
    {"run", OPTION_source, EXCLUDES, OPTION_report},
    {NULL, OPTION_sort, EXCLUDES, OPTION_tree},
    {NULL, OPTION_sort, EXCLUDES, OPTION_imports},
    {NULL, OPTION_sort, EXCLUDES, OPTION_slowest},
    {NULL, OPTION_sort, EXCLUDES, OPTION_threads},
    {NULL, OPTION_sort, EXCLUDES, OPTION_processes},
};

static bool
is_broken(const struct relative *rule, const struct options *options)
{
    bool other = options_is_flagged(options, rule->other);
    return (!rule->verb || strcmp(rule->verb, options->verb->name) == 0) &&
           options_is_flagged(options, rule->option) &&
           other == (rule->relation == EXCLUDES);
}

static int
check_relatives(const struct options *options)
{
    char name[OPTION_NAME_BYTES], other[OPTION_NAME_BYTES];
    for (size_t i = 0; i < sizeof relatives / sizeof *relatives; i++) {
        if (!is_broken(&relatives[i], options))
            continue;
        optionrow_name(name, relatives[i].option);
        optionrow_name(other, relatives[i].other);
        if (relatives[i].relation == NEEDS)
            message_say("--%s has no effect without --%s; add that, or leave "
                        "--%s out",
                        name, other, name);
        else
            message_say("--%s has no effect with --%s; leave one of them out",
                        name, other);
        return -1;
    }
    return 0;
}

/* == VALUES ================================================================ */

static bool
has_value(const struct options *options, enum option option, const char *value)
{
    return strcmp(options_text(options, option), value) == 0;
}

/* A pid is not known before. */
static bool
asks_for_pid(const struct options *options)
{
    const char *name = options_text(options, OPTION_process);
    return options_is_flagged(options, OPTION_process) &&
           !name[strspn(name, "0123456789")];
}

static bool
is_any_given(const struct options *options, const enum option *list,
             size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (options_is_given(options, list[i]))
            return true;
    return false;
}

#define ANY_GIVEN(list) \
    is_any_given(options, list, sizeof(list) / sizeof *(list))

static const char *
fault_of_python_tracer(const struct options *options)
{
    static const enum option rules[] = {OPTION_include, OPTION_exclude,
                                        OPTION_exclude_tree},
                             control[] = {OPTION_delay, OPTION_duration,
                                          OPTION_signal},
                             bounds[] = {OPTION_last, OPTION_max_size,
                                         OPTION_max_overhead, OPTION_rotate},
                             arguments[] = {OPTION_args, OPTION_returns,
                                            OPTION_redact, OPTION_args_repr},
                             slow[] = {OPTION_trigger, OPTION_snapshots};
    if (!has_value(options, OPTION_tracer, "python"))
        return NULL;
    if (ANY_GIVEN(rules))
        return "the tracer in Python records all functions; leave out "
               "--include and --exclude, or --tracer=python";
    if (ANY_GIVEN(control))
        return "the tracer in Python is not controlled from outside; leave out "
               "--delay, --duration and --signal, or --tracer=python";
    if (options_is_given(options, OPTION_events))
        return "the tracer in Python does not look at what happens; leave out "
               "--events, or --tracer=python";
    if (options_is_given(options, OPTION_counters))
        return "the tracer in Python records no counters; leave out "
               "--counters, or --tracer=python";
    if (options_is_given(options, OPTION_gc))
        return "the tracer in Python does not record collections; leave out "
               "--gc, or --tracer=python";
    if (options_is_given(options, OPTION_exceptions))
        return "the tracer in Python does not record exceptions; leave out "
               "--exceptions, or --tracer=python";
    if (ANY_GIVEN(arguments))
        return "the tracer in Python records no arguments; leave out --args, "
               "--returns, --redact and --args-repr, or --tracer=python";
    if (options_is_given(options, OPTION_syscalls) ||
        (options_is_flagged(options, OPTION_gil) &&
         has_value(options, OPTION_gil, "yes")))
        return "the tracer in Python does not record waits; leave out --gil "
               "and --syscalls, or --tracer=python";
    if (ANY_GIVEN(slow))
        return "the tracer in Python writes no snapshots; leave out --trigger "
               "and --snapshots, or --tracer=python";
    if (ANY_GIVEN(bounds))
        return "the tracer in Python keeps all that it records; leave out "
               "--last, --max-size, --max-overhead and --rotate, or "
               "--tracer=python";
    return NULL;
}

static const char *
fault_of_triggers(const struct options *options)
{
    char *text = options_rules(options, OPTION_trigger);
    struct span_of_text list = {text, text ? strlen(text) : 0};
    size_t count = 0;
    for (struct rule rule; rule_take(&list, &rule);)
        count++;
    free(text);
    return count > TRIGGERS_MOST
               ? "--trigger is given more than 15 times; give fewer, with "
                 "patterns that mean several functions"
               : NULL;
}

static const char *
fault_of_run(const struct options *options)
{
    if (options_is_flagged(options, OPTION_exit_convert))
        return "--exit-convert has no effect here: codesnap run converts "
               "recordings of any size; leave it out";
    if (asks_for_pid(options))
        return "--process: no process has its pid before it starts; give a "
               "name";
    if (options_is_flagged(options, OPTION_wait) &&
        has_value(options, OPTION_children, "no"))
        return "--wait has no effect with --children=no, which records nobody "
               "that could be left; leave one of them out";
    if (options_is_given(options, OPTION_events) &&
        !happening_read(options_text(options, OPTION_events)))
        return "--events takes log, warnings, sql, http and subprocess, with "
               "commas between them, or all";
    const char *fault = fault_of_python_tracer(options);
    if (!fault)
        fault = fault_of_triggers(options);
    if (fault)
        return fault;
    if ((options_is_flagged(options, OPTION_redact) ||
         options_is_flagged(options, OPTION_args_repr)) &&
        !options_is_given(options, OPTION_args) &&
        !options_is_given(options, OPTION_returns))
        return "--redact and --args-repr have no effect without --args or "
               "--returns; give one of those, too";
    if (has_value(options, OPTION_signal_action, "snapshot") &&
        !options_is_given(options, OPTION_signal))
        return "--signal-action says what --signal does; give that, too, as "
               "in --signal USR2";
    if (has_value(options, OPTION_start, "paused") &&
        options_is_given(options, OPTION_delay))
        return "--start=paused and --delay are two ways to begin; leave one of "
               "them out";
    return NULL;
}

static int
check_run(const struct options *options)
{
    const char *fault =
        strcmp(options->verb->name, "run") == 0 ? fault_of_run(options) : NULL;
    if (fault)
        message_say("%s", fault);
    return fault ? -1 : 0;
}

/* == THE SAME TWICE ======================================================== */

static bool
may_repeat(enum option option)
{
    enum option_type type = optionrows[option].type;
    return type == RULE || type == TEXTS || type == FLAG;
}

static int
check_repeated(const struct options *options)
{
    char name[OPTION_NAME_BYTES];
    for (size_t i = 0; i < options->given_count; i++) {
        enum option option = options->given[i].option;
        const char *last = options_text(options, option);
        if (may_repeat(option) || strcmp(options->given[i].value, last) == 0)
            continue;
        message_say("--%s is given twice, as '%s' and '%s'; leave one of them "
                    "out",
                    optionrow_name(name, option), options->given[i].value,
                    last);
        return -1;
    }
    return 0;
}

/* == RULES ================================================================= */

static bool
is_same(struct span_of_text a, struct span_of_text b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static bool
fits_all(struct span_of_text glob)
{
    return is_same(glob, (struct span_of_text){"*", 1}) ||
           is_same(glob, (struct span_of_text){"*:*", 3});
}

/* A rule of another kind that comes later fits whatever this one does. */
static bool
is_undone(const struct rule *rule, struct span_of_text rest, struct rule *later)
{
    while (rule_take(&rest, later))
        if (later->kind != rule->kind &&
            (fits_all(later->pattern) ||
             is_same(later->pattern, rule->pattern)))
            return true;
    return false;
}

static int
check_rules(const struct options *options)
{
    char *text = options_rules(options, OPTION_include);
    struct span_of_text list = {text, text ? strlen(text) : 0};
    struct rule rule, later;
    int result = 0;
    while (!result && rule_take(&list, &rule)) {
        if (!is_undone(&rule, list, &later))
            continue;
        message_say("--%.*s has no effect, since --%.*s comes after it; leave "
                    "one of them out, or change their order",
                    (int)rule.text.length, rule.text.bytes,
                    (int)later.text.length, later.text.bytes);
        result = -1;
    }
    free(text);
    return result;
}

int
combination_check(const struct options *options)
{
    return check_repeated(options) < 0 || check_run(options) < 0 ||
                   check_rules(options) < 0 || check_relatives(options) < 0
               ? -1
               : 0;
}
