/* SPDX-License-Identifier: Apache-2.0
 *
 * clockfit.c: tests of the line through clock pairs.
 */
#include "formats/decode/clockfit.h"

#include "formats/spool/clock.h"
#include "tests/unit/tap.h"

#define RATE 2.8954321 /* ticks a nanosecond */
#define BOOT 123456789012345ull

static uint32_t seed = 1;

static uint32_t
chance(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

/* A pair that is read up to 30 ns late or early. */
static void
add(struct clockfit_pairs *pairs, uint64_t ns)
{
    uint64_t ticks = BOOT + (uint64_t)((double)ns * RATE);
    struct spool_clock clock = {ticks, 5000000000ull + ns + chance(60) - 30, 1};
    clockfit_add(pairs, clock);
}

static double
error_at(const struct clockfit *fit, uint64_t ns)
{
    uint64_t ticks = BOOT + (uint64_t)((double)ns * RATE);
    double got = (double)(int64_t)(clockfit_ns(fit, ticks) - 5000000000ull);
    return got > (double)ns ? got - (double)ns : (double)ns - got;
}

static void
expect_line(const char *name, struct clockfit_pairs *pairs, uint64_t last_ns)
{
    struct clockfit fit;
    double worst = 0;
    clockfit_solve(pairs, SPOOL_TSC, &fit);
    for (uint64_t i = 0; i <= 100; i++) {
        double error = error_at(&fit, last_ns / 100 * i);
        worst = error > worst ? error : worst;
    }
    if (!tap_ok(worst < 100, name))
        printf("# off by %.0f ns\n", worst);
    free(pairs->list);
    memset(pairs, 0, sizeof *pairs);
}

static void
test_lines(void)
{
    struct clockfit_pairs pairs = {NULL, 0, 0};
    add(&pairs, 1000);
    add(&pairs, 60000000);
    expect_line("two pairs make a line", &pairs, 60000000);
    for (int i = 0; i < 1000; i++)
        add(&pairs, (uint64_t)i * 3000000);
    expect_line("many pairs make a better one", &pairs, 3000000000);
    for (int i = 0; i < 50; i++)
        add(&pairs, (uint64_t)i * 2000);
    add(&pairs, 500000000);
    expect_line("pairs close together do not spoil it", &pairs, 500000000);
    for (int i = 0; i < 300; i++)
        add(&pairs, (uint64_t)i * 300000000000ull);
    expect_line("a day is no problem", &pairs, 86000000000000ull);
}

/* One bit of every seventh pair is wrong. */
static void
test_damage(void)
{
    struct clockfit_pairs pairs = {NULL, 0, 0};
    for (int i = 0; i < 200; i++)
        add(&pairs, (uint64_t)i * 1000000);
    for (size_t i = 3; i < pairs.count; i += 7) {
        if (chance(2))
            pairs.list[i].ticks ^= 1ull << chance(64);
        else
            pairs.list[i].ns ^= 1ull << chance(64);
    }
    expect_line("damaged pairs are left out", &pairs, 200000000);
}

static void
test_degenerate(void)
{
    struct clockfit_pairs pairs = {NULL, 0, 0};
    struct clockfit fit;
    clockfit_solve(&pairs, SPOOL_TSC, &fit);
    tap_ok(fit.scale > 0, "no pair gives some line");
    add(&pairs, 1000);
    add(&pairs, 1000);
    clockfit_solve(&pairs, SPOOL_TSC, &fit);
    tap_ok(error_at(&fit, 1000) < 100, "one instant gives a line through it");
    free(pairs.list);
    memset(&pairs, 0, sizeof pairs);
    clockfit_solve(&pairs, SPOOL_MONOTONIC_NS, &fit);
    tap_equal("nanoseconds are nanoseconds",
              (long long)clockfit_ns(&fit, 123456789), 123456789);
}

/* This machine's own clock: pairs of now must agree on a line. */
static void
test_real(void)
{
    enum spool_clock_kind kind = clock_detect();
    struct clockfit_pairs pairs = {NULL, 0, 0};
    struct spool_clock first = clock_read(kind);
    clockfit_add(&pairs, first);
    usleep(50000);
    struct spool_clock middle = clock_read(kind);
    usleep(50000);
    clockfit_add(&pairs, clock_read(kind));
    struct clockfit fit;
    clockfit_solve(&pairs, kind, &fit);
    int64_t off =
        (int64_t)(clockfit_ns(&fit, middle.ticks) - middle.monotonic_ns);
    if (!tap_ok(off > -1000 && off < 1000, "processes agree within 1 us"))
        printf("# off by %lld ns\n", (long long)off);
    free(pairs.list);
}

int
main(void)
{
    test_lines();
    test_damage();
    test_degenerate();
    test_real();
    return tap_done();
}
