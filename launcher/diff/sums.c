/* SPDX-License-Identifier: Apache-2.0
 *
 * sums.c: see sums.h.
 */
#include "launcher/diff/sums.h"

void
sums_count(struct sums *sums, uint64_t ns, uint64_t self_ns)
{
    sums_count_many(sums, 1, ns, self_ns, ns);
}

void
sums_count_many(struct sums *sums, uint64_t calls, uint64_t ns,
                uint64_t self_ns, uint64_t longest_ns)
{
    sums->calls += calls;
    sums->self_ns += self_ns;
    sums->sum_ns += ns;
    sums->self_squares += (double)self_ns * (double)self_ns / (double)calls;
    sums->sum_squares += (double)ns * (double)ns / (double)calls;
    if (longest_ns > sums->max_ns)
        sums->max_ns = longest_ns;
}

void
sums_add(struct sums *sums, const struct sums *more)
{
    sums->calls += more->calls;
    sums->self_ns += more->self_ns;
    sums->total_ns += more->total_ns;
    sums->sum_ns += more->sum_ns;
    sums->self_squares += more->self_squares;
    sums->sum_squares += more->sum_squares;
    sums->self_wander += more->self_wander;
    sums->sum_wander += more->sum_wander;
    if (more->parts > sums->parts)
        sums->parts = more->parts;
    if (more->max_ns > sums->max_ns)
        sums->max_ns = more->max_ns;
}

uint64_t
sums_mean_ns(const struct sums *sums)
{
    return sums->calls ? sums->sum_ns / sums->calls : 0;
}
