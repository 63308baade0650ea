/* SPDX-License-Identifier: Apache-2.0
 *
 * report.h: what a recording says, as text or JSON on standard output.  Each
 * view is a format like those that write files, so that it is led through a
 * trace in the same way; it has a file of its own.
 */
#ifndef CODESNAP_REPORT_H
#define CODESNAP_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/format.h"
#include "launcher/report/page.h"
#include "launcher/support/options.h"

/* What the options say; set by report_choose, before any view begins. */
struct report_wish {
    const char *sort;    /* a value of --sort */
    const char *slowest; /* a glob (filter_fits), or NULL */
    uint64_t limit;      /* rows; 0: no limit */
    bool limited;        /* the user said so */
    bool json;
    const char *session; /* that is shown */
};
extern struct report_wish report_wish;

extern const struct format report_functions;
extern const struct format report_tree;
extern const struct format report_slowest;
extern const struct format report_threads;
extern const struct format report_processes;

/* The view that the options ask for; NULL after it has said what is wrong. */
const struct format *report_choose(const struct options *options);

/* Show the sessions argv[1..] in that view; returns the status. */
int report_show(const struct options *options, const struct format *view,
                int argc, char **argv);

/* How many rows to show of count: what --limit says, else fewer on a terminal
 * than elsewhere. */
uint64_t report_rows(const struct page *page, uint64_t count, uint64_t usual);
/* The lines behind a table: what the trace holds and lacks. */
void report_close(struct page *page, const struct trace *trace);
/* How many calls, and of how many: members of a JSON object. */
void report_calls(struct sink *sink, const struct trace *trace);
/* The same as report_close says. */
void report_sums(struct sink *sink, const struct trace *trace);

#endif
