/* SPDX-License-Identifier: Apache-2.0
 *
 * html/fold.h: which calls of a large recording are told one by one.  A first
 * reading counts durations (survey); from those a threshold is chosen.  In the
 * second one every call at least that long goes to the chunks, exact, and the
 * rest, summed up, to crowds.  A call is told as soon as it is known to be long
 * enough, so memory is bounded by depth and functions.
 */
#ifndef CODESNAP_HTML_FOLD_H
#define CODESNAP_HTML_FOLD_H

#include "formats/html/chunk.h"
#include "formats/html/crowd.h"
#include "formats/html/short.h"

struct html_survey {
    uint64_t spans;
    uint64_t counts[HTML_SHORT_BINS];
};

void html_survey_add(struct html_survey *survey, uint64_t duration_ns);
/* The least threshold that leaves at most so many spans; 0 tells all. */
uint64_t html_survey_threshold(const struct html_survey *survey, uint64_t most);
/* How long all spans of at least that duration took, about. */
uint64_t html_survey_above(const struct html_survey *survey,
                           uint64_t threshold_ns);

struct html_fold;

/* Crowds are at most window_ns long where they can be divided.  NULL with
 * errno set if memory is short; so for all that return int. */
struct html_fold *html_fold_new(struct html_chunk *chunk,
                                struct html_crowds *crowds,
                                struct html_short *durations,
                                uint32_t functions, uint64_t threshold_ns,
                                uint64_t window_ns);
void html_fold_free(struct html_fold *fold);

void html_fold_begin_track(struct html_fold *fold, uint32_t track);
int html_fold_open(struct html_fold *fold, const struct span *span);
int html_fold_close(struct html_fold *fold, const struct span *span);
int html_fold_gap(struct html_fold *fold, uint64_t start_ns, uint64_t end_ns);
void html_fold_end_track(struct html_fold *fold);

/* Calls and resumptions that are in crowds. */
uint64_t html_fold_count(const struct html_fold *fold);

#endif
