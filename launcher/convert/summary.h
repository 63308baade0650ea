/* SPDX-License-Identifier: Apache-2.0
 *
 * summary.h: the closing line: what was written, what it holds, what it lacks,
 * and what is left to do.
 */
#ifndef CODESNAP_SUMMARY_H
#define CODESNAP_SUMMARY_H

#include <stdbool.h>

#include "launcher/convert/conversion.h"

struct summary {
    const char *session;
    const struct outputs *outputs;
    const struct conversion *conversion;
    int living;           /* processes that still run and may record */
    int stopped;          /* errno of what the agent could not do, or 0 */
    bool kept;            /* the session stays */
    bool wanted;          /* by --keep */
    const char *idle;     /* the rules without effect, or "" */
    const char *settings; /* the file of them, or NULL */
    bool next_steps;      /* on a terminal, say what to do with the output */
};

/* The outputs are written. */
void summary_say(const struct summary *summary);
/* What a verb that converts says at its end, and its status; --open is obeyed.
 * Where it was interrupted it ends as that would. */
int summary_end(const struct summary *summary, const struct options *options);
/* There is nothing to write, but processes run that may change that. */
void summary_say_not_yet(const struct summary *summary);
/* They are not: why, and how to make them later. */
void summary_say_failure(const struct summary *summary);

#endif
