/* SPDX-License-Identifier: Apache-2.0
 *
 * trouble.h: what does not fit in a recording, and what is missing of it: how
 * much, and where it was first.  Every view says it, so that it is put into
 * words here, once.
 */
#ifndef CODESNAP_TROUBLE_H
#define CODESNAP_TROUBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/trace/trace.h"

/* The name of the kind in outputs, "stray_exit". */
const char *trouble_name(enum trouble_kind kind);

void trouble_note(struct troubles *troubles, enum trouble_kind kind,
                  const struct function *function, uint64_t ns,
                  uint64_t end_ns);

/* How many of a kind are kept. */
uint32_t trouble_kept(const struct troubles *troubles, enum trouble_kind kind);

/* Is the function throttled: are its counts and times of some of its calls alone? */
bool trouble_throttles(const struct troubles *troubles,
                       const struct function *function);

/* Add a track's, of which so many of each kind are in there already. */
void trouble_add(struct troubles *all, const struct troubles *more,
                 const struct track *track, uint64_t counted[TROUBLE_KINDS]);

/* The exits without a call: of the first two kinds. */
uint64_t trouble_anomalies(const struct troubles *troubles);

/* "2 exits without a call (MainThread: f (a.py:1) at 1.2 ms, ...)", or "" if there
 * is none of the kind.  limit is how many places to name.  Returns text. */
char *trouble_say(const struct troubles *troubles, enum trouble_kind kind,
                  uint32_t limit, char *text, size_t room);

#endif
