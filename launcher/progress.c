/* SPDX-License-Identifier: Apache-2.0
 *
 * progress.c: drawn at most ten times a second, the first time after one.
 */
#include "launcher/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "formats/clock.h"

enum {
    SECOND_NS = 1000000000,
    BAR_WIDTH = 30
};

void
progress_begin(struct progress *progress, const char *what, bool quiet)
{
    uint64_t now_ns = clock_nanoseconds(CLOCK_MONOTONIC);
    *progress = (struct progress){.what = what, .start_ns = now_ns};
    progress->terminal = !quiet && isatty(STDERR_FILENO);
}

static void
draw(const struct progress *progress, double share, uint64_t elapsed_ns)
{
    static const char full[] = "##############################";
    int filled = (int)(share * BAR_WIDTH);
    double left_s =
        share > 0.01 ? (double)elapsed_ns / 1e9 * (1 - share) / share : 0;

    fprintf(stderr, "\r\033[K%s [%-*.*s] %3d%%", progress->what, BAR_WIDTH,
            filled, full, (int)(share * 100));
    if (progress->bytes && elapsed_ns)
        fprintf(stderr, ", %.0f MB/s",
                share * (double)progress->bytes * 1e3 / (double)elapsed_ns);
    if (left_s >= 1)
        fprintf(stderr, ", %.0f s left", left_s);
    fflush(stderr);
}

void
progress_show(void *context, double share)
{
    struct progress *progress = context;
    uint64_t now_ns = clock_nanoseconds(CLOCK_MONOTONIC);

    if (!progress->terminal || now_ns - progress->start_ns < SECOND_NS ||
        now_ns - progress->drawn_ns < SECOND_NS / 10)
        return;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    draw(progress, share, now_ns - progress->start_ns);
    progress->drawn = true;
    progress->drawn_ns = now_ns;
}

void
progress_end(struct progress *progress)
{
    if (progress->drawn)
        fprintf(stderr, "\r\033[K");
    progress->drawn = false;
}
