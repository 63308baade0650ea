/* SPDX-License-Identifier: Apache-2.0
 *
 * kin.h: the processes of a trace as a tree, for people: each behind the one
 * that started it, and how it ended.
 */
#ifndef CODESNAP_KIN_H
#define CODESNAP_KIN_H

#include "formats/trace/reader.h"
#include "launcher/report/page.h"

struct kin {
    const struct process *process;
    uint32_t depth; /* 0: nobody in the trace started it */
};

/* All of them, a process before those that it started; to be freed.  NULL
 * without memory. */
struct kin *kin_order(const struct trace *trace);

/* "exit 3", "signal 9 (SIGKILL)", "still running", "exec", "not known". */
#define KIN_STATUS_BYTES 40
void kin_describe(const struct process *process, char text[KIN_STATUS_BYTES]);

/* Status, and the command behind as many blanks as it is deep; ends the line. */
void kin_put(struct page *page, const struct kin *kin);

#endif
