/* SPDX-License-Identifier: Apache-2.0
 *
 * explain.h: a verdict in words.
 */
#ifndef CODESNAP_EXPLAIN_H
#define CODESNAP_EXPLAIN_H

#include <stddef.h>

#include "formats/slow/verdict.h"

/* The cause, and a function as it is named in it. */
void explain_cause(const struct trace *trace, const struct verdict *verdict,
                   char *text, size_t room);
const char *explain_name(const struct function *function);

#endif
