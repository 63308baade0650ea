/* SPDX-License-Identifier: Apache-2.0
 *
 * html/condense.h: which calls of a large recording are told one by one.  A
 * first reading counts durations (survey); from those a threshold is chosen.
 * In the second one every call at least that long goes to the chunks, exact,
 * and the rest, summed up, to aggregates.  A call is told as soon as it is
 * known to be long enough, so memory is bounded by depth and functions.
 */
#ifndef CODESNAP_HTML_CONDENSE_H
#define CODESNAP_HTML_CONDENSE_H

#include "formats/html/aggregate.h"
#include "formats/html/chunk.h"
#include "formats/html/histogram.h"

struct html_survey {
    uint64_t spans;
    uint64_t counts[HTML_HISTOGRAM_BINS];
};

void html_survey_add(struct html_survey *survey, uint64_t duration_ns);
/* The least threshold that leaves at most so many spans; 0 tells all. */
uint64_t html_survey_threshold(const struct html_survey *survey, uint64_t most);
/* How long all spans of at least that duration took, about. */
uint64_t html_survey_above(const struct html_survey *survey,
                           uint64_t threshold_ns);

struct html_condense;

/* Aggregates are at most window_ns long where they can be divided.  NULL with
 * errno set if memory is short; so for all that return int. */
struct html_condense *
html_condense_new(struct html_chunk *chunk, struct html_aggregates *aggregates,
                  struct html_histogram *durations, uint32_t functions,
                  uint64_t threshold_ns, uint64_t window_ns);
void html_condense_free(struct html_condense *condense);

void html_condense_begin_track(struct html_condense *condense, uint32_t track);
int html_condense_open(struct html_condense *condense, const struct span *span);
int html_condense_close(struct html_condense *condense,
                        const struct span *span);
int html_condense_gap(struct html_condense *condense, uint64_t start_ns,
                      uint64_t end_ns);
void html_condense_end_track(struct html_condense *condense);

/* Calls and resumptions that are in aggregates. */
uint64_t html_condense_count(const struct html_condense *condense);

#endif
