/* SPDX-License-Identifier: Apache-2.0
 *
 * convert.c: the verb `convert`.  Nothing in the environment steers it; the
 * session stays.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "formats/spool/session.h"
#include "launcher/convert/conversion.h"
#include "launcher/convert/output.h"
#include "launcher/convert/selection.h"
#include "launcher/convert/summary.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"
#include "launcher/support/verb.h"

/* "t.json" for ".../t.json.codesnap.2": the output that the session was for. */
static void
default_output(const char *session, char *path, size_t room)
{
    const char *slash = strrchr(session, '/');
    const char *name = slash ? slash + 1 : session, *end = name;
    for (const char *at = name; (at = strstr(at, SESSION_SUFFIX)); at++)
        end = at;
    snprintf(path, room, "%.*s", (int)(end - name), name);
    if (!format_for_path(path))
        snprintf(path, room, "result.html");
}

static int
choose(struct outputs *outputs, const struct options *options,
       const char *session)
{
    char path[PATH_MAX];
    int status;
    if (options_is_given(options, OPTION_output))
        status = output_choose(outputs, options);
    else {
        default_output(session, path, sizeof path);
        outputs->count = 0;
        status =
            output_add(outputs, path, options_text(options, OPTION_format));
    }
    if (!status)
        status = output_check_outside(outputs, session);
    return status ? status : output_check(outputs);
}

static int
convert(const struct options *options, struct child *child, char *session)
{
    struct outputs outputs;
    struct summary summary = {.session = session,
                              .outputs = &outputs,
                              .next_steps =
                                  !options_flag(options, OPTION_open)};

    for (size_t end = strlen(session); end > 1 && session[end - 1] == '/';)
        session[--end] = '\0';
    int status = choose(&outputs, options, session);
    if (status)
        return status;
    summary.conversion = conversion_run(
        child, &(struct sessions){.paths = &summary.session, .count = 1},
        &outputs, options);
    if (!summary.conversion)
        return STATUS_FAILED;
    return summary_end(&summary, options);
}

int
convert_verb(const struct options *options, int argc, char **argv)
{
    struct child child;
    struct selection selection; /* looked at again where it is used */
    int status = 0;

    if (argc > 2 && options_is_given(options, OPTION_output)) {
        message_say("-o names one output for %d sessions; convert them one by "
                    "one, leave -o out, or put them on one time axis: "
                    "codesnap merge",
                    argc - 1);
        return STATUS_USAGE;
    }
    status = selection_choose(&selection, options);
    child_begin(&child);
    for (int i = 1; i < argc && !status; i++)
        status = convert(options, &child, argv[i]);
    return status;
}
