/* SPDX-License-Identifier: Apache-2.0
 *
 * html/histogram.c: bins of durations.
 */
#include "formats/html/histogram.h"

#include <stdlib.h>

/* Below 16 ns a bin is one nanosecond. */
uint32_t
html_histogram_bin(uint64_t duration_ns)
{
    uint32_t power;

    if (duration_ns < HTML_HISTOGRAM_STEPS)
        return (uint32_t)duration_ns;
    power = 63 - (uint32_t)__builtin_clzll(duration_ns);
    return (power - 3) * HTML_HISTOGRAM_STEPS +
           (uint32_t)(duration_ns >> (power - 4)) - HTML_HISTOGRAM_STEPS;
}

uint64_t
html_histogram_least(uint32_t bin)
{
    uint32_t power = bin / HTML_HISTOGRAM_STEPS,
             step = bin % HTML_HISTOGRAM_STEPS;

    if (!power)
        return step;
    return (uint64_t)(HTML_HISTOGRAM_STEPS + step) << (power - 1);
}

struct html_histogram {
    uint32_t functions, bins;
    uint64_t *counts[]; /* by function, NULL before the first call */
};

struct html_histogram *
html_histogram_new(uint32_t functions, uint32_t bins)
{
    struct html_histogram *all =
        calloc(1, sizeof *all + functions * sizeof *all->counts);

    if (!all)
        return NULL;
    all->functions = functions;
    all->bins = bins;
    return all;
}

void
html_histogram_free(struct html_histogram *all)
{
    for (uint32_t i = 0; all && i < all->functions; i++)
        free(all->counts[i]);
    free(all);
}

int
html_histogram_add(struct html_histogram *all, uint32_t function,
                   uint64_t duration_ns)
{
    uint32_t bin = html_histogram_bin(duration_ns);
    uint64_t **counts = &all->counts[function];

    if (!*counts)
        *counts = calloc(all->bins, sizeof **counts);
    if (!*counts)
        return -1;
    (*counts)[bin < all->bins ? bin : all->bins - 1]++;
    return 0;
}

static void
write_one(const struct html_histogram *all, struct sink *sink,
          uint32_t function)
{
    sink_puts(sink, "[");
    sink_decimal(sink, function);
    for (uint32_t bin = 0; bin < all->bins; bin++) {
        if (!all->counts[function][bin])
            continue;
        sink_puts(sink, ",");
        sink_decimal(sink, bin);
        sink_puts(sink, ",");
        sink_decimal(sink, all->counts[function][bin]);
    }
    sink_puts(sink, "]");
}

void
html_histogram_write(const struct html_histogram *all, struct sink *sink)
{
    const char *comma = "";

    sink_puts(sink, "[");
    for (uint32_t i = 0; i < all->functions; i++) {
        if (!all->counts[i])
            continue;
        sink_puts(sink, comma);
        comma = ",\n";
        write_one(all, sink, i);
    }
    sink_puts(sink, "]");
}
