/* SPDX-License-Identifier: Apache-2.0
 *
 * inspected.h: of which functions the arguments, and what they return, are recorded,
 * as the user said it.  A function is asked about once, where it is named.
 */
#ifndef CODESNAP_INSPECTED_H
#define CODESNAP_INSPECTED_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/base/text.h"

/* The list, as args=PATTERN;returns=PATTERN;redact=NAME; copied.  Once, at the start;
 * what is no such rule is passed over. */
void inspected_read(const char *list);

/* What is wanted of {module, qualified name, file}, a bit each. */
enum {
    INSPECTED_ARGUMENTS = 1,
    INSPECTED_RETURNS = 2
};
unsigned inspected_for(const struct text names[3], uint32_t line);

/* Is that a name of the user's own whose value is not to be shown? */
bool inspected_redacts(struct text name);

#endif
