/* SPDX-License-Identifier: Apache-2.0
 *
 * processtree.h: the processes of a trace as a tree, for people: each behind the one
 * that started it, and how it ended.
 */
#ifndef CODESNAP_PROCESSTREE_H
#define CODESNAP_PROCESSTREE_H

#include "formats/trace/trace.h"
#include "launcher/report/printer.h"

struct processtree_node {
    const struct process *process;
    uint32_t depth; /* 0: nobody in the trace started it */
};

/* All of them, a process before those that it started; to be freed.  NULL
 * without memory. */
struct processtree_node *processtree_order(const struct trace *trace);

/* "exit 3", "signal 9 (SIGKILL)", "still running", "exec", "not known". */
#define PROCESSTREE_STATUS_BYTES 40
void processtree_describe(const struct process *process,
                          char text[PROCESSTREE_STATUS_BYTES]);

/* How long that is at most. */
unsigned processtree_width(const struct trace *trace);

/* Status, in so many columns, and the command behind as many blanks as it is deep;
 * ends the line.  Where a line is limited an interpreter has no folder. */
void processtree_put(struct printer *printer,
                     const struct processtree_node *node, unsigned width);

#endif
