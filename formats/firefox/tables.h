/* SPDX-License-Identifier: Apache-2.0
 *
 * firefox/tables.h: the stacks of a track and what they refer to, as tables of
 * profiler.firefox.com: a stack is a frame on another stack, a frame is a
 * function's, and names and files are strings.
 */
#ifndef CODESNAP_FIREFOX_TABLES_H
#define CODESNAP_FIREFOX_TABLES_H

#include "formats/base/sink.h"
#include "formats/shape/calltree.h"
#include "formats/trace/trace.h"

struct firefox_tables {
    struct sink *sink;
    const struct trace *trace;
    struct calltree tree;
    uint32_t *frames;    /* by function: its frame in this track + 1 */
    uint32_t *functions; /* by frame */
    uint32_t frame_count;
};

/* 0, or -1 without memory; firefox_tables_close in any case. */
int firefox_tables_open(struct firefox_tables *tables, struct sink *sink,
                        const struct trace *trace);
void firefox_tables_close(struct firefox_tables *tables);

/* Another track starts. */
void firefox_tables_clear(struct firefox_tables *tables);

/* Give the function a frame of this track; returns its number. */
uint32_t firefox_tables_meet(struct firefox_tables *tables, uint32_t number);

/* The same for the name of a kind of wait. */
uint32_t firefox_tables_meet_wait(struct firefox_tables *tables,
                                  enum wait_kind kind);

/* What follows the other members of the track's object. */
void firefox_tables_put(struct firefox_tables *tables);

#endif
