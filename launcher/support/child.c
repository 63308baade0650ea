/* SPDX-License-Identifier: Apache-2.0
 *
 * child.c: job control without a shell's means.  The child stays in our
 * process group, so what the terminal sends (Ctrl-C, Ctrl-Z, a hang-up)
 * reaches it without us; passed on is only what a process sent to us alone.
 * All signals are blocked and waited for, so there is no handler and no race.
 */
#define _GNU_SOURCE
#include "launcher/support/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "formats/base/file.h"

void
child_begin(struct child *child)
{
    struct sigaction ordinary = {.sa_handler = SIG_DFL};
    sigset_t all;

    *child = (struct child){.pid = -1};
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &child->mask);
    /* Whoever started us may ignore it, and then there would be no status. */
    sigaction(SIGCHLD, &ordinary, &child->on_child);
}

pid_t
child_fork(struct child *child)
{
    child->stopped = false;
    child->pid = fork();
    if (child->pid == 0) {
        sigaction(SIGCHLD, &child->on_child, NULL);
        sigprocmask(SIG_SETMASK, &child->mask, NULL);
    }
    return child->pid;
}

void
child_let_go(void)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
    }
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 3u, ~0u, 0u) == 0)
        return;
#endif
    for (long fd = 3, end = sysconf(_SC_OPEN_MAX); fd < end && fd < 65536; fd++)
        close((int)fd);
}

/* == SIGNALS =============================================================== */

static bool
is_stopped(pid_t pid)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (file_first_line(path, line, sizeof line) != 0)
        return false;
    const char *name_end = strrchr(line, ')');
    return name_end && strncmp(name_end, ") T", 3) == 0;
}

/* Stopped, we could not see that somebody continued or killed the child alone:
 * who watches for us leaves the group, so that no key stops it, too. */
static pid_t
watch(pid_t child)
{
    const struct timespec moment = {.tv_nsec = 50 * 1000 * 1000};
    pid_t launcher = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    while (getppid() == launcher) {
        if (!is_stopped(child) && is_stopped(launcher))
            kill(launcher, SIGCONT);
        nanosleep(&moment, NULL);
    }
    _exit(0);
}

static void
end_watch(pid_t watcher)
{
    if (watcher < 0)
        return;
    kill(watcher, SIGKILL);
    waitpid(watcher, NULL, 0);
}

/* Stop as the child did, and return when we are continued or the child is. */
static void
stop_as(int signal_number, pid_t child)
{
    struct sigaction ordinary = {.sa_handler = SIG_DFL}, before;
    sigset_t one, mask;
    pid_t watcher = watch(child);

    sigemptyset(&one);
    sigaddset(&one, signal_number);
    sigaction(signal_number, &ordinary, &before);
    raise(signal_number);
    sigprocmask(SIG_UNBLOCK, &one, &mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(signal_number, &before, NULL);
    end_watch(watcher);
}

/* Take the child's news; true once it has ended.  As PID 1 we are everybody's
 * parent and must take the news of all. */
static bool
has_ended(struct child *child, int *status)
{
    pid_t whom = getpid() == 1 ? -1 : child->pid, pid;

    while ((pid = waitpid(whom, status, WNOHANG | WUNTRACED | WCONTINUED)) >
           0) {
        if (pid != child->pid)
            continue;
        if (WIFEXITED(*status) || WIFSIGNALED(*status))
            return true;
        child->stopped = WIFSTOPPED(*status);
        if (child->stopped)
            stop_as(WSTOPSIG(*status), child->pid);
    }
    return false;
}

/* A timer that was set before codesnap was executed rings here, and is meant
 * for the program.  What the child sent to its whole group it has already. */
static bool
is_for_the_program(const struct child *child, const siginfo_t *signal)
{
    if (signal->si_signo == SIGALRM)
        return true;
    return signal->si_code <= 0 && signal->si_pid != child->pid;
}

static void
pass_on(const struct child *child, const siginfo_t *signal)
{
    if (!is_for_the_program(child, signal))
        return;
    if (signal->si_code == SI_QUEUE)
        sigqueue(child->pid, signal->si_signo, signal->si_value);
    else
        kill(child->pid, signal->si_signo);
}

static bool
asks_to_end(int signal_number)
{
    return signal_number == SIGINT || signal_number == SIGTERM ||
           signal_number == SIGHUP || signal_number == SIGQUIT;
}

static void
take_signal(struct child *child, enum child_kind kind, const siginfo_t *signal,
            bool *interrupted)
{
    if (signal->si_signo == SIGCONT) {
        /* The shell's fg has reached the child too, unless it went to us
         * alone; a second one would be seen by a handler. */
        if (child->stopped)
            kill(child->pid, SIGCONT);
    } else if (kind == CHILD_PROGRAM || signal->si_signo == SIGTSTP)
        pass_on(child, signal);
    else if (asks_to_end(signal->si_signo)) {
        *interrupted = true;
        kill(child->pid, SIGTERM);
    }
}

/* -1 where none came for now. */
static int
next_signal(const struct child *child, enum child_kind kind, siginfo_t *signal)
{
    const struct timespec moment = {.tv_nsec = 20 * 1000 * 1000};
    sigset_t all;
    sigfillset(&all);
    if (!child->look || kind != CHILD_PROGRAM)
        return sigwaitinfo(&all, signal);
    int number = sigtimedwait(&all, signal, &moment);
    child->look(child->looker);
    return number;
}

int
child_wait(struct child *child, enum child_kind kind, bool *interrupted)
{
    siginfo_t signal;
    int status;

    for (;;) {
        if (next_signal(child, kind, &signal) < 0)
            continue;
        if (has_ended(child, &status))
            return status;
        if (signal.si_signo != SIGCHLD)
            take_signal(child, kind, &signal, interrupted);
    }
}

/* == THE END =============================================================== */

/* The program has left its core dump, if any; ours would be another one. */
static void
die_by(int signal_number)
{
    struct rlimit none = {0, 0};
    struct sigaction ordinary = {.sa_handler = SIG_DFL};
    sigset_t one;

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    sigaction(signal_number, &ordinary, NULL);
    raise(signal_number);
    sigemptyset(&one);
    sigaddset(&one, signal_number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
}

_Noreturn void
child_end_as(int status)
{
    if (!WIFSIGNALED(status))
        exit(WEXITSTATUS(status));
    die_by(WTERMSIG(status));
    _exit(128 + WTERMSIG(status)); /* as PID 1, which no signal ends */
}
