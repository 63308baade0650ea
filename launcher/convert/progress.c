/* SPDX-License-Identifier: Apache-2.0
 *
 * progress.c: drawn at most ten times a second, the first time after one.
 */
#include "launcher/convert/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "formats/spool/clock.h"

enum {
    SECOND_NS = 1000000000,
    BAR_WIDTH = 30,
    USUAL_WIDTH = 80
};

static unsigned
width_of_terminal(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return USUAL_WIDTH;
}

void
progress_begin(struct progress *progress, const char *path, const char *what,
               bool streams)
{
    bool there = strcmp(path, "-") == 0 && isatty(STDOUT_FILENO);
    *progress = (struct progress){
        .what = strcmp(path, "-") == 0 ? what : path,
        .shown = there && !streams,
        .terminal = isatty(STDERR_FILENO) && !(there && streams),
        .width = width_of_terminal(),
        .start_ns = clock_nanoseconds(CLOCK_MONOTONIC),
    };
}

/* " 42%, 120 MB/s, 3 s left" */
static int
put_numbers(const struct progress *progress, double share, uint64_t elapsed_ns,
            char *text, size_t room)
{
    double left_s =
        share > 0.01 ? (double)elapsed_ns / 1e9 * (1 - share) / share : 0;
    int used = snprintf(text, room, " %3d%%", (int)(share * 100));
    if (progress->bytes && elapsed_ns)
        used += snprintf(text + used, room - (size_t)used, ", %.0f MB/s",
                         share * (double)progress->bytes * 1e3 /
                             (double)elapsed_ns);
    if (left_s >= 1)
        used +=
            snprintf(text + used, room - (size_t)used, ", %.0f s left", left_s);
    return used;
}

/* The numbers first; the bar, then the name where there is room. */
static void
draw(const struct progress *progress, double share, uint64_t elapsed_ns)
{
    static const char full[] = "##############################";
    char numbers[128];
    int used =
        put_numbers(progress, share, elapsed_ns, numbers, sizeof numbers);
    int room = (int)progress->width - 1 - used;
    int bar = room - 3 < BAR_WIDTH ? room - 3 : BAR_WIDTH;
    int name = room - 3 - bar;

    fprintf(stderr, "\r\033[K");
    if (bar > 0)
        fprintf(stderr, "%.*s%s[%-*.*s]", name, progress->what,
                name > 0 ? " " : "", bar, (int)(share * bar), full);
    fprintf(stderr, "%.*s", (int)progress->width - 1,
            bar > 0 ? numbers : numbers + 1);
    fflush(stderr);
}

void
progress_show(void *context, double share)
{
    struct progress *progress = context;
    uint64_t now_ns = clock_nanoseconds(CLOCK_MONOTONIC);

    if (share >= 1 && progress->shown)
        progress_end(progress);
    if (!progress->terminal || (share >= 1 && progress->shown) ||
        now_ns - progress->start_ns < SECOND_NS ||
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
