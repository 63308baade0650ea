/* SPDX-License-Identifier: Apache-2.0
 *
 * html_tables.h: what an HTML output holds beside its chunks, as JSON: the
 * tables before them and the sums behind them.
 */
#ifndef CODESNAP_HTML_TABLES_H
#define CODESNAP_HTML_TABLES_H

#include "formats/reader.h"
#include "formats/sink.h"

/* 0, or -1 with errno set if memory is short. */
int html_tables_write(struct sink *sink, const struct trace *trace);

/* What is only known when every track was read. */
void html_tables_write_end(struct sink *sink, const struct trace *trace,
                           uint64_t chunks, uint64_t events);

#endif
