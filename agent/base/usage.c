/* SPDX-License-Identifier: Apache-2.0
 *
 * usage.c: see usage.h.
 */
#include "agent/base/usage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of this process; a forked child counts its own. */
static struct {
    pid_t pid;
    uint64_t delay_ns; /* of threads that ended */
    struct usage before;
} counted;

/* The second number of "CPU DELAY SLICES". */
static uint64_t
read_delay(const char *text)
{
    uint64_t value = 0;
    while (*text >= '0' && *text <= '9')
        text++;
    if (*text++ != ' ' || *text < '0' || *text > '9')
        return UINT64_MAX;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    return value;
}

/* Of the calling thread; UINT64_MAX where the kernel does not tell. */
static uint64_t
thread_delay(void)
{
    char text[128] = "";
    int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return UINT64_MAX;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    return got > 0 ? read_delay(text) : UINT64_MAX;
}

static void
look_for_fork(void)
{
    pid_t pid = getpid();
    if (counted.pid != pid)
        counted = (typeof(counted)){.pid = pid};
}

/* Threads end one at a time (thread.c). */
void
usage_end_thread(void)
{
    int saved = errno;
    uint64_t delay_ns = thread_delay();
    errno = saved;
    look_for_fork();
    if (delay_ns != UINT64_MAX)
        __atomic_add_fetch(&counted.delay_ns, delay_ns, __ATOMIC_RELAXED);
}

static uint64_t
nanoseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

static struct usage
read_usage(void)
{
    struct usage usage = {.cpu_ns = 0};
    struct rusage all;
    int saved = errno;
    if (getrusage(RUSAGE_SELF, &all) == 0)
        usage.cpu_ns = nanoseconds(all.ru_utime) + nanoseconds(all.ru_stime);
    usage.delay_ns = thread_delay();
    errno = saved;
    return usage;
}

void
usage_start(void)
{
    look_for_fork();
    counted.before = read_usage();
}

struct usage
usage_now(void)
{
    struct usage usage = read_usage();
    look_for_fork();
    usage.cpu_ns -= counted.before.cpu_ns;
    if (usage.delay_ns != UINT64_MAX)
        usage.delay_ns += __atomic_load_n(&counted.delay_ns, __ATOMIC_RELAXED) -
                          counted.before.delay_ns;
    return usage;
}
