/* SPDX-License-Identifier: Apache-2.0
 *
 * redacted.h: which names stand for a secret: those of redacted.def, and the user's
 * own.
 */
#ifndef CODESNAP_REDACTED_H
#define CODESNAP_REDACTED_H

#include <stdbool.h>

#include "agent/base/text.h"

/* Is the value of what has this name not to be shown?  Any bytes will do. */
bool redacted_is(struct text name);

#endif
