/* SPDX-License-Identifier: Apache-2.0
 *
 * report.c: the verb `report`, and which view it shows.
 */
#include "launcher/report/report.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/escape.h"
#include "launcher/convert/conversion.h"
#include "launcher/convert/selection.h"
#include "launcher/convert/summary.h"
#include "launcher/convert/tally.h"
#include "launcher/report/view.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"
#include "launcher/support/verb.h"

/* == THE VIEW ============================================================== */

static int
read_limit(const struct options *options)
{
    const char *value = options_text(options, OPTION_limit);
    char *end;
    report_wish.limited = options_is_given(options, OPTION_limit);
    if (!report_wish.limited)
        return 0;
    report_wish.limit = strtoull(value, &end, 10);
    if (!*end && *value >= '0' && *value <= '9')
        return 0;
    message_say("--limit: '%s' is not a number of rows; 0 shows all", value);
    return -1;
}

const struct format *
report_choose(const struct options *options)
{
    static const struct {
        enum option option;
        const struct format *view;
    } views[] = {
        {OPTION_tree, &report_tree},
        {OPTION_imports, &report_imports},
        {OPTION_slow, &report_slow},
        {OPTION_slowest, &report_slowest},
        {OPTION_threads, &report_threads},
        {OPTION_tasks, &report_tasks},
        {OPTION_processes, &report_processes},
    };
    const struct format *chosen = NULL;
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (!options_is_given(options, views[i].option))
            continue;
        if (chosen) {
            message_say("one of --tree, --imports, --slow, --slowest, "
                        "--threads, --tasks and --processes at a time");
            return NULL;
        }
        chosen = views[i].view;
    }
    report_wish.sort = options_text(options, OPTION_sort);
    report_wish.json = options_flag(options, OPTION_json);
    if (options_is_given(options, OPTION_slowest))
        report_wish.slowest = options_text(options, OPTION_slowest);
    if (read_limit(options) < 0)
        return NULL;
    if (chosen)
        return chosen;
    /* While a program is recorded it says that, too. */
    return options_is_flagged(options, OPTION_exceptions) ? &report_exceptions
                                                          : &report_functions;
}

/* == THE VERB ============================================================== */

int
report_one(const struct options *options, const struct format *view,
           struct child *child, char *session)
{
    struct outputs outputs;
    struct summary summary = {.session = session, .outputs = &outputs};
    for (size_t end = strlen(session); end > 1 && session[end - 1] == '/';)
        session[--end] = '\0';
    output_show(&outputs, view);
    report_wish.session = session;
    summary.conversion =
        conversion_run(child, &(struct sessions){&summary.session, 1, true},
                       &outputs, options);
    if (!summary.conversion)
        return STATUS_FAILED;
    if (summary.conversion->interrupted)
        child_end_as(SIGINT);
    if (summary.conversion->unread) /* report | head */
        child_end_as(SIGPIPE);
    if (!conversion_is_complete(summary.conversion, &outputs)) {
        summary_say_failure(&summary);
        return STATUS_FAILED;
    }
    if (summary.conversion->empty) {
        message_say("%s: no call is recorded in it", session);
        return STATUS_FAILED;
    }
    return 0;
}

int
report_show(const struct options *options, const struct format *view, int argc,
            char **argv)
{
    struct child child;
    struct selection selection;
    int status = selection_choose(&selection, options);
    if (status)
        return status;
    child_begin(&child);
    for (int i = 1; i < argc && !status; i++)
        status = report_one(options, view, &child, argv[i]);
    return status;
}

int
report_verb(const struct options *options, int argc, char **argv)
{
    const struct format *view = report_choose(options);
    return view ? report_show(options, view, argc, argv) : STATUS_USAGE;
}
