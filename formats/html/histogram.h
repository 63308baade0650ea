/* SPDX-License-Identifier: Apache-2.0
 *
 * html/histogram.h: how long calls took, as counts by duration: of all calls,
 * to choose which of them are told one by one; and of each function's others,
 * for medians and percentiles.  16 steps to a doubling: 4.5 % wide.
 */
#ifndef CODESNAP_HTML_HISTOGRAM_H
#define CODESNAP_HTML_HISTOGRAM_H

#include "formats/base/sink.h"

#include <stdint.h>

#define HTML_HISTOGRAM_STEPS 16
#define HTML_HISTOGRAM_BINS  (65 * HTML_HISTOGRAM_STEPS)

/* The bin of a duration, and the least duration in one. */
uint32_t html_histogram_bin(uint64_t duration_ns);
uint64_t html_histogram_least(uint32_t bin);

/* By function, up to a bin. */
struct html_histogram;
struct html_histogram *html_histogram_new(uint32_t functions, uint32_t bins);
void html_histogram_free(struct html_histogram *all);
/* 0, or -1 with errno set if memory is short. */
int html_histogram_add(struct html_histogram *all, uint32_t function,
                       uint64_t duration_ns);
/* As `[[function, bin, count, bin, count, ...], ...]`. */
void html_histogram_write(const struct html_histogram *all, struct sink *sink);

#endif
