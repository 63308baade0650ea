/* SPDX-License-Identifier: Apache-2.0
 *
 * happenings.h: of which functions a call says what happens (--events).  A function is
 * asked about once, where it is named.
 */
#ifndef CODESNAP_HAPPENINGS_H
#define CODESNAP_HAPPENINGS_H

#include "agent/base/text.h"
#include "formats/base/happening.h"

/* The kinds that are wanted, as in happening.h.  Before anything else. */
void happenings_want(uint32_t kinds);

/* What a call of it says, for {module, qualified name, file}. */
enum happening happenings_for(const struct text names[3]);

#endif
