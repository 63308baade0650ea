/* SPDX-License-Identifier: Apache-2.0
 *
 * nomatch.h: why nothing of a trace is what the options ask for.
 */
#ifndef CODESNAP_NOMATCH_H
#define CODESNAP_NOMATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/trace/trace.h"
#include "launcher/convert/selection.h"

/* Whether the names and times alone tell that nothing fits; then text says, in
 * one line, what was looked for in the session and what there is instead. */
bool nomatch_is_plain(const struct selection *selection,
                      const struct trace *trace, const char *session,
                      char *text, size_t room);
/* When all was read, and nothing did. */
void nomatch_explain(const struct selection *selection, const char *session,
                     char *text, size_t room);

#endif
