/* SPDX-License-Identifier: Apache-2.0
 *
 * slow.h: which functions have calls that are far slower than usual, and why.
 * Reads all calls twice: first how long each function usually takes by itself, from
 * which follows what is a mere interruption; then its calls without those.
 * Memory grows with functions, pairs of them and depth.  No libm: the agent
 * links it, too.
 */
#ifndef CODESNAP_SLOW_H
#define CODESNAP_SLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/slow/verdict.h"
#include "formats/trace/trace.h"

struct slow;

/* NULL without memory. */
struct slow *slow_new(const struct trace *trace);
void slow_free(struct slow *slow);

/* In the order that track_read gives, for one track after the other, twice.
 * slow_turn stands between the two readings; slow_track starts a track in the
 * first one.  0, or -1 without memory. */
void slow_track(struct slow *slow, const struct track *track);
int slow_open(struct slow *slow, const struct span *span);
/* In the innermost open call. */
void slow_wait(struct slow *slow, const struct wait *wait);
int slow_close(struct slow *slow, const struct span *span);
/* Both, of a call in which nothing happened. */
int slow_leaf(struct slow *slow, const struct span *span);
int slow_turn(struct slow *slow);

/* When all was read: what is worth looking at, in rank order.  NULL without memory;
 * verdicts_free is for it. */
struct verdicts *slow_verdicts(struct slow *slow);

#endif
