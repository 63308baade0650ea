/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h: in a ring, the entries that may have to be written again: their chunks
 * are given back when most of what they say is of no use any more, and a forked
 * child has none of its parent's.  With the lock of entry.c; maps memory.
 */
#ifndef CODESNAP_LEDGER_H
#define CODESNAP_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/spool/spool.h"

/* Keep a copy of an entry.  A function's takes the place of what its id was before.
 * Without memory the process is broken. */
void ledger_keep(const struct spool_meta *entry);
/* What is said of a track is not wanted once ticks are dropped. */
void ledger_end_track(uint64_t track, uint64_t ticks);
/* Let go of what ended before. */
void ledger_drop_ended(uint64_t dropped_ticks);
/* A forked child: the others are its parent's. */
void ledger_keep_functions(void);
void ledger_drop_all(void);

/* All of them in their order. */
void ledger_for_each(void (*visit)(const struct spool_meta *entry));
uint64_t ledger_bytes(void);

#endif
