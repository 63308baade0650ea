/* SPDX-License-Identifier: Apache-2.0
 *
 * process.c: identity and life.
 */
#include "agent/base/process.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "agent/base/libc.h"
#include "agent/base/log.h"
#include "formats/base/file.h"
#include "formats/spool/clock.h"

uint32_t process_generation;
struct process_identity process;

/* Written once, except for the counts, which are only added to. */
static struct {
    uint32_t *life; /* wiped by fork: 0 in a child that was not adopted yet */
    const struct process_forks *forks;
    struct process_counts counts;
    void (*tell_break)(uint32_t pid, int cause);
    bool broken;
    bool wiped; /* by the kernel, and so can other pages be */
} image;

void
process_identify(void)
{
    process_generation++;
    process.pid = (uint32_t)getpid();
    process.start_ns = clock_nanoseconds(CLOCK_MONOTONIC);
}

bool
process_is_filtered(void)
{
    return prctl(PR_GET_SECCOMP) != 0;
}

/* Counted behind the command's last ')'. */
uint64_t
process_exec_start(void)
{
    char text[1024], *at;
    uint64_t value = 0;
    if (file_first_line("/proc/self/stat", text, sizeof text) < 0 ||
        !(at = strrchr(text, ')')))
        return 0;
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    for (at = at ? at + 1 : text; *at >= '0' && *at <= '9'; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    return value;
}

/* == FORKS ================================================================ */

static void
note_fork(void)
{
    image.forks->before();
}

static void
wipe_life(void)
{
    *image.life = 0;
    image.forks->wipe();
}

/* A page that a forked child finds zero, whoever called fork and however;
 * before Linux 4.14 the C library's own handlers have to do. */
static int
make_life(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    image.life = mmap(NULL, page, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (image.life == MAP_FAILED) {
        image.life = NULL;
        return -1;
    }
    image.wiped = madvise(image.life, page, MADV_WIPEONFORK) == 0;
    bool heard = __register_atfork &&
                 __register_atfork(note_fork, NULL,
                                   image.wiped ? NULL : wipe_life, NULL) == 0;
    return image.wiped || heard ? 0 : -1;
}

int
process_watch_forks(const struct process_forks *forks)
{
    image.forks = forks;
    if (!image.life && make_life() < 0) /* it may be an earlier recording's */
        return -1;
    process_revive();
    return 0;
}

bool
process_is_wiped(void)
{
    return image.wiped;
}

bool
process_is_new(void)
{
    return !*image.life;
}

void
process_adopt(void)
{
    if (process_is_new())
        image.forks->adopt();
}

void
process_revive(void)
{
    *image.life = 1;
}

/* == COUNTS =============================================================== */

struct process_counts
process_count_in(struct process_counts counts)
{
    struct process_counts before = image.counts;
    image.counts = counts;
    return before;
}

void
process_lose(uint64_t events)
{
    if (image.counts.lost)
        __atomic_fetch_add(image.counts.lost, events, __ATOMIC_RELAXED);
}

void
process_count_untraced(int64_t programs)
{
    if (image.counts.untraced)
        __atomic_fetch_add(image.counts.untraced, (uint64_t)programs,
                           __ATOMIC_RELAXED);
}

/* == WHETHER IT IS RECORDED =============================================== */

bool
process_is_recording(void)
{
    return image.counts.lost && !image.broken;
}

bool
process_is_broken(void)
{
    return image.broken;
}

void
process_break(int cause)
{
    if (!image.broken && cause && image.tell_break)
        image.tell_break(process.pid, cause);
    if (!image.broken)
        log_say("stands down: %s", cause ? strerror(cause) : "see the notes");
    image.broken = true;
}

void
process_on_break(void (*tell)(uint32_t pid, int cause))
{
    image.tell_break = tell;
}

void
process_forget(void)
{
    image.counts = (struct process_counts){NULL, NULL};
    image.broken = false;
}
