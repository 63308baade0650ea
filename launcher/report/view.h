/* SPDX-License-Identifier: Apache-2.0
 *
 * view.h: what the views of a report have in common.  Each view is a format like
 * those that write files, so that it is led through a trace in the same way; it
 * has a file of its own.
 */
#ifndef CODESNAP_VIEW_H
#define CODESNAP_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/shape/writer.h"
#include "launcher/report/printer.h"

/* What the options say; set by report_choose, before any view starts. */
struct report_wish {
    const char *sort;    /* a value of --sort */
    const char *slowest; /* a glob (glob_fits), or NULL */
    uint64_t limit;      /* rows; 0: no limit */
    bool limited;        /* the user said so */
    bool json;
    const char *session; /* that is shown */
};
extern struct report_wish report_wish;

extern const struct format report_functions;
extern const struct format report_tree;
extern const struct format report_imports;
extern const struct format report_exceptions;
extern const struct format report_slow;
extern const struct format report_slowest;
extern const struct format report_threads;
extern const struct format report_processes;
extern const struct format report_tasks;

/* How many rows to show of count: what --limit says, else fewer on a terminal
 * than elsewhere. */
uint64_t report_rows(const struct printer *printer, uint64_t count,
                     uint64_t usual);
/* The same in JSON: what --limit says alone. */
uint64_t report_json_rows(uint64_t count);
/* The line before a table: which program, and what is shown of it. */
void report_title(struct printer *printer, const struct trace *trace,
                  const char *what);
/* The lines behind a table: what the trace holds and lacks. */
void report_close(struct printer *printer, const struct trace *trace);
/* How many calls, and of how many: members of a JSON object. */
void report_calls(struct sink *sink, const struct trace *trace);
/* The same as report_close says. */
void report_sums(struct sink *sink, const struct trace *trace);

#endif
