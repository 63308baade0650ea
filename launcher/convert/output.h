/* SPDX-License-Identifier: Apache-2.0
 *
 * output.h: the files that a recording is to become, known to be of a kind we
 * write and in a place that we can write to before anything runs.
 */
#ifndef CODESNAP_OUTPUT_H
#define CODESNAP_OUTPUT_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#include "formats/format.h"
#include "formats/spool/outputname.h"
#include "launcher/support/options.h"

enum {
    OUTPUT_LIMIT = 16
};

struct output {
    const struct format *format;
    char path[PATH_MAX]; /* "-" is standard output */
};

struct outputs {
    size_t count;
    struct output list[OUTPUT_LIMIT];
};

/* Take them from the options.  0, or the status to end with after it has said
 * what is wrong.  Of output_check too: it writes nothing and truncates
 * nothing. */
int output_choose(struct outputs *outputs, const struct options *options);
int output_check(const struct outputs *outputs);
/* Likewise, whether none is to lie in the session's own folder. */
int output_check_outside(const struct outputs *outputs, const char *session);

/* One more.  0, or the status to end with after it has said what is wrong. */
int output_add(struct outputs *outputs, const char *path, const char *format);

/* Instead of them all, that view on standard output. */
void output_show(struct outputs *outputs, const struct format *view);

/* Replace the patterns in their names (outputname.h). */
void output_expand(struct outputs *outputs, const struct outputname *name);

/* Remove the unfinished files that a process left which wrote these outputs. */
void output_sweep(const struct outputs *outputs, pid_t pid);

#endif
