/* SPDX-License-Identifier: Apache-2.0
 *
 * browser.c: a grandchild in a session of its own, so that neither our end nor
 * a Ctrl-C in the terminal takes the browser with it.
 */
#define _GNU_SOURCE
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

/* Returns why no browser could be executed. */
static int
start(const char *path)
{
    char *list = getenv("BROWSER");
    sigset_t none;
    int nothing = open("/dev/null", O_RDWR);

    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int fd = 0; fd <= 2; fd++)
        dup2(nothing, fd);
    if (list)
        try_each(list, path);
    execlp("xdg-open", "xdg-open", path, (char *)NULL);
    return errno;
}

/* The pipe closes without a word when a browser is executed. */
static _Noreturn void
start_and_tell(const char *path, int told)
{
    int error;
    if (fork() == 0) {
        error = start(path);
        if (write(told, &error, sizeof error) < 0)
            _exit(2);
    }
    _exit(1);
}

int
browser_show(const char *path)
{
    char real[PATH_MAX];
    int ends[2], error = 0;
    if (realpath(path, real))
        path = real;
    if (pipe2(ends, O_CLOEXEC) < 0)
        error = errno;
    pid_t pid = error ? -1 : fork();
    if (pid == 0)
        start_and_tell(path, ends[1]);
    if (!error)
        close(ends[1]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    if (pid > 0 && read(ends[0], &error, sizeof error) != sizeof error)
        error = 0;
    if (!error)
        return 0;
    message_say("no browser starts (%s): set BROWSER, or open %s by hand",
                strerror(error), path);
    return -1;
}
