/* SPDX-License-Identifier: Apache-2.0
 *
 * run.c: the verb `run`.  Everything that can be wrong is found before the
 * program starts; from then on codesnap only waits, collects, and ends as the
 * program did.  Read this first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "formats/spool/session.h"
#include "launcher/convert/output.h"
#include "launcher/convert/selection.h"
#include "launcher/report/report.h"
#include "launcher/run/collect.h"
#include "launcher/run/command.h"
#include "launcher/run/metering.h"
#include "launcher/run/preload.h"
#include "launcher/run/shots.h"
#include "launcher/run/target.h"
#include "launcher/support/child.h"
#include "launcher/support/message.h"
#include "launcher/support/options.h"
#include "launcher/support/verb.h"

struct launch {
    const struct options *options;
    struct outputs outputs;
    const struct format *view; /* of --report, or NULL */
    struct target target;
    char agent[PATH_MAX];
    int argc;
    char **argv; /* the command */
    struct outputname name;
};

/* Shared with the child until it executes the program. */
struct report {
    int status; /* not 0: the program was not started, and it said why */
    char session[PATH_MAX];
};

static int
prepare(struct launch *launch)
{
    struct selection selection; /* looked at again where it is used */
    int status = output_choose(&launch->outputs, launch->options);
    if (!status)
        status = selection_choose(&selection, launch->options);
    if (!status && options_flag(launch->options, OPTION_report) &&
        !(launch->view = report_choose(launch->options)))
        status = STATUS_USAGE;
    if (!status)
        status = target_find(&launch->target, launch->argv[0]);
    if (!status && strcmp(launch->outputs.list[0].path, "-") == 0) {
        message_say("-o -: standard output is the program's; record to a file, "
                    "then codesnap convert SESSION -o -");
        status = STATUS_USAGE;
    }
    if (!status)
        status = output_check(&launch->outputs);
    if (!status && preload_find(launch->agent) < 0)
        status = STATUS_FAILED;
    return status;
}

/* What %t and %n in an output's name stand for. */
static int
name_launch(struct launch *launch)
{
    size_t count = 0;
    for (int i = 0; i < launch->argc; i++)
        count += strlen(launch->argv[i]) + 1;
    char *words = malloc(count), *at = words;
    for (int i = 0; words && i < launch->argc; i++)
        at = stpcpy(at, launch->argv[i]) + 1;
    launch->name.start = time(NULL);
    launch->name.name = words ? outputname_of(words, count) : NULL;
    free(words);
    if (launch->name.name)
        return 0;
    message_say("%s", strerror(errno));
    return STATUS_FAILED;
}

/* == IN THE CHILD ========================================================== */

static int
make_session(struct launch *launch, struct report *report)
{
    char path[PATH_MAX] = "";
    launch->name.pid = getpid();
    output_expand(&launch->outputs, &launch->name);
    if (session_create(launch->outputs.list[0].path,
                       options_text(launch->options, OPTION_spool),
                       launch->argc, launch->argv, path, sizeof path) < 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        message_say("%s: can't make the session here: %s; name %s with --spool",
                    path, strerror(errno),
                    missing ? "a folder that exists" : "another folder");
        return STATUS_FAILED;
    }
    memcpy(report->session, path, sizeof path);
    return 0;
}

/* The agent comes before AddressSanitizer's library, which checks that it is
 * the first; the order does no harm, for the agent replaces nothing. */
static void
calm_sanitizer(void)
{
    const char *given = getenv("ASAN_OPTIONS");
    char value[4096];
    if (snprintf(value, sizeof value, "%s%sverify_asan_link_order=0",
                 given ? given : "", given ? ":" : "") < (int)sizeof value)
        setenv("ASAN_OPTIONS", value, 1);
}

static int
set_environment(const struct launch *launch, const char *session)
{
    char *list = preload_compose(launch->agent, getenv("LD_PRELOAD"));
    options_export(launch->options);
    if (options_is_given(launch->options, OPTION_rotate) &&
        !options_is_given(launch->options, OPTION_last))
        setenv("CODESNAP_LAST", options_text(launch->options, OPTION_rotate),
               1);
    unsetenv("CODESNAP_OUT"); /* the session is where it goes */
    int result = !list || setenv("LD_PRELOAD", list, 1) ||
                 setenv("CODESNAP_SESSION", session, 1);
    free(list);
    if (launch->target.sanitized)
        calm_sanitizer();
    if (result)
        message_say("%s", strerror(errno));
    return result ? STATUS_FAILED : 0;
}

static int
execute(const struct launch *launch)
{
    /* execvp hands what the kernel does not know to the shell, which would
     * read an executable of another processor as a script. */
    if (launch->target.obstacle != OBSTACLE_FOREIGN)
        execvp(launch->argv[0], launch->argv);
    else
        execv(launch->target.path, launch->argv);
    if (errno == ENOENT)
        message_say("%s: the interpreter in its first line is not there",
                    launch->target.path);
    else
        message_say("%s: %s", launch->target.path, strerror(errno));
    return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static _Noreturn void
start(struct launch *launch, struct report *report)
{
    int status = 0;
    if (!target_refuses(&launch->target))
        status = make_session(launch, report);
    if (!status && *report->session)
        status = set_environment(launch, report->session);
    report->status = status ? status : execute(launch);
    _exit(report->status);
}

/* == IN THE PARENT ========================================================= */

static void
finish(struct launch *launch, const struct report *report, struct child *child,
       int status)
{
    const struct collection collection = {
        .options = launch->options,
        .target = &launch->target,
        .outputs = &launch->outputs,
        .session = report->session,
        .status = status,
    };
    if (launch->view)
        output_show(&launch->outputs, launch->view);
    if (!report->status)
        collect(&collection, child);
    else if (*report->session)
        session_remove(report->session);
}

/* What is done meanwhile, again and again. */
struct watch {
    struct shots shots;
    struct metering metering;
    bool shoots, meters;
};

static void
look(void *context)
{
    struct watch *watch = context;
    if (watch->shoots)
        shots_look(&watch->shots);
    if (watch->meters)
        metering_look(&watch->metering);
}

/* Until it ends. */
static int
watch_it(struct launch *launch, const struct report *report,
         struct child *child)
{
    static struct watch watch; /* looked at in child_wait */
    launch->name.pid = child->pid;
    output_expand(&launch->outputs, &launch->name);
    watch.shoots = shots_begin(&watch.shots, launch->options, child,
                               report->session, launch->outputs.list[0].path);
    watch.meters =
        metering_begin(&watch.metering, launch->options, report->session);
    child->look = watch.shoots || watch.meters ? look : NULL;
    child->looker = &watch;
    int status = child_wait(child, CHILD_PROGRAM, NULL);
    metering_end(&watch.metering);
    if (watch.shoots)
        shots_end(&watch.shots);
    return status;
}

static int
launch_and_wait(struct launch *launch)
{
    struct child child;
    struct report *report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED) {
        message_say("%s", strerror(errno));
        return STATUS_FAILED;
    }
    child_begin(&child);
    if (child_fork(&child) < 0) {
        message_say("can't start a process: %s", strerror(errno));
        return STATUS_FAILED;
    }
    if (child.pid == 0)
        start(launch, report);
    child_let_go();
    int status = watch_it(launch, report, &child);
    finish(launch, report, &child, status);
    child_end_as(status);
}

int
run_verb(const struct options *options, int argc, char **argv)
{
    static struct launch launch;
    launch.options = options;
    launch.argv = command_complete(argv + 1, argc - 1, &launch.argc);
    int status = launch.argv ? prepare(&launch) : STATUS_NOT_FOUND;
    if (!status)
        status = name_launch(&launch);
    return status ? status : launch_and_wait(&launch);
}
