/* SPDX-License-Identifier: Apache-2.0
 *
 * html/tables.h: what an HTML output holds beside its chunks, as JSON: the
 * tables before them and the sums behind them.
 */
#ifndef CODESNAP_HTML_TABLES_H
#define CODESNAP_HTML_TABLES_H

#include "formats/html/histogram.h"
#include "formats/html/tasks.h"
#include "formats/shape/writer.h"
#include "formats/slow/verdict.h"

/* 0, or -1 with errno set if memory is short. */
int html_tables_write(struct sink *sink, const struct trace *trace,
                      const struct format_options *options);

struct html_sums {
    uint64_t chunks, events;
    uint64_t annotations; /* scripts of them */
    uint64_t waits;       /* likewise */
    /* Where short calls were summed up, else 0 and NULL: */
    uint64_t aggregates, condensed, threshold_ns;
    const struct html_histogram *durations;
    const struct verdicts *slow;
    const struct html_tasks *tasks;
};

/* What is only known when every track was read. */
void html_tables_write_end(struct sink *sink, const struct trace *trace,
                           const struct html_sums *sums);

#endif
