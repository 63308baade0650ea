/* SPDX-License-Identifier: Apache-2.0
 *
 * report.h: what a recording says, as text or JSON on standard output.
 */
#ifndef CODESNAP_REPORT_H
#define CODESNAP_REPORT_H

#include "formats/shape/writer.h"
#include "launcher/support/child.h"
#include "launcher/support/options.h"

/* The view that the options ask for; NULL after it has said what is wrong. */
const struct format *report_choose(const struct options *options);

/* Show the sessions argv[1..] in that view; returns the status. */
int report_show(const struct options *options, const struct format *view,
                int argc, char **argv);
/* The same for one of them, after selection_choose and child_begin. */
int report_one(const struct options *options, const struct format *view,
               struct child *child, char *session);

#endif
