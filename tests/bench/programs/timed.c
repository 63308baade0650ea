/* SPDX-License-Identifier: Apache-2.0
 *
 * timed.c: run a command and print how long it took and its peak memory.  Not
 * done by the benchmark itself: the peak that the kernel reports includes what
 * the process was before its exec, and a Python that forks is large.
 *
 *     timed [--output FD] COMMAND...
 *
 * prints one JSON object; the command's own output goes to FD, or is dropped.
 * Times are seconds of CLOCK_MONOTONIC, and of a core (cpu).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

static double
seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void
become(char **command, int output)
{
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(output >= 0 ? output : nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    if (nowhere > STDERR_FILENO)
        close(nowhere);
    if (output > STDERR_FILENO)
        close(output);
    execvp(command[0], command);
    _exit(127);
}

int
main(int argc, char **argv)
{
    struct rusage usage;
    int status, output = -1;
    if (argc > 3 && strcmp(argv[1], "--output") == 0) {
        output = atoi(argv[2]);
        argv += 2;
        argc -= 2;
    }
    if (argc < 2) {
        fprintf(stderr, "usage: timed [--output FD] COMMAND...\n");
        return 2;
    }
    double begin = now();
    pid_t pid = fork();
    if (pid == 0)
        become(argv + 1, output);
    if (output >= 0)
        close(output); /* who reads it sees the command's end */
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        fprintf(stderr, "timed: %s\n", strerror(errno));
        return 1;
    }
    double end = now();
    printf("{\"begin\": %.6f, \"end\": %.6f, \"status\": %d, "
           "\"peak_bytes\": %ld, \"cpu\": %.6f}\n",
           begin, end, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
           usage.ru_maxrss * 1024,
           seconds(usage.ru_utime) + seconds(usage.ru_stime));
    return 0;
}
