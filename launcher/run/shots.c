/* SPDX-License-Identifier: Apache-2.0
 *
 * shots.c: see shots.h.  Whoever writes one is this program once more, as `codesnap
 * ctl SESSION snapshot FILE`; one at a time.
 */
#include "launcher/run/shots.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/base/amount.h"
#include "formats/format.h"
#include "formats/spool/clock.h"
#include "formats/spool/control.h"

bool
shots_begin(struct shots *shots, const struct options *options,
            const struct child *child, const char *session, const char *output)
{
    const char *period = options_text(options, OPTION_rotate);
    *shots = (struct shots){
        .session = session,
        .output = output,
        .format = options_text(options, OPTION_format),
        .child = child,
        .period_ns = *period ? amount_duration_ns(period) : 0,
        .by_signal = strcmp(options_text(options, OPTION_signal_action),
                            "snapshot") == 0,
    };
    shots->next_ns = clock_nanoseconds(CLOCK_MONOTONIC) + shots->period_ns;
    shots->by_alarm = alarms_begin(&shots->alarms, options);
    return shots->period_ns || shots->by_signal || shots->by_alarm;
}

/* == NAMES ================================================================= */

static size_t
suffix_of(const char *output)
{
    const struct format *format = format_for_path(output);
    size_t length = strlen(output);
    size_t suffix = format ? strlen(format->suffix) : 0;
    return suffix < length ? length - suffix : length;
}

void
shots_name(const char *output, unsigned number, const char *reason, char *path)
{
    size_t stem = suffix_of(output);
    snprintf(path, PATH_MAX, "%.*s.%u%s%s%s", (int)stem, output, number,
             *reason ? "." : "", reason, output + stem);
}

/* == TAKING ================================================================ */

/* As after an exec from a shell: with the signals that we were started with. */
static _Noreturn void
write_one(const struct shots *shots, const char *path)
{
    const char *words[10] = {"codesnap", "ctl", "-q"};
    size_t count = 3;
    if (*shots->format) {
        words[count++] = "--format";
        words[count++] = shots->format;
    }
    words[count++] = shots->session;
    words[count++] = "snapshot";
    words[count] = path;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigaction(SIGCHLD, &shots->child->on_child, NULL);
    sigprocmask(SIG_SETMASK, &shots->child->mask, NULL);
    execv("/proc/self/exe", (char **)(uintptr_t)words);
    _exit(127);
}

/* For an occasion, or, where that has no pid, for what its text says. */
static void
take(struct shots *shots, const struct occasion *occasion)
{
    char path[PATH_MAX], label[TRIGGER_LABEL_ROOM];
    trigger_label(occasion->text, label);
    shots_name(shots->output, ++shots->number, label, path);
    pid_t pid = fork();
    if (pid == 0) {
        if (occasion->pid)
            occasion_tell(occasion);
        write_one(shots, path);
    }
    shots->writer = pid > 0 ? pid : 0;
}

/* == LOOKING =============================================================== */

static bool
has_control(struct shots *shots)
{
    if (!shots->control)
        shots->control = control_map(shots->session);
    return shots->control != NULL;
}

static bool
is_asked(struct shots *shots)
{
    if (!shots->by_signal || !has_control(shots))
        return false;
    uint64_t asked =
        __atomic_load_n(&shots->control->snapshots, __ATOMIC_ACQUIRE);
    bool more = asked != shots->asked;
    shots->asked = asked;
    return more;
}

static bool
is_time(struct shots *shots)
{
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    if (!shots->period_ns || now < shots->next_ns)
        return false;
    while (shots->next_ns <= now)
        shots->next_ns += shots->period_ns;
    return true;
}

static bool
is_alarmed(struct shots *shots, struct occasion *occasion)
{
    return shots->by_alarm && has_control(shots) &&
           alarms_take(&shots->alarms, shots->control, occasion);
}

/* Somebody wants one. */
static bool
is_wanted(struct shots *shots, struct occasion *occasion)
{
    if (is_asked(shots)) {
        *occasion = (struct occasion){.text = "signal"};
        return true;
    }
    return is_alarmed(shots, occasion);
}

void
shots_look(void *context)
{
    struct shots *shots = context;
    struct occasion occasion;
    if (shots->writer && waitpid(shots->writer, NULL, WNOHANG) != 0)
        shots->writer = 0;
    if (shots->writer || !*shots->session)
        return;
    if (is_wanted(shots, &occasion))
        take(shots, &occasion);
    else if (is_time(shots))
        take(shots, &(struct occasion){.pid = 0});
}

void
shots_end(struct shots *shots)
{
    struct occasion occasion;
    if (shots->writer)
        waitpid(shots->writer, NULL, 0);
    while (*shots->session && is_wanted(shots, &occasion)) {
        take(shots, &occasion);
        if (shots->writer)
            waitpid(shots->writer, NULL, 0);
    }
    if (shots->by_alarm)
        alarms_end(&shots->alarms, shots->control);
    if (shots->control)
        control_unmap(shots->control);
}
