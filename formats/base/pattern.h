/* SPDX-License-Identifier: Apache-2.0
 *
 * pattern.h: which functions a pattern of the user's means, when they are recorded
 * and when they are shown.  Allocates nothing; any bytes will do.
 */
#ifndef CODESNAP_PATTERN_H
#define CODESNAP_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes, with or without NUL behind them. */
struct span_of_text {
    const char *bytes;
    size_t length;
};

/* A C function's file is empty; its module may be the type that it belongs to. */
struct pattern_names {
    struct span_of_text module, qualified_name, file;
    uint32_t line; /* the first one */
};

/* In glob, * stands for any bytes, ? for one, [a-z] and [!a-z] for one of them or
 * one of the others, as in fnmatch(3) without flags; a \ takes the meaning of what
 * follows. */
bool pattern_fits_text(struct span_of_text glob, struct span_of_text text);

/* MODULE:NAME, FILE:LINE, FILE or NAME.  NAME is the qualified name, FILE the path
 * or its last part; what has no dot and no slash is a NAME: `fib*` means functions,
 * not fib.py. */
bool pattern_fits(struct span_of_text glob, const struct pattern_names *names);

/* Why nobody can mean it as a glob for any text; NULL: somebody can. */
const char *pattern_glob_fault(struct span_of_text glob);
/* Why nobody can mean it, and what to give instead, to be said behind it: "is empty;
 * give NAME".  NULL: somebody can. */
const char *pattern_fault(struct span_of_text glob);

#endif
