/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.c: which clock can be trusted, and pairs of clocks at one instant.
 * The event path itself is inline in clock.h.
 */
#include "formats/spool/clock.h"

#include <string.h>

#include "formats/base/file.h"

#ifdef __x86_64__
#    include <cpuid.h>

#    define CLOCKSOURCES \
        "/sys/devices/system/clocksource/clocksource0/available_clocksource"

static int
tsc_is_invariant(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(0x80000007u, &a, &b, &c, &d) && (d & (1u << 8)) != 0;
}

/* The kernel takes a TSC that it found unstable off this list. */
static int
kernel_trusts_tsc(void)
{
    char list[256];
    if (file_first_line(CLOCKSOURCES, list, sizeof list) != 0)
        return 0;
    for (char *word = list; (word = strstr(word, "tsc")) != NULL; word += 3) {
        int starts = word == list || word[-1] == ' ';
        if (starts && (word[3] == ' ' || word[3] == '\0'))
            return 1;
    }
    return 0;
}
#endif

enum spool_clock_kind
clock_detect(void)
{
#ifdef __x86_64__
    if (tsc_is_invariant() && kernel_trusts_tsc())
        return SPOOL_TSC;
#endif
    return SPOOL_MONOTONIC_NS;
}

/* The ticks are taken before and after; their distance bounds the error. */
static uint64_t
read_once(enum spool_clock_kind kind, struct spool_clock *clock)
{
    uint64_t before = clock_ticks(kind);
    clock->monotonic_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    uint64_t after = clock_ticks(kind);
    clock->realtime_ns = clock_nanoseconds(CLOCK_REALTIME);
    clock->ticks = before + (after - before) / 2;
    return after - before;
}

struct spool_clock
clock_read(enum spool_clock_kind kind)
{
    struct spool_clock best = {0, 0, 0};
    uint64_t spread = UINT64_MAX;
    for (int i = 0; i < 5; i++) {
        struct spool_clock clock;
        uint64_t error = read_once(kind, &clock);
        if (error < spread) {
            spread = error;
            best = clock;
        }
    }
    if (kind == SPOOL_MONOTONIC_NS)
        best.ticks = best.monotonic_ns;
    return best;
}

int
clock_read_boot(char boot_id[40])
{
    return file_first_line("/proc/sys/kernel/random/boot_id", boot_id, 40);
}
