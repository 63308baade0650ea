/* SPDX-License-Identifier: Apache-2.0
 *
 * timed.c: run a command and print how long it took and its peak memory.  Not
 * done by the benchmark itself: the peak that the kernel reports includes what
 * the process was before its exec, and a Python that forks is large.
 *
 *     timed COMMAND...
 *
 * prints one JSON object; the command's own output is dropped.  Times are
 * seconds of CLOCK_MONOTONIC.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
become(char **command)
{
    int nowhere = open("/dev/null", O_RDWR);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(nowhere, fd);
    if (nowhere > STDERR_FILENO)
        close(nowhere);
    execvp(command[0], command);
    _exit(127);
}

int
main(int argc, char **argv)
{
    struct rusage usage;
    int status;
    if (argc < 2) {
        fprintf(stderr, "usage: timed COMMAND...\n");
        return 2;
    }
    double begin = now();
    pid_t pid = fork();
    if (pid == 0)
        become(argv + 1);
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        fprintf(stderr, "timed: %s\n", strerror(errno));
        return 1;
    }
    double end = now();
    printf("{\"begin\": %.6f, \"end\": %.6f, \"status\": %d, "
           "\"peak_bytes\": %ld}\n",
           begin, end, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
           usage.ru_maxrss * 1024);
    return 0;
}
