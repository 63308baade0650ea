/* SPDX-License-Identifier: Apache-2.0
 *
 * browser.c: a grandchild in a session of its own, so that neither our end nor
 * a Ctrl-C in the terminal takes the browser with it.
 */
#include "launcher/support/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/support/message.h"

/* $BROWSER may list several, with colons between them. */
static void
try_each(char *list, const char *path)
{
    char *rest = list, *command;
    while ((command = strsep(&rest, ":")))
        if (*command)
            execlp(command, command, path, (char *)NULL);
}

static _Noreturn void
start(const char *path)
{
    char *list = getenv("BROWSER");
    sigset_t none;
    int nothing = open("/dev/null", O_RDWR);

    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    for (int fd = 0; fd <= 2; fd++)
        dup2(nothing, fd);
    if (list)
        try_each(list, path);
    execlp("xdg-open", "xdg-open", path, (char *)NULL);
    dup2(errors, STDERR_FILENO);
    message_say("--open: no browser starts (%s): set BROWSER, or open %s by "
                "hand",
                strerror(errno), path);
    _exit(1);
}

void
browser_show(const char *path)
{
    char real[PATH_MAX];
    if (realpath(path, real))
        path = real;
    pid_t pid = fork();
    if (pid == 0) {
        if (fork() == 0)
            start(path);
        _exit(0);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}
