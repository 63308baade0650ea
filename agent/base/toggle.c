/* SPDX-License-Identifier: Apache-2.0
 *
 * toggle.c: see toggle.h.
 */
#include "agent/base/toggle.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
    int number; /* 0: none */
    uint32_t count;
    void (*heard)(void);
    long inside;          /* the thread that is in the program's own handler */
    struct sigaction own; /* the program's */
} toggle;

static bool
is_function(const struct sigaction *action)
{
    return action->sa_flags & SA_SIGINFO ||
           (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

static void
pass_on(int number, siginfo_t *info, void *context)
{
    struct sigaction own = toggle.own;
    if (!is_function(&own))
        return;
    if (own.sa_flags & (int)SA_RESETHAND)
        toggle.own.sa_handler = SIG_DFL, toggle.own.sa_flags = 0;
    if (own.sa_flags & SA_SIGINFO)
        own.sa_sigaction(number, info, context);
    else
        own.sa_handler(number);
}

/* A handler that knows ours as its predecessor calls it: that is the same signal. */
static void
handle(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    long self = syscall(SYS_gettid);
    if (__atomic_load_n(&toggle.inside, __ATOMIC_RELAXED) == self)
        return;
    __atomic_fetch_add(&toggle.count, 1, __ATOMIC_RELEASE);
    __atomic_store_n(&toggle.inside, self, __ATOMIC_RELAXED);
    toggle.heard();
    errno = saved;
    pass_on(number, info, context);
    __atomic_store_n(&toggle.inside, 0, __ATOMIC_RELAXED);
}

void
toggle_keep(void)
{
    struct sigaction there, ours;
    if (!toggle.number || sigaction(toggle.number, NULL, &there) < 0 ||
        (there.sa_flags & SA_SIGINFO && there.sa_sigaction == handle))
        return;
    ours = there;
    ours.sa_sigaction = handle;
    ours.sa_flags = (is_function(&there) ? there.sa_flags & ~(int)SA_RESETHAND
                                         : SA_RESTART) |
                    SA_SIGINFO;
    toggle.own = there;
    sigaction(toggle.number, &ours, NULL);
}

void
toggle_open(int number, void (*heard)(void))
{
    int saved = errno;
    toggle.heard = heard;
    toggle.number = number;
    toggle_keep();
    errno = saved;
}

uint32_t
toggle_count(void)
{
    return __atomic_load_n(&toggle.count, __ATOMIC_ACQUIRE);
}
