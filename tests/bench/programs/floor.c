/* SPDX-License-Identifier: Apache-2.0
 *
 * floor.c: the floor F.  What one recorded call can't cost less than, where it
 * is two clock reads and two 8-byte stores into the spool's kind of mapping: a
 * sparse file in FOLDER, windows of 1 MiB, each step of 64 KiB secured by
 * MADV_POPULATE_WRITE before it is stored into.
 *
 * A worker as worker.py is one: it answers each line `run NAME TIMES` on stdin
 * with a JSON list of nanoseconds, so that it is measured in between the
 * others.  NAME is `fresh` for new pages all the time, as a trace needs them,
 * or `warm` for one window again and again.  Each time is PAIRS calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formats/spool/clock.h"

#ifndef MADV_POPULATE_WRITE
#    define MADV_POPULATE_WRITE 23
#endif

#define PAIRS        100000
#define WINDOW_BYTES (1u << 20)
#define STEP_BYTES   (64u << 10)
#define FILE_BYTES   (64ull << 20) /* then it starts anew, empty */

static struct {
    enum spool_clock_kind clock;
    int fd;
    char *window;
    uint64_t offset; /* of the window in the file */
    uint64_t *next;
    uint64_t *end; /* secured up to here */
} spool;

static void
fail(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void
open_file(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/floor-XXXXXX", folder);
    spool.fd = mkstemp(path);
    if (spool.fd < 0 || unlink(path) < 0)
        fail(path);
}

static void
move_window(uint64_t offset)
{
    if (spool.window)
        munmap(spool.window, WINDOW_BYTES);
    spool.offset = offset % FILE_BYTES;
    if (spool.offset == 0 && (ftruncate(spool.fd, 0) < 0 ||
                              ftruncate(spool.fd, (off_t)FILE_BYTES) < 0))
        fail("ftruncate");
    spool.window = mmap(NULL, WINDOW_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
                        spool.fd, (off_t)spool.offset);
    if (spool.window == MAP_FAILED)
        fail("mmap");
    spool.next = spool.end = (uint64_t *)spool.window;
}

static void
secure_step(void)
{
    if (madvise(spool.end, STEP_BYTES, MADV_POPULATE_WRITE) < 0)
        memset(spool.end, 0, STEP_BYTES); /* Linux before 5.14 */
    spool.end += STEP_BYTES / sizeof(uint64_t);
}

/* The step is full. */
static __attribute__((noinline)) void
go_on(bool fresh)
{
    if ((char *)spool.end < spool.window + WINDOW_BYTES)
        secure_step();
    else if (fresh)
        move_window(spool.offset + WINDOW_BYTES);
    else
        spool.next = (uint64_t *)spool.window;
    if (spool.next == spool.end)
        secure_step();
}

static inline void
put(bool fresh)
{
    if (__builtin_expect(spool.next == spool.end, 0))
        go_on(fresh);
    __atomic_store_n(spool.next++, clock_ticks(spool.clock), __ATOMIC_RELEASE);
}

static uint64_t
measure(bool fresh)
{
    uint64_t begin = clock_nanoseconds(CLOCK_MONOTONIC);
    for (int i = 0; i < PAIRS; i++) {
        put(fresh);
        put(fresh);
    }
    return clock_nanoseconds(CLOCK_MONOTONIC) - begin;
}

static void
answer(bool fresh, int times)
{
    if (spool
            .window) /* fresh starts with a fresh window, warm with a used one */
        move_window(spool.offset + WINDOW_BYTES);
    else
        move_window(0);
    measure(fresh);
    for (int i = 0; i < times; i++)
        printf("%s%llu", i ? ", " : "[", (unsigned long long)measure(fresh));
    puts("]");
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    char line[64], name[16];
    int times;
    if (argc != 2) {
        fprintf(stderr, "usage: floor FOLDER\n");
        return 2;
    }
    spool.clock = clock_detect();
    open_file(argv[1]);
    printf("{\"calls\": %d}\n", PAIRS);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) &&
           sscanf(line, "run %15s %d", name, &times) == 2)
        answer(strcmp(name, "fresh") == 0, times);
    return 0;
}
