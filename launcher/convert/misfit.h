/* SPDX-License-Identifier: Apache-2.0
 *
 * misfit.h: why nothing of a trace is what the options ask for.
 */
#ifndef CODESNAP_MISFIT_H
#define CODESNAP_MISFIT_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/trace/reader.h"
#include "launcher/convert/narrow.h"

/* Whether the names and times alone tell that nothing fits; then text says, in
 * one line, what was looked for in the session and what there is instead. */
bool misfit_is_plain(const struct narrowing *narrowing,
                     const struct trace *trace, const char *session, char *text,
                     size_t room);
/* When all was read, and nothing did. */
void misfit_explain(const struct narrowing *narrowing, const char *session,
                    char *text, size_t room);

#endif
