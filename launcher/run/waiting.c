/* SPDX-License-Identifier: Apache-2.0
 *
 * waiting.c: a child of ours does the waiting.  On a terminal it is a job of
 * its own, in the foreground, as a shell would make one: so Ctrl-C ends the
 * waiting alone, and Ctrl-Z stops it and us, while the processes that we wait
 * for, which are in our process group, notice nothing.
 */
#define _GNU_SOURCE
#include "launcher/run/waiting.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "formats/base/phrase.h"
#include "launcher/run/procscan.h"
#include "launcher/support/processname.h"

enum {
    ANY_SIGN = PROCSCAN_WRITES | PROCSCAN_CARRIES,
    WIDEST = 500,
    SHOWN = 20,          /* processes that are named at most */
    FIRST_MS = 20,       /* between two looks, at first */
    LONGEST_MS = 250,    /* and later */
    DRAWN_AFTER_MS = 300 /* of waiting */
};

/* == THE LINE ============================================================== */

static size_t
terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
        return 79;
    return size.ws_col > WIDEST ? WIDEST : size.ws_col - 1;
}

static void
draw(const struct procscan *scan, size_t living)
{
    char line[WIDEST * 4], name[128];
    struct phrase phrase = phrase_begin(line, sizeof line);
    size_t width = terminal_width();
    phrase_add(&phrase, "waiting for %zu %s (Ctrl-C stops waiting)", living,
               living == 1 ? "process" : "processes");
    for (size_t i = 0; i < scan->count && i < SHOWN; i++) {
        processname_of(scan->list[i], name, sizeof name);
        phrase_add(&phrase, "%s %d %.40s", i ? "," : ":", (int)scan->list[i],
                   name);
    }
    if (strlen(line) > width)
        strcpy(line + width - 3, "...");
    fprintf(stderr, "\r\033[K%s", line);
    fflush(stderr);
}

/* == IN THE CHILD ========================================================== */

/* The terminal, as long as the job that it belongs to is ours and nobody else,
 * such as a pager behind a pipe, may read from it. */
static void
take_terminal(int terminal, const struct procscan *scan)
{
    pid_t ours[2] = {getpid(), getppid()};
    pid_t group = getpgid(ours[1]);
    if (terminal >= 0 && tcgetpgrp(terminal) == group &&
        !procscan_has_company(scan, group, ours))
        tcsetpgrp(terminal, getpgrp());
}

static bool
is_in_background(int terminal)
{
    pid_t group = terminal >= 0 ? tcgetpgrp(terminal) : -1;
    return group > 0 && group != getpgrp() && group != getpgid(getppid());
}

static void
pause_ms(int ms)
{
    const struct timespec time = {.tv_nsec = ms * 1000000L};
    nanosleep(&time, NULL);
}

static _Noreturn void
watch(struct procscan *scan, bool shown)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    int pause = FIRST_MS, waited = 0;
    size_t living;

    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(SIGTTOU, SIG_IGN); /* to take the terminal from the background */
    if (terminal >= 0)
        setpgid(0, 0);
    while ((living = procscan_count(scan, ANY_SIGN)) > 0) {
        take_terminal(terminal, scan);
        if (shown && waited >= DRAWN_AFTER_MS && !is_in_background(terminal))
            draw(scan, living);
        pause_ms(pause);
        waited += waited < DRAWN_AFTER_MS ? pause : 0;
        pause = pause * 2 < LONGEST_MS ? pause * 2 : LONGEST_MS;
    }
    _exit(0);
}

/* == IN THE PARENT ========================================================= */

static void
return_terminal(pid_t from)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0)
        return;
    if (tcgetpgrp(terminal) == from)
        tcsetpgrp(terminal, getpgrp()); /* SIGTTOU is blocked here */
    close(terminal);
}

void
waiting_run(struct child *child, const char *session, bool quiet)
{
    struct procscan scan;
    bool interrupted, shown = !quiet && isatty(STDERR_FILENO);
    pid_t parent = getpid();

    procscan_begin(&scan, session);
    if (procscan_count(&scan, ANY_SIGN) > 0 && child_fork(child) >= 0) {
        if (child->pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            if (getppid() == parent)
                watch(&scan, shown);
            _exit(0);
        }
        child_wait(child, CHILD_HELPER, &interrupted);
        return_terminal(child->pid);
        if (shown)
            fprintf(stderr, "\r\033[K");
    }
    procscan_end(&scan);
}
