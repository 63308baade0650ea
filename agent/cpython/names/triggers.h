/* SPDX-License-Identifier: Apache-2.0
 *
 * triggers.h: for what a snapshot is to be written, as the user said it.  A
 * function is asked about once, where it is named.
 */
#ifndef CODESNAP_TRIGGERS_H
#define CODESNAP_TRIGGERS_H

#include <stdbool.h>

#include "agent/base/text.h"
#include "formats/base/trigger.h"

/* One of each kind is among them. */
extern bool triggers_have_exceptions, triggers_have_collections;

/* The list, as trigger=TEXT;trigger=TEXT; copied.  Once, at the start; what is no
 * trigger is passed over. */
void triggers_read(const char *list);
uint32_t triggers_count(void);
const struct trigger *triggers_at(uint32_t number);

/* The number of the one that means calls of {module, qualified name, file}, and one;
 * 0: none does.  Of several the shortest counts. */
uint32_t triggers_for(const struct text names[3], uint32_t line);

#endif
