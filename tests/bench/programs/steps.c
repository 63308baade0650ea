/* SPDX-License-Identifier: Apache-2.0
 *
 * steps.c: count the instructions that a program executes between two SIGUSR1
 * that it sends to itself, by single-stepping it.  Exact, repeatable on the
 * noisiest machine, and needs no hardware counters, which virtual machines
 * often lack, and no simulator, which knows too few system calls for the agent.
 *
 *     steps COMMAND...
 *
 * prints one count for each pair of signals on stderr's place, stdout; the
 * program's own output goes to stderr.  A million steps take some seconds.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void
fail(const char *what)
{
    fprintf(stderr, "steps: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void
become(char **command)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        fail("ptrace");
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execvp(command[0], command);
    fail(command[0]);
}

/* Wait for the next stop; its signal, or exit as the program did. */
static int
wait_stop(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) != pid)
        fail("waitpid");
    if (WIFSTOPPED(status))
        return WSTOPSIG(status);
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* Signals other than our own go to the program. */
static int
run_to_mark(pid_t pid)
{
    int signal = 0;
    do {
        if (ptrace(PTRACE_CONT, pid, NULL, (void *)(long)signal) < 0)
            fail("ptrace");
        signal = wait_stop(pid);
        if (signal == SIGTRAP)
            signal = 0;
    } while (signal != SIGUSR1);
    return 0;
}

static unsigned long long
count_to_mark(pid_t pid)
{
    unsigned long long steps = 0;
    int signal = 0;
    for (;;) {
        if (ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(long)signal) < 0)
            fail("ptrace");
        signal = wait_stop(pid);
        if (signal == SIGUSR1)
            return steps;
        if (signal == SIGTRAP)
            signal = 0;
        steps++;
    }
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: steps COMMAND...\n");
        return 2;
    }
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0)
        become(argv + 1);
    wait_stop(pid); /* at its exec */
    for (;;) {
        run_to_mark(pid);
        printf("%llu\n", count_to_mark(pid));
        fflush(stdout);
    }
}
