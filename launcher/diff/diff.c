/* SPDX-License-Identifier: Apache-2.0
 *
 * diff.c: the verb `diff`.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "launcher/convert/selection.h"
#include "launcher/diff/comparison.h"
#include "launcher/report/report.h"
#include "launcher/report/view.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"
#include "launcher/support/verb.h"

enum {
    STATUS_HOLDS = 1 /* a condition of --fail-if */
};

/* == READING =============================================================== */

static int
fail(const char *what)
{
    message_say("%s: %s", what, strerror(errno));
    return STATUS_FAILED;
}

static int
read_one(const struct options *options, const struct conditions *conditions,
         struct child *child, char *session, struct ledger *ledger)
{
    if (ledger_prepare(conditions) < 0)
        return fail("a temporary file");
    int status = report_one(options, ledger_view(), child, session);
    if (ledger_take(ledger) < 0 && !status)
        return fail("a temporary file");
    return status;
}

static int
read_both(const struct options *options, const struct conditions *conditions,
          char **sessions, struct ledger ledgers[SIDES])
{
    struct child child;
    struct selection selection;
    int status = selection_choose(&selection, options);
    if (status)
        return status;
    child_begin(&child);
    for (int side = BEFORE; side < SIDES && !status; side++)
        status = read_one(options, conditions, &child, sessions[side],
                          &ledgers[side]);
    return status;
}

/* == CONDITIONS ============================================================ */

static int
check_condition(const struct condition *condition,
                const struct condition_sums *before,
                const struct condition_sums *after)
{
    if (before->functions == 0 && after->functions == 0) {
        message_say("--fail-if: no function in either recording matches '%s'; "
                    "codesnap report lists them all",
                    condition->glob);
        return STATUS_FAILED;
    }
    double old = condition_value(condition, before);
    double new = condition_value(condition, after);
    if (!condition_holds(condition, old, new))
        return 0;
    condition_say(condition, old, new);
    return STATUS_HOLDS;
}

/* A line for each that holds; what can't be looked at counts most. */
static int
check_conditions(const struct conditions *conditions,
                 const struct ledger ledgers[SIDES])
{
    int status = 0;
    for (size_t i = 0; i < conditions->count; i++) {
        int now = check_condition(&conditions->list[i],
                                  &ledgers[BEFORE].head.conditions[i],
                                  &ledgers[AFTER].head.conditions[i]);
        status = now > status ? now : status;
    }
    return status;
}

/* == SHOWING =============================================================== */

static int
put(const struct comparison *comparison, bool json)
{
    struct sink sink;
    if (sink_open(&sink, "-") != 0)
        return fail("standard output");
    if (json)
        comparison_put_json(comparison, &sink);
    else
        comparison_put_table(comparison, &sink);
    if (sink_close(&sink) == 0)
        return 0;
    if (errno == EPIPE) /* diff | head */
        child_end_as(SIGPIPE);
    return fail("standard output");
}

static int
show(const struct conditions *conditions, char **sessions,
     const struct ledger ledgers[SIDES])
{
    struct comparison comparison = {
        .ledgers = ledgers,
        .names = {message_name(sessions[BEFORE]),
                  message_name(sessions[AFTER])},
        .conditions = conditions,
        .sort = report_wish.sort,
        .limited = report_wish.limited,
        .limit = report_wish.limit,
    };
    int status = comparison_make(&comparison) == 0
                     ? put(&comparison, report_wish.json)
                     : fail("compare");
    comparison_free(&comparison);
    return status;
}

/* == THE VERB ============================================================== */

static int
compare(const struct options *options, const struct conditions *conditions,
        char **sessions)
{
    struct ledger ledgers[SIDES] = {{.entries = NULL}, {.entries = NULL}};
    int status = read_both(options, conditions, sessions, ledgers);
    if (!status)
        status = show(conditions, sessions, ledgers);
    if (!status)
        status = check_conditions(conditions, ledgers);
    for (int side = BEFORE; side < SIDES; side++)
        ledger_free(&ledgers[side]);
    return status;
}

int
diff_verb(const struct options *options, int argc, char **argv)
{
    struct conditions conditions;
    if (argc != 1 + SIDES) {
        message_say("diff takes two recordings, one before and one after: "
                    "codesnap diff [OPTION]... %s",
                    options->verb->usage);
        return STATUS_USAGE;
    }
    int status = STATUS_USAGE;
    if (conditions_choose(&conditions, options) == 0 && report_choose(options))
        status = compare(options, &conditions, argv + 1);
    conditions_free(&conditions);
    return status;
}
