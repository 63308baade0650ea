/* SPDX-License-Identifier: Apache-2.0
 *
 * html/aggregate.h: calls that are too short to be told one by one, as sums by
 * function: an aggregate lies between two told calls, or a call's begin or end,
 * of one caller.  Memory is bounded by functions.
 */
#ifndef CODESNAP_HTML_AGGREGATE_H
#define CODESNAP_HTML_AGGREGATE_H

#include "formats/html/pack.h"

/* Rows below an aggregate's first one whose time is kept apart, for the
 * picture. */
#define HTML_AGGREGATE_LEVELS 24

struct html_aggregate_entry {
    uint32_t function;
    uint64_t calls, resumes;
    uint64_t self_ns;
    uint64_t total_ns; /* without calls inside another of the function */
    uint64_t whole_ns; /* with them */
    uint64_t longest_ns;
};

/* All zeros is an empty one. */
struct html_aggregate {
    struct html_aggregate_entry *entries;
    uint32_t *slots; /* 1 + entry by hash of the function, 0 for none */
    uint32_t used, room;
    uint32_t levels;
    uint64_t start_ns, end_ns;
    uint64_t busy_ns[HTML_AGGREGATE_LEVELS];
};

/* 0, or -1 with errno set if memory is short.  merge: inner lies one level
 * further in. */
int html_aggregate_add(struct html_aggregate *aggregate,
                       const struct html_aggregate_entry *entry);
int html_aggregate_merge(struct html_aggregate *aggregate,
                         const struct html_aggregate *inner);
/* Say that a call of the first level took that time. */
void html_aggregate_extend(struct html_aggregate *aggregate, uint64_t start_ns,
                           uint64_t end_ns);
void html_aggregate_clear(struct html_aggregate *aggregate);
void html_aggregate_free(struct html_aggregate *aggregate);

/* Writes aggregates, one track after another (FORMAT.md). */
struct html_aggregates;
struct html_aggregates *html_aggregates_new(struct html_pack *pack);
void html_aggregates_free(struct html_aggregates *aggregates);
void html_aggregates_put(struct html_aggregates *aggregates, uint32_t track,
                         uint64_t depth, struct html_aggregate *aggregate);
void html_aggregates_end_track(struct html_aggregates *aggregates);
uint64_t
html_aggregates_count(const struct html_aggregates *aggregates); /* scripts */

#endif
