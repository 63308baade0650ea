/* SPDX-License-Identifier: Apache-2.0
 *
 * merge.c: the verb `merge`: several sessions as one trace.  What is special
 * about them the reader knows; here they are only named.
 */
#include <stddef.h>

#include "launcher/convert/conversion.h"
#include "launcher/convert/output.h"
#include "launcher/convert/selection.h"
#include "launcher/convert/summary.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"
#include "launcher/support/verb.h"

static int
check(struct outputs *outputs, const struct options *options,
      const struct sessions *sessions)
{
    struct selection selection; /* looked at again where it is used */
    int status = output_choose(outputs, options);
    for (size_t i = 0; i < sessions->count && !status; i++)
        status = output_check_outside(outputs, sessions->paths[i]);
    if (!status)
        status = output_check(outputs);
    return status ? status : selection_choose(&selection, options);
}

static int
merge(const struct options *options, const struct sessions *sessions)
{
    struct outputs outputs;
    struct child child;
    struct summary summary = {.outputs = &outputs,
                              .session = sessions->paths[0],
                              .next_steps =
                                  !options_flag(options, OPTION_open)};
    int status = check(&outputs, options, sessions);
    if (status)
        return status;
    child_begin(&child);
    summary.conversion = conversion_run(&child, sessions, &outputs, options);
    if (!summary.conversion)
        return STATUS_FAILED;
    if (summary.conversion->empty) {
        message_say("no call is recorded in any of these sessions, nothing was "
                    "written");
        return STATUS_FAILED;
    }
    return summary_end(&summary, options);
}

int
merge_verb(const struct options *options, int argc, char **argv)
{
    const struct sessions sessions = {
        .paths = (const char *const *)(argv + 1),
        .count = (size_t)argc - 1,
    };
    if (argc < 3) {
        message_say("nothing to merge %s with: codesnap merge SESSION SESSION "
                    "-o OUT (one alone: codesnap convert)",
                    argv[1]);
        return STATUS_USAGE;
    }
    return merge(options, &sessions);
}
