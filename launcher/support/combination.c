/* SPDX-License-Identifier: Apache-2.0
 *
 * combination.c: see combination.h.  Only flags count; what the environment says
 * may be meant for another verb.
 */
#include "launcher/support/combination.h"

#include <string.h>

#include "launcher/support/message.h"

enum relation {
    NEEDS,
    EXCLUDES
};

static const struct rule {
    const char *verb; /* NULL: all */
    enum option option;
    enum relation relation;
    enum option other;
} rules[] = {
    {"run", OPTION_sort, NEEDS, OPTION_report},
    {"run", OPTION_tree, NEEDS, OPTION_report},
    {"run", OPTION_slowest, NEEDS, OPTION_report},
    {"run", OPTION_threads, NEEDS, OPTION_report},
    {"run", OPTION_processes, NEEDS, OPTION_report},
    {"run", OPTION_limit, NEEDS, OPTION_report},
    {"run", OPTION_json, NEEDS, OPTION_report},
    {"run", OPTION_output, EXCLUDES, OPTION_report},
    {"run", OPTION_format, EXCLUDES, OPTION_report},
    {"run", OPTION_open, EXCLUDES, OPTION_report},
    {"run", OPTION_source, EXCLUDES, OPTION_report},
    {NULL, OPTION_sort, EXCLUDES, OPTION_tree},
    {NULL, OPTION_sort, EXCLUDES, OPTION_slowest},
    {NULL, OPTION_sort, EXCLUDES, OPTION_threads},
    {NULL, OPTION_sort, EXCLUDES, OPTION_processes},
};

static bool
is_broken(const struct rule *rule, const struct options *options)
{
    bool other = options_is_flagged(options, rule->other);
    return (!rule->verb || strcmp(rule->verb, options->verb->name) == 0) &&
           options_is_flagged(options, rule->option) &&
           other == (rule->relation == EXCLUDES);
}

int
combination_check(const struct options *options)
{
    char name[OPTION_NAME_BYTES], other[OPTION_NAME_BYTES];
    if (strcmp(options->verb->name, "run") == 0 &&
        options_is_flagged(options, OPTION_exit_convert)) {
        message_say("--exit-convert has no effect here: codesnap run converts "
                    "recordings of any size; leave it out");
        return -1;
    }
    if (strcmp(options_text(options, OPTION_tracer), "python") == 0 &&
        (options_is_flagged(options, OPTION_include) ||
         options_is_flagged(options, OPTION_exclude) ||
         options_is_flagged(options, OPTION_exclude_tree))) {
        message_say("the tracer in Python records all functions; leave out "
                    "--include and --exclude, or --tracer=python");
        return -1;
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (!is_broken(&rules[i], options))
            continue;
        optionrow_name(name, rules[i].option);
        optionrow_name(other, rules[i].other);
        if (rules[i].relation == NEEDS)
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
