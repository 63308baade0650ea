/* SPDX-License-Identifier: Apache-2.0
 *
 * html/crowd.h: calls that are too short to be told one by one, as sums by
 * function: a crowd lies between two told calls, or a call's begin or end, of
 * one caller.  Memory is bounded by functions.
 */
#ifndef CODESNAP_HTML_CROWD_H
#define CODESNAP_HTML_CROWD_H

#include "formats/html/pack.h"

/* Rows below a crowd's first one whose time is kept apart, for the picture. */
#define HTML_CROWD_LEVELS 24

struct html_crowd_entry {
    uint32_t function;
    uint64_t calls, resumes;
    uint64_t self_ns;
    uint64_t total_ns; /* without calls inside another of the function */
    uint64_t whole_ns; /* with them */
    uint64_t longest_ns;
};

/* All zeros is an empty one. */
struct html_crowd {
    struct html_crowd_entry *entries;
    uint32_t *slots; /* 1 + entry by hash of the function, 0 for none */
    uint32_t used, room;
    uint32_t levels;
    uint64_t start_ns, end_ns;
    uint64_t busy_ns[HTML_CROWD_LEVELS];
};

/* 0, or -1 with errno set if memory is short.  merge: inner lies one level
 * further in. */
int html_crowd_add(struct html_crowd *crowd,
                   const struct html_crowd_entry *entry);
int html_crowd_merge(struct html_crowd *crowd, const struct html_crowd *inner);
/* Say that a call of the first level took that time. */
void html_crowd_extend(struct html_crowd *crowd, uint64_t start_ns,
                       uint64_t end_ns);
void html_crowd_clear(struct html_crowd *crowd);
void html_crowd_free(struct html_crowd *crowd);

/* Writes crowds, one track after another (FORMAT.md). */
struct html_crowds;
struct html_crowds *html_crowds_new(struct html_pack *pack);
void html_crowds_free(struct html_crowds *crowds);
void html_crowds_put(struct html_crowds *crowds, uint32_t track, uint64_t depth,
                     struct html_crowd *crowd);
void html_crowds_end_track(struct html_crowds *crowds);
uint64_t html_crowds_count(const struct html_crowds *crowds); /* scripts */

#endif
